"""The wire format, against messages put together by hand."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.store.tensorboard.wire import WireError, fields, packed_varints, signed


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    found = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        found.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(found)


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
    st.floats(allow_nan=False, width=32),
    st.binary(max_size=200),
)
def test_what_is_put_together_is_taken_apart(whole: list[int], real: float, data: bytes) -> None:
    message = b"".join(varint(1 << 3) + varint(value) for value in whole)
    message += varint(2 << 3 | 1) + struct.pack("<d", real) + varint(300 << 3 | 5) + struct.pack("<f", real)
    message += varint(4 << 3 | 2) + varint(len(data)) + data
    found = list(fields(message))
    assert [signed(value) for number, value in found if number == 1 and isinstance(value, int)] == whole
    assert found[len(whole) :] == [(2, real), (300, real), (4, data)]
    assert packed_varints(b"".join(map(varint, whole))) == whole


@pytest.mark.parametrize(
    "data", [b"\x80", b"\x0a\x05ab", b"\x09\x00", b"\x0d\x00", b"\x0b", b"\xff" * 12], ids=lambda data: data.hex()
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        list(fields(data))
