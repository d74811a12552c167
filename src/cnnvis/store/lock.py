"""One writer per run folder: a lock that ends with its process, however that ends."""

import os
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, final

from cnnvis.schema.errors import RunError
from cnnvis.store.files import explaining_disk_errors
from cnnvis.store.layout import lock_file

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows: nothing is locked, `RunWriter.finish` looks again
    fcntl = None


@final
class RunLock:
    """Holds the right to write a run, until `release` or the end of the process.

    Args:
        run: The run folder, which need not be there yet.

    Raises:
        RunError: Another process is writing it, or the place cannot be written to.

    """

    def __init__(self, run: Path) -> None:
        self._run = run
        self._path = lock_file(run)
        self._file: BinaryIO | None = self._acquired()

    def release(self) -> None:
        """Let others write; does nothing the second time."""
        if self._file is None:
            return
        with suppress(OSError):  # Windows does not take away a file that another process has open
            # Taken away while it is still held: whoever has just opened this very file notices that it is gone.
            self._path.unlink(missing_ok=True)
        self._file.close()
        self._file = None

    def _acquired(self) -> BinaryIO:
        while True:
            with explaining_disk_errors(self._path):
                file = self._opened()
            if not _locked(file):
                file.close()
                message = f"Another cnnvis is writing the run {self._run} at this moment."
                raise RunError(message, "Wait until it has finished, or choose another folder.")
            if _is_there(file, self._path):
                return file
            file.close()  # its owner has just finished and taken it away: once more

    def _opened(self) -> BinaryIO:
        try:
            return self._path.open("ab")
        except FileNotFoundError:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return self._path.open("ab")


def _locked(file: BinaryIO) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: `RunWriter.finish` looks again
        return True
    return True


def _is_there(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False
