"""A run folder appears whole or not at all, and nothing that was there is lost."""

import errno
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnvis.schema.errors import RunError
from cnnvis.schema.series import SeriesHead, StepLine
from cnnvis.store import files
from cnnvis.store.layout import RESUME, staging_folder
from cnnvis.store.reader import read_run
from cnnvis.store.writer import RunWriter
from tests import making
from tests.making.folder import write_run


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "tiny"))
    written = making.statistics()
    assert run.file == making.run_file("tiny")
    assert run.graph == making.graph()
    assert run.snapshot == making.snapshot_facts()
    assert run.statistics.units == {"relu", "fc"}
    np.testing.assert_array_equal(run.statistics.confusion, written.confusion)
    for unit, values in written.units.items():
        read = run.statistics.unit(unit)
        for name in ("after_mean", "before_mean", "top_value", "top_sample", "top_y", "slope", "nonfinite"):
            np.testing.assert_array_equal(getattr(read, name), getattr(values, name))
    probe = run.statistics.probe("relu", "fc")
    np.testing.assert_array_equal(probe.means["relu"], written.probe.means["relu"])
    assert set(probe.means) == {"relu"}


def test_same_input_same_bytes(tmp_path: Path) -> None:
    first, second = write_run(tmp_path / "a" / "run"), write_run(tmp_path / "b" / "run")
    assert contents(first) == contents(second)


def test_nothing_has_the_name_before_finish(tmp_path: Path) -> None:
    with RunWriter(tmp_path / "run") as writer:
        writer.write_model(making.run_file(), making.graph())
        assert not (tmp_path / "run").exists()
        with pytest.raises(RunError, match="has not finished"):
            read_run(tmp_path / "run")


def test_an_existing_run_is_not_overwritten_unasked(tmp_path: Path) -> None:
    before = contents(write_run(tmp_path / "run"))
    with pytest.raises(RunError, match=r"There is a run at .* --overwrite"):
        RunWriter(tmp_path / "run")
    assert contents(tmp_path / "run") == before


def test_an_existing_run_is_replaced_on_request(tmp_path: Path) -> None:
    write_run(tmp_path / "run", seed=0)
    write_run(tmp_path / "run", seed=5, overwrite=True)
    read = read_run(tmp_path / "run").statistics.unit("relu")
    np.testing.assert_array_equal(read.after_mean, making.statistics(5).units["relu"].after_mean)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_is_no_run_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(RunError, match="is not a cnnvis run"):
        RunWriter(tmp_path, overwrite=True)
    assert (tmp_path / "thesis.tex").read_text() == "precious"


def test_an_interrupted_pass_keeps_its_state_and_goes_on(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "run")
    writer.write_model(making.run_file(), making.graph())
    writer.write_pictures(making.pictures())
    writer.write_snapshot(making.snapshot_facts(), making.statistics())
    writer.resume_folder.mkdir()
    (writer.resume_folder / "state").write_text("half way")
    writer.finish(complete=False)
    assert (tmp_path / "run" / RESUME / "state").read_text() == "half way"
    again = RunWriter(tmp_path / "run", resume=True)
    assert (again.resume_folder / "state").read_text() == "half way"
    assert again.resumed == making.run_file()
    again.write_model(making.run_file(), making.graph())
    again.write_pictures(making.pictures())
    again.write_snapshot(making.snapshot_facts(), making.statistics(3))
    again.finish()
    assert not (tmp_path / "run" / RESUME).exists()
    read_run(tmp_path / "run")


def test_two_writers_of_one_run_do_not_meet(tmp_path: Path) -> None:
    first = RunWriter(tmp_path / "run")
    for overwrite in (False, True):
        with pytest.raises(RunError, match="Another cnnvis is writing"):
            RunWriter(tmp_path / "run", overwrite=overwrite)
    with first:
        pass
    RunWriter(tmp_path / "run").__exit__()
    assert list(tmp_path.iterdir()) == []


