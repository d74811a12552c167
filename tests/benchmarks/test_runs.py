"""The runs that benchmarks look at."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import _runs
import facets
import pytest

from cnnvis.serve import demo_run


def test_the_trained_networks_are_found_by_a_program_of_its_own() -> None:
    """The benchmark of edits once stopped at the example's import of its neighbour."""
    code = "import _runs; print(*_runs.known_networks().KNOWN)"
    found = subprocess.run([sys.executable, "-c", code], cwd=_runs.ROOT / "benchmarks", capture_output=True, check=True)
    assert set(found.stdout.decode().split()) >= _runs.IMAGES.keys()


def test_the_runs_of_all_networks_are_those_of_the_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_runs, "real_run", lambda name: SimpleNamespace(path=Path(name)))
    assert _runs.real_runs() == [Path(name) for name in _runs.NAMES]
    monkeypatch.setattr(_runs, "real_run", lambda _: None)
    assert _runs.real_runs() == []
    assert "real data are left out" in capsys.readouterr().out


def test_packing_and_reordering_look_at_the_networks_of_the_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The benchmark once looked into a folder that no clone has."""
    seen: list[str] = []
    monkeypatch.setattr(facets, "real_runs", lambda: [demo_run()])
    monkeypatch.setattr(facets, "class_rows", list)
    monkeypatch.setattr(facets, "report", lambda *_: None)
    monkeypatch.setattr(facets, "reorder_rows", lambda real, _: seen.extend(run for run, *_ in real) or [])
    monkeypatch.setattr(sys, "argv", ["facets.py", "--only", "reordering"])
    facets.main()
    assert set(seen) == {demo_run().name}
    monkeypatch.setattr(sys, "argv", ["facets.py", "--runs", str(tmp_path / "none")])
    with pytest.raises(SystemExit):
        facets.main()
