"""The records of an event file: length, checksum of the length, data, checksum of the data (TFRecord)."""

import struct
from collections.abc import Iterator
from pathlib import Path

from cnnvis.schema.errors import RunError

_LENGTH, _CHECK = struct.Struct("<Q"), struct.Struct("<I")
_LARGEST = 1 << 31


def _table() -> tuple[int, ...]:
    def entry(value: int) -> int:
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        return value

    return tuple(entry(byte) for byte in range(256))


_TABLE = _table()


def masked_crc(data: bytes) -> int:
    """Return the CRC-32C of some bytes, masked as in TFRecord."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def read_records(path: Path) -> Iterator[bytes]:
    """Yield the data of each record; a last record that is incomplete ends it silently: it is being written.

    The checksums of the lengths are verified, those of the data are not: in Python that would take longer than all
    the rest, and damaged data hardly make a message.

    Raises:
        RunError: The file cannot be read, or is no event file, or is damaged.

    """
    try:
        with path.open("rb") as file:
            first = True
            while len(head := file.read(_LENGTH.size + _CHECK.size)) == _LENGTH.size + _CHECK.size:
                (length,) = _LENGTH.unpack_from(head)
                if masked_crc(head[: _LENGTH.size]) != _CHECK.unpack_from(head, _LENGTH.size)[0] or length > _LARGEST:
                    what = "is no event file of TensorBoard" if first else "is damaged"
                    raise RunError(f"{path} {what}.", "Copy the log folder anew, or leave this file out.")
                data = file.read(length + _CHECK.size)
                if len(data) < length + _CHECK.size:
                    return
                first = False
                yield data[:length]
    except OSError as error:
        raise RunError(f"{path} cannot be read ({error.strerror}).", "Copy the log folder anew.") from error
