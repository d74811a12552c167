"""Single files: whole or not there, and never written through a link that somebody laid."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnvis.store.files import write_bytes, write_parts


def test_a_file_that_comes_in_parts_is_whole_or_not_there(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "x.csv"
    write_parts(target, (part for part in (b"a", b"b", b"")))
    assert target.read_bytes() == b"ab"

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_parts(target, broken())
    assert target.read_bytes() == b"ab"
    assert sorted(target.parent.iterdir()) == [target]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "mine.txt"
    outside.write_text("mine")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "x").symlink_to(outside)
    (folder / f".x.{os.getpid()}.tmp").symlink_to(outside)
    write_bytes(folder / "x", b"new")
    assert outside.read_text() == "mine"
    assert not (folder / "x").is_symlink()
    assert (folder / "x").read_bytes() == b"new"
