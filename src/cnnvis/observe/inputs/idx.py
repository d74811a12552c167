"""IDX files, the format of MNIST: a magic number, the sizes, then bytes."""

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8

from cnnvis.schema.errors import DataError

_UNSIGNED_BYTE = 8


def is_idx(path: Path) -> bool:
    """Say whether the file's name is that of IDX images (`...images-idx3-ubyte`, with or without .gz)."""
    return "idx3" in path.name or "idx4" in path.name


def read_idx(path: Path) -> UInt8[np.ndarray, "..."]:
    """Read one IDX file of unsigned bytes.

    Raises:
        DataError: When the file is not one, or is cut off.

    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as problem:
        message = f"The IDX file {path.name} cannot be read ({problem})."
        raise DataError(message, "Download it again.") from problem
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _UNSIGNED_BYTE:
        message = f"The file {path.name} is not an IDX file of bytes (it begins with {content[:4].hex()})."
        raise DataError(message, "Give the images file of MNIST's format, such as t10k-images-idx3-ubyte.gz.")
    axes = content[3]
    if len(content) < 4 + 4 * axes:
        message = f"The IDX file {path.name} is cut off in its head."
        raise DataError(message, "Download it again.")
    shape = struct.unpack(f">{axes}I", content[4 : 4 + 4 * axes])
    body = np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * axes)
    if body.size != int(np.prod(shape)):
        message = (
            f"The IDX file {path.name} is cut off: it should hold {int(np.prod(shape))} bytes and has {body.size}."
        )
        raise DataError(message, "Download it again.")
    return body.reshape(shape)


def read_idx_pair(path: Path) -> tuple[UInt8[np.ndarray, "..."], Int[np.ndarray, " images"] | None]:
    """Read IDX images and the labels beside them (`images-idx3` -> `labels-idx1`); None without such a file.

    Raises:
        DataError: When a file is not IDX or is cut off.

    """
    images = read_idx(path)
    name = path.name.removesuffix(".gz").replace("images", "labels").replace("idx3", "idx1").replace("idx4", "idx1")
    for candidate in (path.with_name(name), path.with_name(f"{name}.gz")):
        if candidate != path and candidate.is_file():
            return images, read_idx(candidate).astype(np.int64)
    return images, None
