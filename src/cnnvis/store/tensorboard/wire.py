"""The wire format of protocol buffers, as far as event files use it."""

import struct
from collections.abc import Iterator

_DOUBLE, _FLOAT = struct.Struct("<d"), struct.Struct("<f")
Value = int | float | bytes
"""A variable-length integer, a fixed-size number read as floating point, or bytes."""


class WireError(ValueError):
    """Bytes that are no message."""


def fields(data: bytes) -> Iterator[tuple[int, Value]]:
    """Yield number and value of each field of a message; WireError when it is none."""
    place, end = 0, len(data)
    while place < end:
        key, place = _varint(data, place)
        kind = key & 7
        if kind == 0:
            value, place = _varint(data, place)
            yield key >> 3, value
        elif kind == 2:
            length, place = _varint(data, place)
            if place + length > end:
                raise WireError("a field ends beyond its message")
            yield key >> 3, data[place : place + length]
            place += length
        elif kind in (1, 5):
            form = _DOUBLE if kind == 1 else _FLOAT
            if place + form.size > end:
                raise WireError("a number ends beyond its message")
            yield key >> 3, form.unpack_from(data, place)[0]
            place += form.size
        else:
            raise WireError(f"a field of the unknown type {kind}")


def signed(value: int) -> int:
    """Return a 64-bit integer with its sign."""
    return value - (1 << 64) if value >= 1 << 63 else value


def packed_varints(data: bytes) -> list[int]:
    """Return packed variable-length integers."""
    found, place = list[int](), 0
    while place < len(data):
        value, place = _varint(data, place)
        found.append(signed(value))
    return found


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(data) or shift > 63:
            raise WireError("a number without an end")
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
