"""Series come back as they were written, while they are written, and after the writer was killed."""

import json
import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.schema.errors import RunError
from cnnvis.schema.series import Event, SeriesHead, StepLine
from cnnvis.store.series import SeriesTail, SeriesWriter, number, read_series

HEAD = SeriesHead(units=("a", "b"), classes=3)


def lines(count: int) -> list[StepLine]:
    return [
        StepLine(
            step=n, time=n / 10, run={"loss": 1.0 / n}, lists={"weight/norm": [n + 0.5, None]} if n % 3 == 0 else {}
        )
        for n in range(1, count + 1)
    ]


def write(path: Path, count: int = 9) -> Path:
    writer = SeriesWriter(path)
    for line in (HEAD, *lines(count), Event(step=count, time=1.0, name="finished")):
        writer.write(line)
    writer.close()
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    series = read_series(write(tmp_path / "series" / "0.jsonl"))
    assert series.head == HEAD
    assert series.complete
    assert series.run["loss"].steps.tolist() == list(range(1, 10))
    np.testing.assert_allclose(series.run["loss"].values, [1 / n for n in range(1, 10)])
    norm = series.lists["weight/norm"]
    assert norm.steps.tolist() == [3, 6, 9]
    np.testing.assert_array_equal(norm.values, [[3.5, np.nan], [6.5, np.nan], [9.5, np.nan]])
    curve = series.of("weight/norm", "a")
    assert curve is not None
    assert curve.values.tolist() == [3.5, 6.5, 9.5]
    assert series.of("weight/norm", "ghost") is None


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_every_number_survives_to_seven_digits(value: float) -> None:
    written = number(value)
    if math.isfinite(value):
        assert written == pytest.approx(value, rel=1e-6)
    else:
        assert str(written) == str(value)
    assert json.loads(json.dumps(written)) == written


def test_values_that_are_not_finite_are_read_as_such(tmp_path: Path) -> None:
    writer = SeriesWriter(tmp_path / "0.jsonl")
    for step, value in enumerate((math.nan, math.inf, -math.inf, 1.0)):
        writer.write(StepLine(step=step, time=0.0, run={"loss": number(value)}))
    writer.close()
    values = read_series(tmp_path / "0.jsonl").run["loss"].values
    np.testing.assert_array_equal(values, [np.nan, np.inf, -np.inf, 1.0])


@given(st.integers(0, 10_000))
def test_reading_while_it_grows_gives_what_reading_at_the_end_gives(seed: int) -> None:
    """Whatever the places where the file happened to end when it was looked at."""
    with tempfile.TemporaryDirectory() as name:
        grow(Path(name), np.random.default_rng(seed))


def grow(folder: Path, rng: np.random.Generator) -> None:
    data = write(folder / "whole.jsonl", 20).read_bytes()
    growing, tail = folder / "growing.jsonl", SeriesTail(folder / "growing.jsonl")
    assert tail.update() == 0
    cuts = sorted(rng.integers(0, len(data), 6).tolist())
    counted = 0
    for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True):
        with growing.open("ab") as file:
            file.write(data[start:stop])
        counted += tail.update()
    whole = read_series(folder / "whole.jsonl")
    series = tail.series()
    assert counted == data.count(b"\n")
    assert series.events == whole.events
    for name, curve in whole.run.items():
        np.testing.assert_array_equal(series.run[name].values, curve.values)
    for name, curves in whole.lists.items():
        np.testing.assert_array_equal(series.lists[name].values, curves.values)


@pytest.mark.parametrize("lost", [1, 7, 30])
def test_a_torn_last_line_is_left_out_with_a_warning(tmp_path: Path, lost: int) -> None:
    path = write(tmp_path / "0.jsonl")
    path.write_bytes(path.read_bytes()[:-lost])
    series = read_series(path)
    assert not series.complete
    assert len(series.run["loss"].steps) == 9
    assert [event.message for event in series.events] == ["The last line of 0.jsonl is incomplete and was left out."]


def test_a_damaged_line_is_left_out_with_a_warning(tmp_path: Path) -> None:
    path = write(tmp_path / "0.jsonl")
    rows = path.read_bytes().split(b"\n")
    rows[4] = b"\x00" * 20
    path.write_bytes(b"\n".join(rows))
    series = read_series(path)
    assert series.run["loss"].steps.tolist() == [1, 2, 3, 5, 6, 7, 8, 9]
    assert "damaged" in series.events[-1].message


def test_a_newer_series_says_how_to_upgrade(tmp_path: Path) -> None:
    (tmp_path / "0.jsonl").write_text('{"kind": "head", "version": 99}\n')
    with pytest.raises(RunError, match=r"version 99; .*pip install --upgrade cnnvis"):
        read_series(tmp_path / "0.jsonl")


def test_one_writer_only(tmp_path: Path) -> None:
    write(tmp_path / "0.jsonl")
    with pytest.raises(RunError, match=r"0\.jsonl"):
        SeriesWriter(tmp_path / "0.jsonl")


def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    writer = SeriesWriter(tmp_path / "0.jsonl")
    writer._file.close()
    writer._file = full.open("wb", buffering=0)
    writer.write(HEAD)
    with pytest.raises(RunError, match="the disk is full"):
        writer.close()
    assert writer._file.closed


