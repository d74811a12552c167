"""Living below a path: with and without a proxy that takes it away."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from cnnvis.schema.errors import ServeError
from cnnvis.serve.base_path import BasePath, Prefixed, read_base_path


@pytest.mark.parametrize(
    ("text", "path", "origin"),
    [
        ("", "", ""),
        ("/", "", ""),
        ("/proxy/8750", "/proxy/8750", ""),
        ("proxy/8750/", "/proxy/8750", ""),
        ("/user/a@b.org/proxy/{port}/", "/user/a@b.org/proxy/8751", ""),
        ("https://hub.example.org/user/ada/proxy/{port}/", "/user/ada/proxy/8751", "https://hub.example.org"),
        ("HTTP://[::1]:80", "", "http://[::1]:80"),
    ],
)
def test_paths_and_addresses_are_read(text: str, path: str, origin: str) -> None:
    assert read_base_path(text, 8751) == BasePath(path, origin)


@pytest.mark.parametrize(
    "text",
    [
        "/a b",
        "/../x",
        "/a/./b",
        "/api",
        "/api/x",
        "/assets",
        "//a",
        "https://a b/",
        "https://",
        "/a?b",
        "/a#b",
        "/a\r\nX: y",
        "ftp://a/b",
    ],
)
def test_what_is_no_place_to_live_is_refused(text: str) -> None:
    if text == "//a":
        assert read_base_path(text, 1).path == "/a"
        return
    with pytest.raises(ServeError, match="Give|Choose"):
        read_base_path(text, 1)


def test_addresses_are_the_same_with_and_without_the_path() -> None:
    def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{request.url.path}?{request.url.query}")

    asked = TestClient(Prefixed(Starlette(routes=[Route("/{rest:path}", echo)]), "/proxy/8750"))
    assert asked.get("/api/runs?a=1").text == "/api/runs?a=1"
    assert asked.get("/proxy/8750/api/runs?a=1").text == "/api/runs?a=1"
    assert asked.get("/proxy/8750/").text == "/?"
    assert asked.get("/proxy/87500/x").text == "/proxy/87500/x?"
    for query in ("", "?token=x&run=1"):
        beside = asked.get(f"/proxy/8750{query}", follow_redirects=False)
        assert (beside.status_code, beside.headers["location"]) == (308, f"./8750/{query}")
