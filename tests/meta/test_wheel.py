"""The wheel can be used without Node.js and without PyTorch, and is small; the source archive can become a wheel."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tools.page import is_stale
from tools.tracked import ROOT

pytestmark = pytest.mark.slow

MOST_BYTES = 3 * 2**20
NO_NODE = {"PATH": "/nonexistent"}


def build(tree: Path, target: str, folder: Path) -> Path:
    """Build a wheel or an sdist of a source tree without Node.js on the PATH."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    done = subprocess.run(command, cwd=tree, env=os.environ | NO_NODE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl" if target == "wheel" else "*.tar.gz"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if is_stale(ROOT):
        pytest.skip("the page is not built or older than its sources (make page)")
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def wheel(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made from the source archive, as pip does it for an ordinary user."""
    return build(unpacked, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment with the wheel; the dependencies come from the environment of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    install = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "install", "-qq"]
    subprocess.run([*install, "--no-deps", "--no-index", str(wheel)], check=True)
    # A path file adds the folder, not the path files in it: the editable cnnvis of the tests stays out.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin/python"


def run(python: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(python), *arguments], env=NO_NODE, cwd=python.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_page_and_nothing_that_is_for_developers(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {"cnnvis/serve/page/index.html", "cnnvis/serve/page/widget.js"} <= set(names)
    assert any(name.startswith("cnnvis/serve/page/assets/") and name.endswith(".js") for name in names)
    assert [name for name in names if not name.startswith(("cnnvis/", "cnnvis-"))] == []


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= MOST_BYTES


def test_the_wheel_holds_a_finished_demo_run(wheel: Path) -> None:
    if not (ROOT / "src/cnnvis/demo_run/run.json").is_file():
        pytest.skip("no demo run in this tree")
    with zipfile.ZipFile(wheel) as archive:
        assert "cnnvis/demo_run/run.json" in archive.namelist()


def test_the_installed_package_works_without_node_and_without_torch(installed: Path) -> None:
    code = (
        "import cnnvis, cnnvis.cli.main, cnnvis.serve.app, pathlib, sys;"
        "place = pathlib.Path(cnnvis.__file__).parent;"
        "print(place, (place / 'serve/page/index.html').is_file(), 'torch' in sys.modules)"
    )
    place, page, torch = run(installed, "-c", code).split()
    assert place.startswith(str(installed.parent.parent))
    assert (page, torch) == ("True", "False")


def test_the_installed_command_answers(installed: Path) -> None:
    assert "analyze" in run(installed, str(installed.with_name("cnnvis")), "--help")


def test_without_page_and_node_the_build_says_what_is_missing(unpacked: Path, tmp_path: Path) -> None:
    page = unpacked / "src/cnnvis/serve/page/index.html"
    content = page.read_bytes()
    page.unlink()
    try:
        with pytest.raises(AssertionError, match=r"needs Node\.js .* this machine has none on its PATH"):
            build(unpacked, "wheel", tmp_path)
    finally:
        page.write_bytes(content)
        os.utime(page, (2**32, 2**32))
