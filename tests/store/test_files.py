"""Files appear whole or not at all and never through a link; arrays are as the library itself would write them."""

import errno
import multiprocessing
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from safetensors.numpy import load_file, save_file

from cnnvis.schema.errors import RunError
from cnnvis.store.files import ArrayFile, explaining_disk_errors, write_arrays, write_bytes, write_parts

FORMATS = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?")
ARRAYS = st.sampled_from(FORMATS).flatmap(
    lambda kind: arrays_of.arrays(kind, arrays_of.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4))
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=6), ARRAYS, max_size=6))
def test_arrays_are_written_byte_for_byte_as_by_the_library(
    tmp_path_factory: pytest.TempPathFactory, arrays: dict[str, np.ndarray]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    turned = {name: np.asfortranarray(array) for name, array in arrays.items()}
    write_arrays(folder / "ours", turned)
    save_file(arrays, folder / "theirs")
    assert (folder / "ours").read_bytes() == (folder / "theirs").read_bytes()
    for name, array in load_file(folder / "ours").items():
        assert array.tobytes() == arrays[name].tobytes()
    assert ArrayFile(folder / "ours").names == set(arrays)


def test_a_write_that_fails_leaves_the_old_content_and_no_litter(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a", b"old")

    def parts() -> object:
        yield b"new"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(RunError, match=r"a: the disk is full\. Free some space"):
        write_parts(tmp_path / "a", parts())
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_every_kind_of_full_is_called_so(code: int, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="the disk is full"), explaining_disk_errors(tmp_path):
        raise OSError(code, "whatever")


def write_too_much(path: Path, said: "multiprocessing.SimpleQueue[str]") -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        write_arrays(path, {"a": np.zeros(1000)})
    except RunError as error:
        said.put(str(error))


def test_a_real_limit_is_met(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    said = context.SimpleQueue()
    process = context.Process(target=write_too_much, args=(tmp_path / "a", said))
    process.start()
    process.join(120)
    assert "the disk is full" in said.get()
    assert list(tmp_path.iterdir()) == []


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
