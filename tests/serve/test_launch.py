"""The server as a process: ports, what it prints and what it does not, and how it ends."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cnnvis.schema.errors import ServeError
from cnnvis.serve import launch
from cnnvis.serve.launch import ServeOptions
from cnnvis.serve.worker import Worker
from tests.making.folder import write_run

TOKEN = "my-own-long-secret"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_refused_with_the_remedy(taken_port: int) -> None:
    with pytest.raises(ServeError, match=rf"Port {taken_port} on 127\.0\.0\.1 cannot be used .* --port"):
        launch.bind("127.0.0.1", taken_port)


def test_a_free_port_is_found_beside_a_taken_one(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "FIRST_PORT", taken_port)
    with launch.bind("127.0.0.1", None) as listener:
        assert listener.getsockname()[1] != taken_port


@pytest.mark.parametrize(("host", "port"), [("192.0.2.7", None), ("no-such-host.invalid", 0), ("127.0.0.1", 99999)])
def test_an_address_that_is_not_ours(host: str, port: int | None) -> None:
    with pytest.raises(ServeError, match="cannot be used"):
        launch.bind(host, port)


def test_only_this_machine_is_bound_by_default() -> None:
    with launch.bind("127.0.0.1", None) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (ServeOptions(frames=("*",)), "is no origin"),
        (ServeOptions(base_path="/api"), "own addresses"),
        (ServeOptions(allowed=("a/b",)), "is no host"),
    ],
)
def test_an_option_that_makes_no_sense_is_said_before_anything_is_bound(
    options: ServeOptions, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "bind", lambda *_: pytest.fail("bound"))
    with pytest.raises(ServeError, match=sentence):
        launch.open_runs([], options)


def test_the_worker_ends_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    class Recorded(Worker):
        def __init__(self, command: tuple[str, ...]) -> None:
            calls.append(command)

        def close(self) -> None:
            calls.append("closed")

    def run(_server: object, sockets: object) -> None:
        calls.append("served")
        raise KeyboardInterrupt

    monkeypatch.setattr(launch, "Worker", Recorded)
    monkeypatch.setattr("uvicorn.Server.run", run)
    launch.open_runs([], ServeOptions(browser=False, worker=("python", "worker.py")))
    assert calls == [("python", "worker.py"), "served", "closed"]


def test_the_browser_is_started_with_a_ticket_and_not_with_the_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    done = threading.Event()

    def browse(address: str) -> None:
        opened.append(address)
        done.set()

    monkeypatch.setattr(launch.webbrowser, "open", browse)
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: done.wait(10))
    monkeypatch.setenv("CNNVIS_TOKEN", TOKEN)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    launch.open_runs([])
    assert "?cnnvis-token=" in opened[0]
    assert TOKEN not in opened[0]
    assert TOKEN not in capsys.readouterr().out
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 5 192.0.2.9 22")
    done.clear()
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: None)
    launch.open_runs([])
    assert len(opened) == 1


@contextmanager
def served(*words: str, **environment: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run `cnnvis open`; yields the address that it prints."""
    command = [sys.executable, "-m", "cnnvis", "open", "--no-browser", *words]
    clean = {name: value for name, value in os.environ.items() if name not in ("SSH_CONNECTION", "CNNVIS_TOKEN")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean | environment
    ) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[3], server
        finally:
            server.kill()


def status(address: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_the_token_is_in_no_log(tmp_path: Path) -> None:
    """Neither the one that is right nor one that was tried, whatever happens; and Ctrl-C is the ordinary end."""
    run = write_run(tmp_path / "one")
    with served(str(run), CNNVIS_TOKEN=TOKEN) as (address, server):
        base, _, token = address.partition("?cnnvis-token=")
        assert token == "$CNNVIS_TOKEN"
        assert status(f"{base}api/runs") == 401
        assert status(f"{base}api/runs?cnnvis-token=tried-something-else") == 401
        assert status(f"{base}api/runs?cnnvis-token={TOKEN}") == 200
        assert status(f"{base}api/runs", Authorization=f"Bearer {TOKEN}") == 200
        assert status(f"{base}?cnnvis-token={TOKEN}", Host="evil.example") == 403
        (run / "run.json").write_text("{")
        assert status(f"{base}api/runs/one/scene?cnnvis-token={TOKEN}") == 500
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=30)
        assert server.returncode == 0
    assert TOKEN not in out + err
    assert "tried-something-else" not in out + err


def test_ctrl_c_does_not_wait_for_pages_that_wait(tmp_path: Path) -> None:
    run = write_run(tmp_path / "one")
    with served(str(run)) as (address, server):
        assert status(f"{address}api/runs") == 200
        waiting = threading.Thread(target=lambda: status(f"{address}api/runs/one/edits/events"))
        waiting.start()
        time.sleep(0.5)
        begun = time.monotonic()
        server.send_signal(signal.SIGINT)
        _, err = server.communicate(timeout=30)
        assert time.monotonic() - begun < 10  # the page would wait for 25 seconds
        waiting.join(timeout=30)
    assert (server.returncode, err) == (0, "")


def test_below_a_path_and_for_a_hub_the_printed_address_is_right(tmp_path: Path) -> None:
    run = write_run(tmp_path / "one")
    with served(str(run), "--base-path", "/user/ada/proxy/{port}", "--allow-host", "hub.example.org") as (address, _):
        port = address.split(":")[2].partition("/")[0]
        assert address == f"http://127.0.0.1:{port}/user/ada/proxy/{port}/"
        for prefix in (address, f"http://127.0.0.1:{port}/"):
            assert status(f"{prefix}api/runs/one/scene", Host="hub.example.org") == 200
        assert status(f"{address}api/runs", Host="other.example.org") == 403
