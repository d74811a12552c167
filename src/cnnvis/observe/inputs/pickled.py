"""Whether a file holds a pickle, found without running anything of it."""

import pickletools
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_ARCHIVE = b"PK\x03\x04"
_START = b"\x80"
"""The first byte of every pickle since protocol 2; PyTorch writes no older ones."""


def is_archive(path: Path) -> bool:
    """Whether a file begins as the archives do that PyTorch writes, whole or cut off."""
    with path.open("rb") as stream:
        return stream.read(len(_ARCHIVE)) == _ARCHIVE


def is_pickle(path: Path) -> bool:
    """Whether a file, or the `data.pkl` in a PyTorch archive, begins with a whole pickle.

    It is read instruction by instruction to its end; none is carried out.
    """
    try:
        with _opened(path) as stream:
            if stream.read(1) != _START:
                return False
            stream.seek(0)
            for _ in pickletools.genops(stream):
                pass
    except Exception:  # noqa: BLE001 - bytes of another kind can lead to anything: encrypted, packed, cut off
        return False
    return True


@contextmanager
def _opened(path: Path) -> Generator[IO[bytes]]:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as stream:
            yield stream
        return
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.rpartition("/")[2] == "data.pkl"]
        if not names:
            message = "no data.pkl"
            raise ValueError(message)
        with archive.open(names[0]) as stream:
            yield stream
