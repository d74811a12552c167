"""What tests/conftest.py promises: shapes are executed, no test leaves this machine, slow tests keep to their time."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import jaxtyping
import numpy as np
import pytest

from cnnvis.store.pictures import to_image
from tools.tracked import ROOT


def test_shapes_in_signatures_are_executed() -> None:
    with pytest.raises(jaxtyping.TypeCheckError):
        to_image(np.zeros((2, 2), dtype=np.uint8))


def test_no_test_reaches_beyond_this_machine() -> None:
    with socket.socket() as outside, pytest.raises(RuntimeError, match="tests run without a network"):
        outside.connect(("192.0.2.1", 80))


def test_this_machine_itself_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()[:2], 5) as line,
    ):
        assert line.getpeername() == server.getsockname()


def test_slow_tests_after_their_time_are_skipped_and_counted(tmp_path: Path) -> None:
    printed = run_pytest(
        tmp_path,
        "import time, pytest\n"
        "@pytest.mark.slow\n"
        "def test_first(): time.sleep(3)\n"
        "@pytest.mark.slow\n"
        "def test_second(): pass\n"
        "def test_quick(): pass\n",
        "--slow-seconds=2.5",
    )
    assert "2 passed, 1 skipped" in printed


def test_tests_with_a_browser_come_last(tmp_path: Path) -> None:
    printed = run_pytest(
        tmp_path,
        "import pytest\n@pytest.mark.browser\ndef test_page(): pass\ndef test_one(): pass\ndef test_two(): pass\n",
        "--collect-only",
    )
    assert [line.rpartition("::")[2] for line in printed.splitlines() if "::" in line] == [
        "test_one",
        "test_two",
        "test_page",
    ]


def run_pytest(folder: Path, tests: str, *options: str) -> str:
    """Return what pytest prints about some tests beside a copy of our conftest."""
    shutil.copy(ROOT / "tests/conftest.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  slow: x\n  browser: x\n", encoding="utf-8")
    (folder / "test_some.py").write_text(tests, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", *options, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout
