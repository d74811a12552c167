"""Who is let in: attacks on the host, the origin and the token."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from cnnvis.serve.guard import Guard, is_loopback


def client(guard: Guard, base_url: str) -> TestClient:
    def secret(_: Request) -> PlainTextResponse:
        return PlainTextResponse("secret")

    app = Starlette(routes=[Route("/{rest:path}", secret)])
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


def test_the_own_address_is_answered() -> None:
    answer = client(Guard.for_host("127.0.0.1"), "http://127.0.0.1:8750").get("/x")
    assert answer.text == "secret"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_dns_rebinding_is_refused() -> None:
    answer = client(Guard.for_host("127.0.0.1"), "http://evil.example:8750").get("/x")
    assert answer.status_code == 403
    assert "evil.example" in answer.json()["error"]
    assert "secret" not in answer.text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1.evil.example:8750"])
def test_a_foreign_origin_is_refused(origin: str) -> None:
    answer = client(Guard.for_host("127.0.0.1"), "http://127.0.0.1:8750").get("/x", headers={"Origin": origin})
    assert answer.status_code == 403


def test_the_same_origin_is_answered() -> None:
    own = "http://127.0.0.1:8750"
    assert client(Guard.for_host("127.0.0.1"), own).get("/x", headers={"Origin": own}).text == "secret"


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=right%00", "?token=rightx", "?token=%C3%A4"])
def test_without_the_token_nothing_is_said(query: str) -> None:
    answer = client(Guard("192.0.2.7", "right"), "http://192.0.2.7").get(f"/x{query}", follow_redirects=False)
    assert answer.status_code == 403
    assert "right" not in answer.text.replace("copyright", "")


def test_the_token_moves_from_the_address_into_a_cookie() -> None:
    browser = client(Guard("192.0.2.7", "right"), "http://192.0.2.7")
    first = browser.get("/x?token=right&run=1", follow_redirects=False)
    assert first.status_code == 307
    assert first.headers["location"] == "/x?run=1"
    assert "HttpOnly" in first.headers["set-cookie"]
    assert browser.get("/x?run=1").text == "secret"
