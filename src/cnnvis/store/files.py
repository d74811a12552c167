"""Atomic writing and forgiving reading of single files."""

import errno
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from cnnvis.schema.errors import RunError
from cnnvis.store.inside import inside

Value = TypeVar("Value")


@contextmanager
def explaining_disk_errors(path: Path) -> Generator[None]:
    """Turn the errors of a full, read-only or forbidden disk into a RunError that names the file."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        reason = "the disk is full" if full else (error.strerror or str(error)).lower()
        remedy = "Free some space" if full else "Give a folder that you may write to"
        message = f"Could not write {path}: {reason}."
        raise RunError(
            message, f"{remedy}, or choose another place with -o; what was there before is unchanged."
        ) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees either the old or the new content, never a part.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    write_parts(path, (data,))


def write_parts(path: Path, parts: Iterable[bytes]) -> None:
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
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        message = f"{path} is truncated or damaged ({error})."
        raise RunError(message, "Copy the run folder anew, or analyse again.") from error


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write named arrays as one safetensors file, atomically."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with explaining_disk_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.touch()
            mode = temporary.stat().st_mode
            try:
                save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, temporary)
            except SafetensorError as error:
                code = errno.ENOSPC if "space" in str(error).lower() else errno.EIO
                raise OSError(code, str(error)) from error
            # save_file leaves a file that only its owner may read; a run folder is for sharing.
            temporary.chmod(mode)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


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
