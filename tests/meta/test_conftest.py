"""What tests/conftest.py promises: shapes are executed, no test leaves this machine, slow tests keep to their time."""

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
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  slow: x\n", encoding="utf-8")
    (tmp_path / "test_some.py").write_text(
        "import time, pytest\n"
        "@pytest.mark.slow\n"
        "def test_first(): time.sleep(3)\n"
        "@pytest.mark.slow\n"
        "def test_second(): pass\n"
        "def test_quick(): pass\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "--slow-seconds=2.5", str(tmp_path)]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 passed, 1 skipped" in answer.stdout
