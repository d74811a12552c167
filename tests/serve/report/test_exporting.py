"""Where reports are written, and what is not overwritten."""

from pathlib import Path

import pytest

from cnnvis.schema.errors import RunError
from cnnvis.serve.report import export
from tests.making.folder import write_run
from tests.making.page import write_page


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return write_page(tmp_path / "page")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Path) -> Path:
    monkeypatch.setattr("cnnvis.serve.report.exporting.PAGE", page)
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return write_run(tmp_path / "my run")


def test_by_default_it_lies_here_under_the_runs_name(run: Path) -> None:
    written = export(run, progress=False)
    assert written.path == Path("my run.html")
    assert written.path.stat().st_size == written.size
    assert export(run, folder=True, progress=False).path == Path("my run-report")


@pytest.mark.parametrize(
    ("to", "folder", "sentence"),
    [
        ("taken.html", False, "is there already"),
        ("my run", False, "is a folder, and a file"),
        ("taken.html", True, "is a file, and a folder"),
        ("my run", True, "is there already"),
    ],
)
def test_what_is_there_stays(run: Path, to: str, folder: bool, sentence: str) -> None:
    Path("taken.html").write_text("mine")
    with pytest.raises(RunError, match=sentence):
        export(run, to, folder=folder, progress=False)
    assert Path("taken.html").read_text() == "mine"


def test_it_is_replaced_when_asked_for(run: Path) -> None:
    Path("taken.html").write_text("mine")
    assert export(run, "taken.html", overwrite=True, progress=False).size > 4


def test_no_run_is_said(run: Path) -> None:
    with pytest.raises(RunError):
        export(run.parent / "nowhere", progress=False)
