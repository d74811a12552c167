"""Who is let in: names, origins, and the token."""

import secrets
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from cnnvis.schema.errors import ServeError
from cnnvis.serve import guard as module
from cnnvis.serve.guard import Guard, is_loopback, read_place

TOKEN = "right-horse-battery"


def client(guard: Guard, base_url: str) -> TestClient:
    def secret(_: Request) -> PlainTextResponse:
        return PlainTextResponse("secret")

    def query(request: Request) -> JSONResponse:
        return JSONResponse(request.query_params.multi_items())

    app = Starlette(routes=[Route("/api/query", query, methods=["GET", "POST"]), Route("/{rest:path}", secret)])
    return TestClient(guard.middleware(app), base_url=base_url)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_needs_no_token(host: str) -> None:
    assert is_loopback(host)
    assert Guard.for_host(host).token is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])
def test_every_other_address_gets_a_random_token(host: str) -> None:
    assert not is_loopback(host)
    tokens = {Guard.for_host(host).token for _ in range(5)}
    assert len(tokens) == 5
    assert all(token is not None and len(token) >= 32 for token in tokens)


def test_a_token_of_ones_own_holds_everywhere_and_is_long_enough() -> None:
    assert Guard.for_host("127.0.0.1", TOKEN).token == TOKEN
    assert Guard.for_host("0.0.0.0", TOKEN).token == TOKEN
    assert Guard.for_host("127.0.0.1", "").token is None
    with pytest.raises(ServeError, match=r"CNNVIS_TOKEN has 5 characters, which are soon guessed\. Give at least 16"):
        Guard.for_host("127.0.0.1", "short")
    assert TOKEN not in repr(Guard.for_host("127.0.0.1", TOKEN))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("example.org", ("example.org", None)),
        ("Example.ORG.:80", ("example.org", 80)),
        ("127.0.0.1:8750", ("127.0.0.1", 8750)),
        ("[::1]:8750", ("::1", 8750)),
        ("[::1", None),
        ("[g::1]", None),
        ("::1", None),
        ("a:b", None),
        ("a:123456", None),
        ("a b", None),
        ("a/b", None),
        ("u@a", None),
        ("a\n", None),
        ("", None),
    ],
)
def test_hosts_and_ports_are_read(text: str, place: object) -> None:
    assert read_place(text) == place


@given(st.text(max_size=12) | st.text("[]:.@/%1a", max_size=12))
def test_nothing_that_stands_for_a_host_makes_reading_fail(text: str) -> None:
    place = read_place(text)
    assert place is None or (place[0] == place[0].lower() and not set(place[0]) & set("[]@/% \n"))


@given(st.text("[]:/.htps127al", max_size=20))
def test_no_origin_makes_the_guard_fail(text: str) -> None:
    own = Guard.for_host("127.0.0.1")
    same = own._same(text, ("127.0.0.1", 8750))
    assert not same or text in ("http://127.0.0.1:8750", "https://127.0.0.1:8750")


def test_off_loopback_numbers_and_own_names_are_answered_and_others_are_not() -> None:
    name = socket.gethostname().lower()
    asked = client(Guard.for_host("0.0.0.0", TOKEN), "http://192.0.2.7")
    asked.headers["authorization"] = f"Bearer {TOKEN}"
    for host in ("192.0.2.7", "[2001:db8::1]:8750", "localhost", f"{name}:8750"):
        assert asked.get("/x", headers={"host": host}).text == "secret"
    refused = asked.get("/x", headers={"host": "evil.example"})
    assert refused.status_code == 403
    assert refused.json() == {
        "error": "This server does not answer as 'evil.example'.",
        "remedy": "Open the printed address, or start the server with --allow-host and this name.",
    }


@pytest.mark.parametrize("bound", ["127.0.0.1", "0.0.0.0"])
def test_names_that_are_allowed_are_answered_with_their_origins(bound: str) -> None:
    guard = Guard.for_host(bound, TOKEN, allowed=("hub.example.org", "Other.example.org:8443"))
    asked = client(guard, "http://127.0.0.1:8750")
    asked.headers["authorization"] = f"Bearer {TOKEN}"

    def status(host: str, origin: str) -> int:
        return asked.get("/x", headers={"host": host, "origin": origin}).status_code

    # A proxy that keeps the name it was asked by ...
    assert status("hub.example.org", "https://hub.example.org") == 200
    assert status("hub.example.org", "http://hub.example.org:80") == 200
    assert status("other.example.org:8443", "https://other.example.org:8443") == 200
    # ... and one that names this server instead.
    assert status("127.0.0.1:8750", "https://hub.example.org") == 200
    assert status("127.0.0.1:8750", "https://other.example.org:8443") == 200
    assert status("127.0.0.1:8750", "https://other.example.org") == 403
    assert status("127.0.0.1:8750", "https://hub.example.org:1") == 403
    assert status("hub.example.org", "https://evil.example") == 403
    assert status("hub.example.org.evil.example", "https://hub.example.org") == 403


