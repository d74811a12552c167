"""The headers of every answer, and who may show the page in a frame."""

import pytest

from cnnvis.schema.errors import ServeError
from cnnvis.serve.headers import header_values


def frames(*sources: str) -> str:
    return header_values(sources)["Content-Security-Policy"].rpartition("frame-ancestors ")[2]


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = header_values()["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert [part.split()[0] for part in policy.split("; ") if "data:" in part] == ["img-src"]
    assert "*" not in policy
    assert {part.split()[0] for part in policy.split("; ")} >= {"default-src", "script-src", "frame-ancestors"}


@pytest.mark.parametrize(
    "source",
    [
        "https://hub.example.org",
        "http://localhost:8888",
        "https://*.example.org",
        "http://[::1]:8888",
        "vscode-webview:",
        "http://localhost:*",
    ],
)
def test_pages_that_may_show_it_in_a_frame(source: str) -> None:
    assert frames() == "'self'"
    assert frames(source) == f"'self' {source}"


@pytest.mark.parametrize(
    "source",
    [
        "*",
        "hub.example.org",
        "https://a; script-src *",
        "https://a b",
        "https://a/path",
        "'unsafe-inline'",
        "",
        "HTTPS://A\n",
    ],
)
def test_what_is_no_origin_is_refused(source: str) -> None:
    with pytest.raises(ServeError, match=r"is no origin\. Give the other page's origin"):
        frames(source)