def test_the_state_of_a_killed_analysis_is_not_thrown_away_unasked(tmp_path: Path) -> None:
    killed = RunWriter(tmp_path / "run")
    killed.resume_folder.mkdir()
    (killed.resume_folder / "state").write_text("half way")
    killed.__exit__()
    with pytest.raises(RunError, match=r"was interrupted.*Go on with it by --resume, or begin again with --overwrite"):
        RunWriter(tmp_path / "run")
    again = RunWriter(tmp_path / "run", resume=True)
    assert (again.resume_folder / "state").read_text() == "half way"
    again.__exit__()
    anew = RunWriter(tmp_path / "run", overwrite=True)
    assert not anew.resume_folder.exists()
    anew.__exit__()


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_run_that_came_in_the_meantime_is_not_replaced(tmp_path: Path, overwrite: bool) -> None:
    """As on a file system without locks, where two analyses can write to one place."""
    if overwrite:
        write_run(tmp_path / "run", seed=1)
    writer = RunWriter(tmp_path / "run", overwrite=overwrite)
    writer.write_model(making.run_file(), making.graph())
    writer.write_pictures(making.pictures())
    writer.write_snapshot(making.snapshot_facts(), making.statistics())
    other = write_run(tmp_path / "elsewhere" / "run", seed=2)
    if overwrite:
        shutil.rmtree(tmp_path / "run")
    other.rename(tmp_path / "run")
    before = contents(tmp_path / "run")
    assert writer.finish() == tmp_path / "run-2"
    assert contents(tmp_path / "run") == before
    read_run(tmp_path / "run-2")


def test_resume_needs_something_to_resume(tmp_path: Path) -> None:
    write_run(tmp_path / "run")
    with pytest.raises(RunError, match=r"no interrupted analysis .* --resume"):
        RunWriter(tmp_path / "run", resume=True)


def test_a_full_disk_is_named_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(write_run(tmp_path / "run"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with RunWriter(tmp_path / "run", overwrite=True) as writer, monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(RunError, match=r"the disk is full\. Free some space"):
            writer.write_snapshot(making.snapshot_facts(), making.statistics())
        assert not list(staging_folder(tmp_path / "run").rglob("*.tmp"))
    assert contents(tmp_path / "run") == before


def test_a_full_disk_under_the_real_writer_is_named(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with (
        pytest.raises(RunError, match="the disk is full"),
        files.explaining_disk_errors(tmp_path),
        full.open("wb") as out,
    ):
        out.write(b"x" * 100_000)


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RunError, match=r"Could not write .*file.*: not a directory"):
        RunWriter(tmp_path / "file" / "run")


def test_every_file_can_be_read_by_whom_the_user_lets_read(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    files = [path for path in write_run(tmp_path / "run").rglob("*") if path.is_file()]
    assert {path.stat().st_mode for path in files} == {plain.stat().st_mode}


def test_classes_without_images_cost_nothing_and_come_back_as_nan(tmp_path: Path) -> None:
    whole = making.statistics()
    images = np.array([0, 12, 0])
    values = {
        name: replace(unit, after_mean=np.where(images[:, None] > 0, unit.after_mean, np.nan).astype(np.float32))
        for name, unit in whole.units.items()
    }
    writer = RunWriter(tmp_path / "run")
    writer.write_model(making.run_file(), making.graph())
    writer.write_pictures(making.pictures())
    writer.write_snapshot(making.snapshot_facts(), replace(whole, units=values, class_images=images))
    read = read_run(writer.finish()).statistics
    np.testing.assert_array_equal(read.unit("relu").after_mean, values["relu"].after_mean)
    np.testing.assert_array_equal(read.array("relu", "after_mean"), values["relu"].after_mean)
    assert np.isnan(read.unit("relu").before_mean[0]).all()


def test_a_series_is_written_with_the_run(tmp_path: Path) -> None:
    with RunWriter(tmp_path / "run") as writer:
        writer.write_model(making.run_file(), making.graph())
        writer.write_series([SeriesHead(units=("relu",)), StepLine(step=1, time=0.0, run={"loss": 2.0})])
        writer.finish()
    run = read_run(tmp_path / "run")
    assert (run.has_snapshot, run.recorded, run.snapshot.images_seen) == (False, True, 0)
    assert run.series.update() == 2
