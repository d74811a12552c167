"""The command as a whole: exit codes, streams, and what it does not load."""

import os
import subprocess
import sys
import warnings
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from cnnvis import __version__
from cnnvis.cli import main as command
from cnnvis.cli.console import Console
from cnnvis.cli.main import main
from cnnvis.schema.errors import DataError

HEAVY = ("torch", "numpy", "starlette", "uvicorn", "PIL", "msgspec", "sklearn")


def replace(monkeypatch: pytest.MonkeyPatch, raised: BaseException) -> None:
    def run(_: Namespace, __: Console) -> int:
        raise raised

    put(monkeypatch, run)


def put(monkeypatch: pytest.MonkeyPatch, run: Callable[[Namespace, Console], int]) -> None:
    module = ModuleType("fake")
    module.run = run
    monkeypatch.setattr(command, "import_module", lambda _: module)


def test_errors_of_the_user_are_one_line_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(monkeypatch, DataError("The data is empty.", "Give some."))
    assert main([]) == 2
    assert capsys.readouterr() == ("", "error: The data is empty. Give some.\n")


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    replace(monkeypatch, KeyboardInterrupt())
    assert main([]) == 130
    assert "no run was changed" in capsys.readouterr().err


def test_a_mistake_of_ours_shows_where_and_asks_to_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(monkeypatch, ZeroDivisionError("oh"))
    with pytest.raises(ZeroDivisionError):
        main([])
    assert "report" in capsys.readouterr().err


def test_what_numpy_says_of_a_right_product_alarms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_: Namespace, __: Console) -> int:
        warnings.warn("invalid value encountered in matmul", RuntimeWarning, stacklevel=1)
        return 0

    put(monkeypatch, run)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert main([]) == 0


def test_missing_torch_names_the_install_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(monkeypatch, ModuleNotFoundError("No module named 'torch'", name="torch"))
    assert main(["demo", "--train"]) == 2
    assert "cnnvis demo needs PyTorch, which is not installed here. Run: uv pip install --torch-backend=auto torch" in (
        capsys.readouterr().err
    )
    replace(monkeypatch, ModuleNotFoundError("No module named 'yaml'", name="yaml"))
    with pytest.raises(ModuleNotFoundError):
        main(["demo"])


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"cnnvis {__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["analyze", "--help"], ["open", "--help"], ["demo", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\nfrom cnnvis.cli.main import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
        f"sys.exit(' '.join(set({HEAVY!r}) & set(sys.modules)) or 0)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("usage: cnnvis")


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    code = "import sys\nfrom cnnvis.cli.main import main\nsys.exit(main([]))"
    reading, writing = os.pipe()
    os.close(reading)
    try:
        answer = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writing)
    assert answer.returncode == 141
    assert answer.stderr == ""