def test_any_name_can_be_allowed_but_no_other_origin() -> None:
    asked = client(Guard.for_host("127.0.0.1", allowed=("*",)), "http://whatever.example")
    assert asked.get("/x").text == "secret"
    assert asked.get("/x", headers={"origin": "http://whatever.example"}).text == "secret"
    assert asked.get("/x", headers={"origin": "http://evil.example"}).status_code == 403
    assert asked.get("/x", headers={"host": "a b"}).status_code == 403


def test_what_is_no_name_cannot_be_allowed() -> None:
    with pytest.raises(ServeError, match=r"'https://hub' is no host\. Give a name like hub\.example\.org"):
        Guard.for_host("127.0.0.1", allowed=("hub", "https://hub"))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?cnnvis-token=",
        "?cnnvis-token=wrong",
        f"?cnnvis-token={TOKEN}%00",
        f"?cnnvis-token={TOKEN}x",
        "?cnnvis-token=%C3%A4",
    ],
)
def test_without_the_token_nothing_is_said(query: str) -> None:
    answer = client(Guard("192.0.2.7", TOKEN), "http://192.0.2.7").get(f"/x{query}", follow_redirects=False)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("header", ["Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer", f"Bearer {TOKEN} x", "Bearer é"])
def test_a_wrong_bearer_is_refused(header: str) -> None:
    asked = client(Guard("192.0.2.7", TOKEN), "http://192.0.2.7")
    assert asked.get("/x", headers={"authorization": header.encode()}).status_code == 401


def test_the_token_is_taken_from_a_bearer_and_from_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = client(Guard("192.0.2.7", TOKEN), "http://192.0.2.7")
    assert asked.get("/x", headers={"authorization": f"bearer {TOKEN}"}).text == "secret"
    # For programs: no redirect, and the address does not see it.
    for method in ("GET", "POST"):
        answer = asked.request(method, f"/api/query?a=1&cnnvis-token={TOKEN}&a=2%26", follow_redirects=False)
        assert answer.json() == [["a", "1"], ["a", "2&"]]


def test_every_comparison_takes_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place where a token may stand is compared, in a time that does not tell where the difference is."""
    compared: list[tuple[bytes, bytes]] = []
    compare = secrets.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(module.secrets, "compare_digest", watched)
    asked = client(Guard("192.0.2.7", TOKEN), "http://192.0.2.7")
    assert asked.get("/x?cnnvis-token=wrong", headers={"authorization": "Bearer other"}).status_code == 401
    assert compared == [(given, TOKEN.encode()) for given in (b"wrong", b"other", b"")]
    compared.clear()
    assert asked.get("/x", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert len(compared) == 3


def test_the_token_moves_from_the_address_into_a_cookie() -> None:
    browser = client(Guard("192.0.2.7", TOKEN), "http://192.0.2.7:8750")
    first = browser.get(f"/x?cnnvis-token={TOKEN}&run=1", follow_redirects=False)
    assert first.status_code == 303
    assert first.headers["location"] == "./x?run=1"
    assert first.headers["cache-control"] == "no-store"
    cookie = first.headers["set-cookie"]
    assert cookie == f"cnnvis_token_8750={TOKEN}; HttpOnly; SameSite=lax"
    assert browser.get("/x?run=1").text == "secret"
    assert browser.get(f"/?cnnvis-token={TOKEN}", follow_redirects=False).headers["location"] == "./"


def test_over_an_encrypted_connection_the_cookie_stays_on_such() -> None:
    browser = client(Guard("192.0.2.7", TOKEN), "https://192.0.2.7")
    assert "Secure" in browser.get(f"/?cnnvis-token={TOKEN}", follow_redirects=False).headers["set-cookie"]


def test_where_no_token_is_needed_one_in_the_address_is_taken_away() -> None:
    browser = client(Guard.for_host("127.0.0.1"), "http://127.0.0.1")
    answer = browser.get("/?cnnvis-token=old", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    assert "set-cookie" not in answer.headers


def test_a_ticket_stands_for_the_token_once() -> None:
    guard = Guard.for_host("0.0.0.0")
    ticket = guard.ticket()
    assert ticket is not None
    assert ticket != guard.token
    browser = client(guard, "http://192.0.2.7")
    first = browser.get(f"/?cnnvis-token={ticket}", follow_redirects=False)
    assert first.status_code == 303
    assert f"={guard.token};" in first.headers["set-cookie"]
    assert client(guard, "http://192.0.2.7").get(f"/?cnnvis-token={ticket}").status_code == 401
    assert browser.get("/").text == "secret"
    assert Guard.for_host("127.0.0.1").ticket() is None


def test_a_person_gets_a_page_and_a_program_json() -> None:
    asked = client(Guard("192.0.2.7", TOKEN), "http://192.0.2.7")
    page = asked.get("/", headers={"accept": "text/html,*/*"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>The token is missing or wrong.</h1>" in page.text
    evil = asked.get("/", headers={"accept": "text/html", "host": "<script>"})
    assert "<script>" not in evil.text
    assert asked.get("/").json()["error"] == "The token is missing or wrong."
