"""Atomic writing and forgiving reading of single files."""

import errno
import os
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from safetensors import SafetensorError, safe_open

from cnnvis.schema.errors import RunError
from cnnvis.schema.typed import decode_json
from cnnvis.store.inside import inside

Value = TypeVar("Value")

_NAMES = {"uint64": "U64", "int64": "I64", "float64": "F64", "uint32": "U32", "int32": "I32", "float32": "F32",
          "uint16": "U16", "int16": "I16", "float16": "F16", "int8": "I8", "uint8": "U8", "bool": "BOOL"}  # fmt: skip
"""NumPy's names of number formats to those of safetensors."""
_FORMATS = ("uint64", "int64", "float64", "float32", "uint32", "int32", "float16", "uint16", "int16", "int8", "uint8",
            "bool")  # fmt: skip
"""The order in which the library puts arrays: wide numbers first, so that all lie at multiples of their width."""
_ALIGNMENT = 8


@contextmanager
def explaining_disk_errors(path: Path) -> Generator[None]:
    """Turn the errors of a full, read-only or forbidden disk into a RunError that names the file."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        reason = "the disk is full" if full else (error.strerror or str(error)).lower()
        remedy = "Free some space" if full else "Give a folder that you may write to"
        message = f"Could not write {path}: {reason}."
        raise RunError(message, f"{remedy}, or choose another place; what was there before is unchanged.") from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees either the old or the new content, never a part.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    write_parts(path, (data,))


def write_parts(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Write a file that comes bit by bit; it takes its name when all of it is there.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with explaining_disk_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # A file of this name can only be left over from a killed process, or be a link that someone laid there.
            temporary.unlink(missing_ok=True)
            with temporary.open("xb") as file:
                file.writelines(parts)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def write_json(path: Path, value: msgspec.Struct) -> None:
    """Write a schema value as indented JSON, atomically."""
    write_bytes(path, msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")


def read_json(path: Path, kind: type[Value]) -> Value:
    """Read a schema value.

    Raises:
        RunError: The file is missing, truncated, not what the schema says, or a link out of its folder.

    """
    try:
        data = inside(path.parent, path.name).read_bytes()
    except OSError as error:
        message = f"{path.parent} is not a complete run folder: {path.name} cannot be read ({error.strerror})."
        raise RunError(message, "Analyse again, or copy the whole folder anew.") from error
    try:
        return decode_json(data, kind)
    except msgspec.MsgspecError as error:
        message = f"{path} is truncated or damaged ({error})."
        raise RunError(message, "Copy the run folder anew, or analyse again.") from error


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write named arrays as one safetensors file, atomically and without a second copy of them in memory.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    write_parts(path, _array_parts(arrays))


def _array_parts(arrays: Mapping[str, np.ndarray]) -> Iterator[bytes | memoryview]:
    """Yield a safetensors file in parts; the arrays stand in the order in which the library itself puts them."""
    names = sorted(arrays, key=lambda name: (_FORMATS.index(arrays[name].dtype.name), name))
    head: dict[str, dict[str, object]] = {}
    end = 0
    for name in names:
        start, end = end, end + arrays[name].nbytes
        kind = _NAMES[arrays[name].dtype.name]
        head[name] = {"dtype": kind, "shape": list(arrays[name].shape), "data_offsets": [start, end]}
    text = msgspec.json.encode(head)
    text += b" " * (-len(text) % _ALIGNMENT)
    yield len(text).to_bytes(8, "little")
    yield text
    for name in names:
        array = np.ascontiguousarray(arrays[name])
        yield array.reshape(-1).view(np.uint8).data if array.size else b""


class ArrayFile:
    """A safetensors file whose arrays are read one by one, when asked for.

    Args:
        path: The file.

    Raises:
        RunError: The file is missing, truncated, not a safetensors file, or a link out of its folder.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with safe_open(inside(path.parent, path.name), framework="numpy") as file:
                self.names = frozenset(file.keys())
        except (OSError, SafetensorError) as error:
            message = f"{path} is missing, truncated or damaged ({error})."
            raise RunError(message, "Copy the run folder anew, or analyse again.") from error

    def read(self, *names: str) -> list[np.ndarray]:
        """Return these arrays, read from disk now; RunError when one is missing."""
        absent = [name for name in names if name not in self.names]
        if absent:
            message = f"{self._path} has no array {absent[0]!r}."
            raise RunError(message, "The run folder is incomplete: analyse again.")
        with safe_open(inside(self._path.parent, self._path.name), framework="numpy") as file:
            return [file.get_tensor(name) for name in names]