def test_a_removed_file_is_noticed(tmp_path: Path) -> None:
    writer = SeriesWriter(tmp_path / "0.jsonl")
    (tmp_path / "0.jsonl").unlink()
    writer.write(HEAD)
    with pytest.raises(RunError, match="was removed while"):
        writer.close()


def test_rows_of_another_length_are_left_out(tmp_path: Path) -> None:
    writer = SeriesWriter(tmp_path / "0.jsonl")
    for step, values in enumerate(([1.0, 2.0], [3.0], [4.0, 5.0])):
        writer.write(StepLine(step=step, time=0.0, lists={"input/mean": list(values)}))
    writer.close()
    assert read_series(tmp_path / "0.jsonl").lists["input/mean"].steps.tolist() == [0, 2]


@pytest.mark.parametrize("torn", [b"", b'{"kind": "ste'])
def test_a_writer_goes_on_behind_the_last_whole_line(tmp_path: Path, torn: bytes) -> None:
    path = write(tmp_path / "0.jsonl", 3)
    path.write_bytes(path.read_bytes() + torn)
    writer = SeriesWriter(path, append=True)
    writer.write(StepLine(step=4, time=9.0, run={"loss": 4.0}))
    writer.close()
    tail = SeriesTail(path)
    tail.update()
    assert tail.series().run["loss"].steps.tolist() == [1, 2, 3, 4]
    assert tail.problems == []
    assert tail.seconds == 9.0


def test_an_empty_file_is_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "0.jsonl").write_bytes(b'{"kind"')
    writer = SeriesWriter(tmp_path / "0.jsonl", append=True)
    writer.write(HEAD)
    writer.close()
    assert read_series(tmp_path / "0.jsonl").head == HEAD


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=8))
def test_what_was_recorded_twice_counts_as_it_was_the_last_time(parts: list[tuple[bool, int]]) -> None:
    """Each part trains some steps, then the trainer is started again from an earlier step."""
    expected: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as name:
        writer = SeriesWriter(Path(name) / "0.jsonl")
        writer.write(HEAD)
        step, number_of_line = 0, 0
        for back, amount in parts:
            if back:
                step = min(step, amount)
                writer.write(Event(step=step, time=0.0, name="resumed"))
                expected = {one: value for one, value in expected.items() if one <= step}
                continue
            for _ in range(amount):
                step, number_of_line = step + 1, number_of_line + 1
                writer.write(StepLine(step=step, time=0.0, run={"loss": float(number_of_line)}))
                expected[step] = float(number_of_line)
        writer.close()
        tail = SeriesTail(Path(name) / "0.jsonl")
        tail.update()
    curve = tail.series().run.get("loss")
    found = {} if curve is None else dict(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))
    assert found == expected
    assert tail.resumed == sum(back for back, _ in parts)


def test_a_resumed_training_is_not_over(tmp_path: Path) -> None:
    path = write(tmp_path / "0.jsonl", 3)
    writer = SeriesWriter(path, append=True)
    writer.write(Event(step=2, time=1.0, name="resumed"))
    writer.close()
    series = read_series(path)
    assert not series.complete
    assert [event.name for event in series.events] == ["resumed"]


def test_a_series_that_was_begun_anew_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = write(tmp_path / "0.jsonl", 9)
    tail = SeriesTail(path)
    tail.update()
    assert (tail.last_step, tail.complete) == (9, True)
    path.rename(tmp_path / "old.jsonl")
    write(path, 4).read_bytes()
    tail.update()
    assert (tail.last_step, len(tail.run["loss"]), tail.head) == (4, 4, HEAD)
    path.write_bytes(b"")
    tail.update()
    assert (tail.last_step, tail.complete, tail.offset) == (0, False, 0)


def test_what_was_handed_out_does_not_change(tmp_path: Path) -> None:
    writer = SeriesWriter(tmp_path / "0.jsonl")
    tail = SeriesTail(tmp_path / "0.jsonl")
    kept = []
    for line in lines(600):
        writer.write(line)
        writer.flush()
        tail.update()
        if line.step % 100 == 0:
            kept.append(tail.series().run["loss"])
    writer.close()
    for hundreds, curve in enumerate(kept, start=1):
        np.testing.assert_allclose(curve.values, [1 / n for n in range(1, 100 * hundreds + 1)], rtol=1e-6)


def test_a_series_can_be_gone_on_with_without_its_torn_end(tmp_path: Path) -> None:
    path = write(tmp_path / "0.jsonl", 3)
    with path.open("ab") as file:
        file.write(b'{"kind":"step","st')
    writer = SeriesWriter(path, append=True)
    writer.write(StepLine(step=4, time=0.0, run={"loss": 0.25}))
    writer.flush()
    tail = SeriesTail(path)
    tail.update()
    assert (tail.last_step, tail.complete, tail.torn) == (4, False, 0)
    writer.write(Event(step=4, time=0.0, name="finished"))
    writer.close()
    tail.update()
    assert tail.complete
    assert read_series(path).run["loss"].steps.tolist() == [1, 2, 3, 4]
    with pytest.raises(RunError):
        SeriesWriter(tmp_path / "ghost.jsonl", append=True)
