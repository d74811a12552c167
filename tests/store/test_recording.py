"""A growing run can be read at every moment."""

import shutil
from pathlib import Path

import msgspec
import pytest

from cnnvis.schema.errors import RunError
from cnnvis.schema.series import SeriesHead, StepLine
from cnnvis.store.reader import read_run
from cnnvis.store.recording import Recording
from tests import making


def begun(path: Path, *, overwrite: bool = False) -> Recording:
    recording = Recording(path, overwrite=overwrite)
    first = (making.snapshot_facts(), making.statistics())
    recording.begin(making.run_file(path.name), making.graph(), pictures=making.pictures(), snapshot=first)
    recording.line(SeriesHead(units=("relu", "fc")))
    return recording


def test_a_run_grows(tmp_path: Path) -> None:
    recording = begun(tmp_path / "run")
    run = read_run(tmp_path / "run")
    assert run.recorded
    assert run.steps == (0,)
    recording.line(StepLine(step=1, time=0.0, run={"loss": 2.0}))
    recording.flush()
    assert run.series.update() == 2
    recording.snapshot(msgspec.structs.replace(making.snapshot_facts(), step=7), making.statistics(1))
    assert run.steps == (0, 7)
    assert read_run(tmp_path / "run").snapshot.step == 7
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
        recording.snapshot(msgspec.structs.replace(making.snapshot_facts(), step=7), making.statistics())
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
