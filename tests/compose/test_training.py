"""A recorded training as the page draws it, while it grows, when it is begun anew, and when it is over."""

import threading
from pathlib import Path

import pytest

from cnnvis.compose import training as module
from cnnvis.compose.findings import find
from cnnvis.compose.training import Training
from cnnvis.schema.training import LiveState
from cnnvis.store.reader import read_run
from tests.making.recorded import begin, finish, snapshot, steps, write_recorded


def test_the_scene_names_plots_rows_layers_and_snapshots(tmp_path: Path) -> None:
    scene = Training(write_recorded(tmp_path / "run")).scene()
    assert (scene.first, scene.last, scene.complete, scene.ended) == (1, 40, True, "finished")
    assert [plot.title for plot in scene.plots] == ["loss", "accuracy", "learning rate"]
    assert [row.id for row in scene.rows] == [
        "activation-mean", "activation-spread", "zeros", "dead", "gradient", "weights", "nonfinite",
    ]  # fmt: skip
    assert [(layer.id, layer.neurons) for layer in scene.layers] == [("relu", 5), ("fc", 3)]
    assert scene.snapshots == (0, 20, 40)
    assert [event.name for event in scene.events] == ["finished"]


def test_curves_are_what_was_recorded_in_the_window(tmp_path: Path) -> None:
    training = Training(write_recorded(tmp_path / "run"))
    scene = training.curves([("loss", 0), ("metric/val/loss", 0)], buckets=100)
    assert (scene.first, scene.last) == (1, 40)
    assert scene.curves[0].steps == tuple(range(1, 41))
    assert scene.curves[0].values == pytest.approx([2 / n for n in range(1, 41)])
    assert scene.curves[1].steps == (10, 20, 30, 40)
    part = training.curves([("loss", 0)], buckets=100, span=(10, 12))
    assert part.curves[0].steps == (9, 10, 11, 12, 13)
    few = training.curves([("loss", 0)], buckets=2)
    assert len(few.curves[0].steps) <= 12
    for name, place in (("ghost", 0), ("loss", 1), ("learning_rate", 1)):
        with pytest.raises(KeyError):
            training.curves([(name, place)], buckets=10)


def test_what_is_not_finite_in_a_curve_is_told(tmp_path: Path) -> None:
    from cnnvis.schema.series import StepLine

    recording = begin(tmp_path / "run")
    recording.line(StepLine(step=1, time=0.0, run={"loss": 1.0}))
    recording.line(StepLine(step=2, time=0.0, run={"loss": "nan"}))
    recording.line(StepLine(step=3, time=0.0, run={"loss": "inf"}))
    finish(recording, 3)
    assert Training(tmp_path / "run").curves([("loss", 0)], buckets=9).curves[0].values == (1.0, "nan", "inf")


def test_layers_over_steps_and_at_a_step(tmp_path: Path) -> None:
    training = Training(write_recorded(tmp_path / "run"))
    scene = training.layers(["gradient", "dead"], buckets=100)
    gradient, dead = scene.rows
    assert gradient.steps == tuple(range(5, 41, 5))
    assert gradient.low == gradient.high
    assert gradient.low[0] == pytest.approx([1e-4 * step for step in gradient.steps])
    assert dead.low == ((0.2,) * 8, (None,) * 8)
    few = training.layers(["gradient"], buckets=2).rows[0]
    assert (len(few.steps), few.low[0][0], few.high[0][0]) == (2, pytest.approx(5e-4), pytest.approx(2e-3))
    with pytest.raises(KeyError):
        training.layers(["ghost"], buckets=2)
    for step, measured in ((3, 5), (5, 5), (12, 10), (99, 40)):
        found = {values.row: values for values in training.at(step).layers}
        assert found["gradient"].step == measured
        assert found["gradient"].values[0] == pytest.approx(1e-4 * measured)


def test_it_grows(tmp_path: Path) -> None:
    recording = begin(tmp_path / "run")
    steps(recording, 1, 10)
    training = Training(tmp_path / "run")
    first = training.state()
    assert (first.last, first.snapshots, first.complete, first.findings) == (10, (0,), False, "")
    assert training.state() == first
    steps(recording, 11, 20)
    snapshot(recording, 20)
    second = training.state(judge=True)
    assert (second.last, second.snapshots) == (20, (0, 20))
    assert second.findings != ""
    assert second.size > first.size
    assert second.recording == first.recording
    assert training.scene().ended == ""
    finish(recording, 20)
    assert training.state().complete
    assert training.curves([("loss", 0)], buckets=50).last == 20


def test_a_training_that_is_begun_anew_is_another_recording(tmp_path: Path) -> None:
    run = write_recorded(tmp_path / "run")
    training = Training(run)
    before = training.state()
    recording = begin(run, overwrite=True, created="2026-01-02T00:00:00Z")
    steps(recording, 1, 5)
    after = training.state()
    assert after.recording != before.recording
    assert (after.last, after.snapshots) == (5, (0,))
    recording.close()


def test_findings_are_those_of_the_command_line_and_judged_once_when_all_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_recorded(tmp_path / "run")
    training = Training(run)
    assert training.findings() == find(read_run(run))
    first = training.findings()
    assert training.findings() is first
    recording = begin(tmp_path / "other")
    steps(recording, 1, 10)
    growing = Training(tmp_path / "other")
    monkeypatch.setattr(module, "SHARE", 1e-9)
    first = growing.findings()
    steps(recording, 11, 20)
    assert growing.findings() is first  # judging may not take more than its share of the time
    snapshot(recording, 20)
    assert growing.findings().steps == 20
    monkeypatch.setattr(module, "SHARE", 1e9)
    assert growing.findings().steps == 20
    finish(recording, 20)
    assert growing.findings().complete


def test_a_page_is_told_how_far_a_long_series_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training = Training(write_recorded(tmp_path / "run"))
    training.update()
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    held, done = threading.Event(), threading.Event()

    def read() -> None:
        with training._reading():
            held.set()
            done.wait(5)

    thread = threading.Thread(target=read)
    thread.start()
    held.wait(5)
    state = training.state()
    assert state == LiveState(mark=state.mark, reading=1.0, complete=False)
    done.set()
    thread.join()


def test_a_long_series_is_kept_and_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORTH_KEEPING", 1000)
    run = write_recorded(tmp_path / "run")
    first = Training(run)
    first.update()
    second = Training(run)
    second.update()
    assert second._kept > 0
    assert second.scene() == first.scene()
