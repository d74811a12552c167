"""The front door: what is missing is said before anything is shown."""

import subprocess
import sys
from pathlib import Path

import pytest

import cnnvis
from cnnvis.notebook import view as front
from cnnvis.schema.errors import MissingPackageError, RunError


def test_a_run_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("anywidget", reason="it is an extra of cnnvis")
    with pytest.raises(RunError, match=r"^There is nothing at"):
        cnnvis.view(tmp_path / "none")


def test_without_anywidget_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[front.__module__], "find_spec", lambda _: None)
    with pytest.raises(MissingPackageError, match=r"Run: pip install 'cnnvis\[notebook\]'"):
        cnnvis.view(tmp_path)


def test_looking_in_a_notebook_loads_no_torch(tmp_path: Path) -> None:
    pytest.importorskip("anywidget", reason="it is an extra of cnnvis")
    code = (
        "import sys, cnnvis, cnnvis.notebook.widget; cnnvis.view; print('torch' in sys.modules, 'scipy' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.stdout.split() == ["False", "False"], answer.stderr
