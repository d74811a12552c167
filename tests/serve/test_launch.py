"""Ports, addresses and what is printed at the start."""

import socket
from collections.abc import Iterator

import pytest

from cnnvis.schema.errors import ServeError
from cnnvis.serve import launch


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


def test_the_address_carries_the_token() -> None:
    assert launch.page_address("127.0.0.1", 80, None) == "http://127.0.0.1:80/"
    assert launch.page_address("::1", 80, None) == "http://127.0.0.1:80/"
    assert launch.page_address("192.0.2.7", 80, "abc") == "http://192.0.2.7:80/?token=abc"
    assert launch.page_address("2001:db8::1", 80, "abc") == "http://[2001:db8::1]:80/?token=abc"


def test_over_ssh_the_forwarding_line_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch.getpass, "getuser", lambda: "ada")
    plain = launch.announcement("http://127.0.0.1:8750/", 8750, {})
    assert plain == "cnnvis is at http://127.0.0.1:8750/  (Ctrl-C ends it)\n"
    remote = launch.announcement("http://127.0.0.1:8750/", 8750, {"SSH_CONNECTION": "192.0.2.1 5 192.0.2.9 22"})
    assert "ssh -N -L 8750:127.0.0.1:8750 ada@192.0.2.9" in remote


def test_the_worker_ends_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[object, list[str]]] = []

    class Recorded:
        def __init__(self, command: list[str]) -> None:
            self.calls: list[str] = []
            made.append((command, self.calls))

        def close(self) -> None:
            self.calls.append("close")

    def run(_server: object, sockets: object) -> None:
        made[0][1].append("served")
        raise KeyboardInterrupt

    monkeypatch.setattr(launch, "Worker", Recorded)
    monkeypatch.setattr(launch, "create_app", lambda _shelf, _guard, worker: worker)
    monkeypatch.setattr("uvicorn.Server.run", run)
    launch.open_runs([], browser=False, worker=["python", "worker.py"])
    assert made == [(["python", "worker.py"], ["served", "close"])]
