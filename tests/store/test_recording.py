"""A growing run can be read at every moment."""

import shutil
from pathlib import Path

import msgspec
import pytest

from cnnvis.schema.errors import RunError
from cnnvis.schema.series import Event, SeriesHead, StepLine
from cnnvis.store.reader import read_run
from cnnvis.store.recording import Recording, Snapshot, request_snapshot
from tests import making
from tests.making.folder import write_run


def begun(path: Path, *, overwrite: bool = False) -> Recording:
    recording = Recording(path, overwrite=overwrite)
    first = Snapshot(facts=making.snapshot_facts(), statistics=making.statistics())
    recording.begin(making.run_file(path.name), making.graph(), pictures=making.pictures(), snapshot=first)
    recording.line(SeriesHead(units=("relu", "fc")))
    return recording


def later(step: int, seed: int = 0) -> Snapshot:
    facts = msgspec.structs.replace(making.snapshot_facts(), step=step)
    return Snapshot(facts=facts, statistics=making.statistics(seed), contributions=making.contributions(seed))


def test_a_run_grows(tmp_path: Path) -> None:
    recording = begun(tmp_path / "run")
    run = read_run(tmp_path / "run")
    assert run.recorded
    assert run.steps == (0,)
    recording.line(StepLine(step=1, time=0.0, run={"loss": 2.0}))
    recording.flush()
    assert run.series.update() == 2
    recording.snapshot(later(7, 1))
    assert run.steps == (0, 7)
    assert read_run(tmp_path / "run").snapshot.step == 7
    assert read_run(tmp_path / "run").contributions is not None
    assert read_run(tmp_path / "run", step=0).contributions is None
    assert read_run(tmp_path / "run", step=0).snapshot.step == 0
    with pytest.raises(RunError, match="no snapshot of step 3; it has 0, 7"):
        read_run(tmp_path / "run", step=3)
    recording.close()
    recording.line(StepLine(step=2, time=0.0))  # dropped
    assert run.series.update() == 0


def test_a_removed_run_does_not_come_back(tmp_path: Path) -> None:
    recording = begun(tmp_path / "run")
    shutil.rmtree(tmp_path / "run")
    with pytest.raises(RunError, match="removed or renamed"):
        recording.snapshot(later(7))
    with pytest.raises(RunError, match="was removed while"):
        recording.close()
    assert not (tmp_path / "run").exists()


def test_a_run_is_replaced_only_when_asked_for(tmp_path: Path) -> None:
    begun(tmp_path / "run").close()
    with pytest.raises(RunError, match="There is a run"):
        Recording(tmp_path / "run")
    begun(tmp_path / "run", overwrite=True).close()
    Recording(tmp_path / "other").close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


def test_python_is_spoken_in_python(tmp_path: Path) -> None:
    begun(tmp_path / "run").close()
    with pytest.raises(RunError, match=r"folder with to=, or replace it with overwrite=True \(resume=True"):
        Recording(tmp_path / "run")


def test_a_run_is_gone_on_with(tmp_path: Path) -> None:
    recording = begun(tmp_path / "run")
    for step in (1, 2, 3):
        recording.line(StepLine(step=step, time=float(step), run={"loss": float(step)}))
    for step in (2, 3):
        recording.snapshot(later(step))
    recording.close()
    series = tmp_path / "run" / "series" / "0.jsonl"
    series.write_bytes(series.read_bytes() + b'{"kind": "step", "st')  # killed while it wrote
    recording = Recording(tmp_path / "run", resume=True)
    assert recording.past is not None
    recording.go_on(2)
    recording.line(Event(step=2, time=3.5, name="resumed"))
    recording.line(StepLine(step=3, time=4.0, run={"loss": 30.0}))
    recording.close()
    run = read_run(tmp_path / "run")
    assert run.steps == (0, 2)  # that of step 3 belongs to what is done once more
    run.series.update()
    found = run.series.series()
    assert found.run["loss"].steps.tolist() == [1, 2, 3]
    assert found.run["loss"].values.tolist() == [1.0, 2.0, 30.0]
    assert run.series.problems == []


def test_only_a_recording_is_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no recorded training that could be gone on with"):
        Recording(write_run(tmp_path / "analysed"), resume=True)
    assert Recording(tmp_path / "new", resume=True).past is None


def test_a_snapshot_is_asked_for_by_a_file(tmp_path: Path) -> None:
    recording = begun(tmp_path / "run")
    recording.flush()
    assert not recording.requested()
    request_snapshot(read_run(tmp_path / "run"))
    assert recording.requested()
    assert not recording.requested()
    recording.line(Event(step=1, time=0.0, name="finished"))
    recording.close()
    with pytest.raises(RunError, match="is not being recorded"):
        request_snapshot(read_run(tmp_path / "run"))
    with pytest.raises(RunError, match="is not being recorded"):
        request_snapshot(read_run(write_run(tmp_path / "analysed")))
