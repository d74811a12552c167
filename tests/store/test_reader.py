"""Damaged, foreign and newer folders are refused with a sentence that says what to do."""

import json
from pathlib import Path

import pytest

from cnnvis.schema.errors import RunError
from cnnvis.store.layout import STATISTICS_FILE
from cnnvis.store.reader import Run, find_runs, read_run
from tests.making.folder import write_run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_run(tmp_path / "runs" / "tiny")


def test_accuracy_counts_labelled_images(folder: Path) -> None:
    assert read_run(folder).accuracy == 9 / 12


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"There is nothing at .*`cnnvis` alone lists"):
        read_run(tmp_path / "absent")


def test_another_folder(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"not a run folder: it has no run\.json"):
        read_run(tmp_path)


def test_a_newer_version_says_how_to_upgrade(folder: Path) -> None:
    front = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(
        json.dumps(front | {"version": 99, "tool": "7.0", "classes": {"of": "the future"}})
    )
    with pytest.raises(RunError, match=r"cnnvis 7\.0 in version 99 .*pip install --upgrade cnnvis"):
        read_run(folder)


def test_a_foreign_json_file(folder: Path) -> None:
    (folder / "run.json").write_text('{"version": 1, "kind": "tournament"}')
    with pytest.raises(RunError, match=r"not the front page of a cnnvis run \(its kind is 'tournament'\)"):
        read_run(folder)


def test_an_unfinished_snapshot(folder: Path) -> None:
    (folder / "snapshots" / "0" / "snapshot.json").unlink()
    with pytest.raises(RunError, match=r"no finished snapshot.*--resume"):
        read_run(folder)


def test_missing_arrays_are_named(folder: Path) -> None:
    run = Run(folder)
    with pytest.raises(RunError, match=r"has no array 'ghost\|"):
        run.statistics.unit("ghost")
    assert (folder / "snapshots" / "0" / STATISTICS_FILE).is_file()


def test_runs_are_found_below_a_folder_but_not_inside_runs(tmp_path: Path) -> None:
    paths = [tmp_path / "b", tmp_path / "a", tmp_path / "deep" / "er" / "c"]
    for path in paths:
        write_run(path)
    write_run(tmp_path / "a" / "inner")
    write_run(tmp_path / ".hidden" / "run")
    assert find_runs(tmp_path) == [tmp_path / "a", tmp_path / "b", tmp_path / "deep" / "er" / "c"]
    assert find_runs(tmp_path / "absent") == []


def test_arrays_that_do_not_fit_the_classes_are_refused(folder: Path) -> None:
    run = Run(folder)
    run.statistics.class_images = run.statistics.class_images * [1, 0, 1]
    with pytest.raises(RunError, match="hold 3 rows for 2 classes with images"):
        run.statistics.unit("relu")
