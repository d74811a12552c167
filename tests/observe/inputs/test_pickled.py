"""Pickles are told from other bytes, and nothing in them runs."""

import pickle
import zipfile
from pathlib import Path

import pytest
import torch

from cnnvis.observe.inputs.pickled import is_pickle


class Trap:
    """Runs code when unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("executed",))


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("zipped", [True, False])
def test_pickles_of_every_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, protocol: int, zipped: bool
) -> None:
    content = {"weight": torch.zeros(2), "trap": Trap()}
    torch.save(content, tmp_path / "saved", pickle_protocol=protocol, _use_new_zipfile_serialization=zipped)
    (tmp_path / "plain").write_bytes(pickle.dumps(content, protocol=protocol))
    assert is_pickle(tmp_path / "saved")
    assert is_pickle(tmp_path / "plain")
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    "content", [b"", b".", b"these are not weights", b"\x80", b"\x80\x02these", bytes(range(256)), b"PK\x03\x04 cut"]
)
def test_other_bytes(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bytes").write_bytes(content)
    assert not is_pickle(tmp_path / "bytes")


def test_an_archive_of_something_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("photo.txt", b"")
    assert not is_pickle(tmp_path / "photos.zip")
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        archive.writestr("archive/data.pkl", b"no pickle")
    assert not is_pickle(tmp_path / "odd.zip")
