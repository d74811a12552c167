"""A real JupyterLab on a free port, with settings and runtime files of its own."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

TOKEN = "of-the-tests"
SECONDS = 60.0


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """Write a notebook of code cells that were never run."""
    listed = [
        {
            "cell_type": "code",
            "id": f"cell{index}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": text,
        }
        for index, text in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": listed, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")


@contextmanager
def jupyter_lab(folder: Path, *, dark: bool = False) -> Iterator[str]:
    """Serve the notebooks of a folder; yields the address before a notebook's name."""
    home = folder / ".home"
    _settings(home / "settings", dark=dark)
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder}",
    ]
    command = [sys.executable, "-m", "jupyterlab", *options]
    with (folder / "jupyter.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/api/status?token={TOKEN}", process, folder / "jupyter.log")
            yield f"{address}/lab/tree/"
        finally:
            # It ends its kernels, which are its children.
            process.terminate()
            process.wait(timeout=30)


def _settings(folder: Path, *, dark: bool) -> None:
    said = {
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "apputils-extension/themes": {"theme": f"JupyterLab {'Dark' if dark else 'Light'}"},
    }
    for name, values in said.items():
        file = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS
    while not _answers(address):
        if time.monotonic() > end or process.poll() is not None:
            raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False
