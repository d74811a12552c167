"""Records: the checksum of the published examples, torn ends and damage."""

import struct
from pathlib import Path

import pytest

from cnnvis.schema.errors import RunError
from cnnvis.store.tensorboard.records import masked_crc, read_records

LOG = Path(__file__).parent / "logs" / "plain" / "events.out.tfevents.2000.torch.1"


def unmasked(value: int) -> int:
    value = (value - 0xA282EAD8) & 0xFFFFFFFF
    return ((value >> 17) | (value << 15)) & 0xFFFFFFFF


def test_the_checksum_is_that_of_rfc_3720() -> None:
    for data, crc in ((bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E)):
        assert unmasked(masked_crc(data)) == crc


def test_every_record_of_a_real_file_is_read_and_its_data_fit_their_checksum() -> None:
    data, place, found = LOG.read_bytes(), 0, []
    while place < len(data):
        (length,) = struct.unpack_from("<Q", data, place)
        body = data[place + 12 : place + 12 + length]
        assert masked_crc(body) == struct.unpack_from("<I", data, place + 12 + length)[0]
        found.append(body)
        place += 16 + length
    assert list(read_records(LOG)) == found
    assert len(found) == 4


@pytest.mark.parametrize("lost", [1, 4, 20, 30])
def test_a_torn_end_is_left_out(tmp_path: Path, lost: int) -> None:
    (tmp_path / "torn").write_bytes(LOG.read_bytes()[:-lost])
    assert list(read_records(tmp_path / "torn")) == list(read_records(LOG))[:3]


def test_what_is_no_event_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("This is a text, and quite a long one.")
    with pytest.raises(RunError, match="is no event file of TensorBoard"):
        list(read_records(tmp_path / "text"))
    data = bytearray(LOG.read_bytes())
    first = 16 + struct.unpack_from("<Q", data)[0]
    data[first] ^= 1
    (tmp_path / "damaged").write_bytes(data)
    with pytest.raises(RunError, match="is damaged"):
        list(read_records(tmp_path / "damaged"))
    with pytest.raises(RunError, match="cannot be read"):
        list(read_records(tmp_path / "ghost"))
