"""`cnnvis` alone."""

from pathlib import Path

import pytest

from cnnvis.cli.main import main
from tests.making.folder import write_run


def test_runs_are_listed_with_the_way_to_open_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path / "runs" / "first")
    write_run(tmp_path / "runs" / "second")
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "model", "images", "accuracy", "path"]
    assert lines[1].endswith("runs/first")
    assert lines[2].endswith("runs/second")
    assert lines[-1] == "Open one with: cnnvis open runs/first"


def test_a_folder_without_runs_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([]) == 0
    assert "cnnvis demo" in capsys.readouterr().out


def test_a_damaged_run_is_listed_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path / "good")
    broken = write_run(tmp_path / "broken")
    (broken / "graph.json").write_text("{")
    assert main([]) == 0
    out = capsys.readouterr().out
    assert "(cannot be opened)" in out
    assert "good" in out
