"""Every command ends with the numbers that its help and the documentation promise."""

import os
import re
import signal
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from cnnvis.cli import main as command
from cnnvis.cli.console import Console
from cnnvis.cli.exit_codes import MEANINGS
from cnnvis.cli.main import main
from cnnvis.cli.parser import build_parser
from tests.compose.test_tables import whole_run
from tools import cli_page
from tools.tracked import ROOT

COMMANDS = [name for name, _, _ in cli_page.commands(build_parser())]
WORDS = {
    "analyze": ["--model", "nets.py:net", "--data", "photos"],
    "open": ["{run}", "--no-browser"],
    "check": ["{run}"],
    "demo": ["--no-browser"],
    "edit": ["{run}", "history"],
    "query": ["{run}", "classes"],
    "snapshot": ["{run}"],
    "export": ["{run}"],
    "import-tensorboard": ["logs", "-o", "imported"],
    "replay": ["checkpoints", "--model", "nets.py:net", "--data", "photos", "-o", "replayed"],
}
MISTAKES = {
    "analyze": ["--model", "no_such_module:net", "--data", "nowhere"],
    "open": ["nowhere"],
    "check": ["nowhere"],
    "demo": ["--no-browser", "--host", "192.0.2.1"],
    "edit": ["{run}", "undo"],
    "query": ["{run}", "classes", "--layer", "fc"],
    "snapshot": ["nowhere"],
    "export": ["nowhere"],
    "import-tensorboard": ["nowhere", "-o", "imported"],
    "replay": ["nowhere", "--model", "nets.py:net", "--data", "photos", "-o", "replayed"],
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return whole_run(tmp_path).path


def words(of: dict[str, list[str]], name: str, run: Path) -> list[str]:
    return [name, *(word.format(run=run) for word in of[name])]


def ending(monkeypatch: pytest.MonkeyPatch, act: Callable[[], int]) -> None:
    """Replace every command's module by one that ends so."""

    def run(_: Namespace, __: Console) -> int:
        return act()

    module = ModuleType("fake")
    module.run = run
    monkeypatch.setattr(command, "import_module", lambda _: module)


def test_every_command_is_tested_here() -> None:
    assert set(COMMANDS) == set(WORDS) == set(MISTAKES) == set(MEANINGS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_says_them_all(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([name, "--help"])
    assert caught.value.code == 0
    said = " ".join(capsys.readouterr().out.partition("exit codes: ")[2].partition("\n\n")[0].split())
    codes = {int(code) for code in re.findall(r"\b\d+\b", said)}
    more = {"open": set[int](), "check": {1, 130}, "query": {130, 141}}
    assert codes == {0, 2} | more.get(name, {130})


def test_the_documentation_says_them_all() -> None:
    page = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \|", page, re.MULTILINE) == ["0", "1", "2", "130", "141"]


@pytest.mark.parametrize("name", ["check", "edit", "query"])
def test_what_is_done_ends_with_0(name: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(WORDS, name, run)) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_mistake_ends_with_2_and_one_sentence(name: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if name in ("analyze", "replay"):
        pytest.importorskip("torch", reason="analysing needs PyTorch")
    assert main(words(MISTAKES, name, run)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_a_wrong_option_ends_with_2(name: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*words(WORDS, name, run), "--no-such-option"])
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c_ends_with_130(
    name: str, run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it is not the ordinary end, which `test_launch` and the next test see to."""

    def interrupt() -> int:
        raise KeyboardInterrupt

    ending(monkeypatch, interrupt)
    assert main(words(WORDS, name, run)) == 130
    assert "Interrupted" in capsys.readouterr().err


@pytest.mark.parametrize("severity", ["hint", "warning", "error"])
def test_check_ends_with_1_where_it_finds_what_it_was_asked_for(
    severity: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(run), "--fail-on", severity]) == 1
    assert "not finite" in capsys.readouterr().out or severity != "error"


@pytest.mark.parametrize("name", ["open", "demo"])
def test_ctrl_c_is_the_ordinary_end_of_a_server(name: str, run: Path) -> None:
    line = [sys.executable, "-m", "cnnvis", *words(WORDS, name, run)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert "cnnvis is at" in server.stdout.readline()
        time.sleep(0.3)
        server.send_signal(signal.SIGINT)
        _, err = server.communicate(timeout=60)
    assert (server.returncode, err) == (0, "")


def test_a_reader_that_leaves_ends_a_long_table_with_141(run: Path) -> None:
    reading, writing = os.pipe()
    line = [sys.executable, "-m", "cnnvis", "query", str(run), "activations"]
    with subprocess.Popen(line, stdout=writing, stderr=subprocess.PIPE) as process:
        os.close(writing)
        os.close(reading)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (141, b"")
