"""NumPy's `.npz`: images and labels as named arrays."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from cnnvis.schema.errors import DataError

_KEYS = (("images", "labels"), ("x", "y"), ("X", "y"), ("X", "Y"), ("data", "labels"), ("data", "target"))


def read_npz(path: Path, split: str | None) -> tuple[np.ndarray, np.ndarray | None, str]:
    """Read images, labels (None without) and the split taken ("" without) from an `.npz` file.

    Args:
        path: The file.
        split: `train` or `test`, where the file has both; None takes `test` where there is one.

    Raises:
        DataError: When the file cannot be read or has no array of images.

    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            names = list(content.files)
            pairs = [(f"{x}_{part}", f"{y}_{part}", part) for part in _splits(split) for x, y in _KEYS]
            pairs += [(f"{part}_{x}", f"{part}_{y}", part) for part in _splits(split) for x, y in _KEYS]
            pairs += [(x, y, "") for x, y in _KEYS]
            for x, y, part in pairs:
                if x in names:
                    return content[x], content[y] if y in names else None, part
            for name in names if len(names) == 1 else ():
                return content[name], None, ""
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as problem:
        message = f"The file {path.name} cannot be read as .npz ({problem})."
        raise DataError(message, "Save it with numpy.savez(FILE, images=..., labels=...).") from problem
    message = f"The file {path.name} holds the arrays {', '.join(names) or '(none)'}, but none named images or x."
    raise DataError(message, "Save it with numpy.savez(FILE, images=..., labels=...).")


def _splits(split: str | None) -> tuple[str, ...]:
    return ("test", "val", "train") if split is None else (split,)
