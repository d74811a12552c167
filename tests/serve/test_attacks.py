"""What a hostile page, link or program may try, over real connections to a real server."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cnnvis.schema.scene import Problem
from cnnvis.serve import body
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from tests.making.folder import write_run
from tests.serve.serving import Raw, ask, parse, send, serving
from tests.serve.test_app import ATTACKS

LOCK = b'{"revision": 0, "edit": {"type": "lock", "layer": "relu", "cluster": "c1"}}'
EDITS = "/api/runs/one/edits"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    (tmp_path / "secret.txt").write_text("what nobody may see")
    return write_run(tmp_path / "one")


@pytest.fixture
def port(run: Path) -> Iterator[int]:
    with serving(create_app(RunShelf([run]), Guard.for_host("127.0.0.1"))) as port:
        yield port


def edited(run: Path) -> bool:
    return (run / "edits.sqlite").exists()


def problem_of(answer: Raw) -> Problem:
    return msgspec.json.decode(answer.body, type=Problem)


def test_no_path_leads_out_of_the_runs(port: int) -> None:
    for attack in [
        *ATTACKS,
        "/api/runs/one/../../../secret.txt",
        "http://evil.example/api/runs",
        "*",
        "/\\..\\secret.txt",
    ]:
        answer = ask(port, attack)
        assert answer.status < 500, attack
        assert b"nobody may see" not in answer.body
        assert b"root:" not in answer.body


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil@127.0.0.1",
        "[::1",
        "::1",
        "[evil]",
        "0.0.0.0",
        "169.254.169.254",
        "127.0.0.1:x",
        "127.0.0.1:999999",
        "127.0.0.1/",
        "2130706433",
        "",
        " ",
    ],
)
def test_dns_rebinding_gets_nothing(port: int, host: str) -> None:
    answer = ask(port, "/api/runs", Host=host)
    assert answer.status == 403
    assert "does not answer as" in problem_of(answer).error


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1234", "LOCALHOST", "[::1]:8750", "127.1.2.3", "localhost."])
def test_names_of_this_machine_are_answered(port: int, host: str) -> None:
    assert ask(port, "/api/runs", Host=host).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://[::1",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://127.0.0.1:{port}",
        "http://localhost:{port}",
        "http://127.0.0.1:{port}@evil.example",
        "http://127.0.0.1:{port}.evil.example",
        "file://",
        "chrome-extension://abc",
        "",
        "http://",
    ],
)
def test_other_origins_change_nothing(port: int, run: Path, origin: str) -> None:
    said = origin.format(port=port)
    allowed = said.startswith("https://127.0.0.1:")  # a proxy that encrypts, on this very port, cannot be told apart
    answer = ask(port, EDITS, method="POST", body=LOCK, Origin=said)
    assert answer.status == (200 if allowed else 403)
    assert edited(run) == allowed


def test_a_form_on_another_site_changes_nothing(port: int, run: Path) -> None:
    """Browsers send no JSON type from a form, and say where it stands."""
    for headers in (
        {"Origin": "https://evil.example", "Content_Type": "text/plain"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"},
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "cors"},
    ):
        assert ask(port, EDITS, method="POST", body=LOCK, **headers).status == 403
    assert not edited(run)


def test_an_image_on_another_site_shows_nothing_and_a_link_opens_the_page(port: int) -> None:
    image = ask(port, "/api/runs/one/image?sample=0", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors")
    assert image.status == 403
    followed = ask(port, "/api/runs", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")
    assert followed.status == 200
    assert ask(port, "/api/runs", Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="cors").status == 200


def test_a_body_that_says_it_is_too_large_is_not_waited_for(port: int) -> None:
    answer = ask(port, EDITS, method="POST", Content_Length=str(10**12))
    assert answer.status == 413
    assert "1,048,576" in problem_of(answer).remedy
    assert ask(port, EDITS, method="POST", Content_Length="9" * 40).status in (400, 413)


def test_a_body_that_grows_without_saying_so_is_cut_off(port: int) -> None:
    head = f"POST {EDITS} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head)
        try:
            for _ in range(200):
                connection.sendall(chunk)
        except OSError:
            return  # cut off
        assert parse(connection.recv(1 << 16)).status == 413


def test_a_slow_body_is_not_waited_for_and_holds_up_nobody(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "BODY_SECONDS", -0.6)  # with the second for the megabyte that is allowed: 0.4 s
    head = f"POST {EDITS} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 100\r\n\r\n".encode()
    begun = time.monotonic()
    answers: list[Raw] = []
    slow = [threading.Thread(target=lambda: answers.append(parse(send(port, head, b"{")))) for _ in range(20)]
    for each in slow:
        each.start()
    assert ask(port, "/api/runs").status == 200
    for each in slow:
        each.join(timeout=20)
    assert [answer.status for answer in answers] == [408] * 20
    assert time.monotonic() - begun < 15


def test_a_request_that_is_broken_off_changes_nothing(port: int, run: Path) -> None:
    head = f"POST {EDITS} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(LOCK) + 1}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head + LOCK)
    assert ask(port, "/api/runs").status == 200
    assert not edited(run)


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20000,
    ],
)
def test_what_is_no_request_does_no_harm(port: int, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            first = connection.recv(1 << 16)
        except OSError:
            first = b""
    assert first == b"" or first.startswith(b"HTTP/1.1 4")
    assert ask(port, "/api/runs").status == 200
