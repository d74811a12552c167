"""A long series is read once: the next reader begins where the cache ends, and never takes a wrong one."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.store.layout import SERIES, SERIES_FILE
from cnnvis.store.series import SeriesTail
from cnnvis.store.series_cache import keep_series, restore_series
from tests.making.recorded import begin, finish, steps, write_recorded


def tail_of(run: Path) -> SeriesTail:
    return SeriesTail(run / SERIES / SERIES_FILE)


def test_what_was_kept_comes_back_and_the_rest_is_read(tmp_path: Path) -> None:
    recording = begin(tmp_path / "run")
    steps(recording, 1, 30)
    first = tail_of(recording.run)
    first.update()
    keep_series(first, recording.run)
    steps(recording, 31, 40)
    finish(recording, 40)
    second, plain = tail_of(recording.run), tail_of(recording.run)
    restore_series(second, recording.run)
    assert second.offset == first.offset > 0
    assert second.update() == 11
    plain.update()
    one, other = second.series(), plain.series()
    assert (one.head, one.events, one.complete) == (other.head, other.events, other.complete)
    for mine, theirs in ((one.run, other.run), (one.lists, other.lists)):
        assert mine.keys() == theirs.keys()
        for name, curve in mine.items():
            np.testing.assert_array_equal(curve.steps, theirs[name].steps)
            np.testing.assert_array_equal(curve.values, theirs[name].values)


def test_a_cache_of_another_series_is_left_aside(tmp_path: Path) -> None:
    run = write_recorded(tmp_path / "run")
    tail = tail_of(run)
    tail.update()
    keep_series(tail, run)
    text = tail.path.read_bytes()
    tail.path.write_bytes(text.replace(b'"loss":2.0', b'"loss":3.0').replace(b"finished", b"fINISHED"))
    other = tail_of(run)
    restore_series(other, run)
    assert other.offset == 0
    tail.path.write_bytes(text[: len(text) // 2])
    restore_series(other, run)
    assert other.offset == 0


@pytest.mark.parametrize("damage", [b"", b"nonsense"])
def test_a_damaged_cache_is_left_aside(tmp_path: Path, damage: bytes) -> None:
    run = write_recorded(tmp_path / "run")
    tail = tail_of(run)
    tail.update()
    keep_series(tail, run)
    for file in (run / "derived").rglob("*.safetensors"):
        file.write_bytes(damage)
    other = tail_of(run)
    restore_series(other, run)
    assert other.offset == 0
    assert other.update() > 0


def test_nothing_is_kept_of_nothing(tmp_path: Path) -> None:
    tail = SeriesTail(tmp_path / "0.jsonl")
    keep_series(tail, tmp_path)
    restore_series(tail, tmp_path)
    (tmp_path / "0.jsonl").write_bytes(b'{"kind":"head"')
    keep_series(tail, tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "0.jsonl"]


def test_where_the_folder_cannot_be_written_to_nothing_happens(tmp_path: Path) -> None:
    run = write_recorded(tmp_path / "run")
    tail = tail_of(run)
    tail.update()
    (run / "derived").write_bytes(b"a file stands in the way")
    keep_series(tail, run)
    assert (run / "derived").is_file()
