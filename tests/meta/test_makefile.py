"""What a target sets up before it starts its program, in a clone that has nothing yet."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.outside import ROOT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="no make here")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that the Makefile looks at, and nothing that it makes of them."""
    for name in ("Makefile", "constraints.txt", "pyproject.toml", "tools/install_torch.py", "web/package.json",
                 "web/package-lock.json"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def commands(clone: Path, target: str) -> str:
    """Return what make would do for a target."""
    asked = ["make", "--dry-run", target]
    return subprocess.run(asked, cwd=clone, capture_output=True, text=True, check=True).stdout


def test_benchmarks_begin_with_the_page_its_packages_and_what_they_compare_with(clone: Path) -> None:
    said = commands(clone, "bench")
    steps = ["tools.install_torch", "--editable '.[dev]'", "--editable '.[bench]'", "-m tools.bench"]
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    lines = [line.strip() for line in said[: places[-1]].splitlines()]
    assert any(line.endswith("-m tools.page") for line in lines)
    assert any(line.endswith("-m tools.page --packages") for line in lines)
