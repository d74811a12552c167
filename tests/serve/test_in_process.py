"""Asking without a server: the same answers, the same refusals, and nothing but the declared addresses."""

import asyncio
import json
import logging
import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from cnnvis.serve.app import addresses_alone
from cnnvis.serve.in_process import Answered, Asked, ask
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker import Worker
from tests.making.folder import write_run


@pytest.fixture
def app(tmp_path: Path) -> ASGIApp:
    (tmp_path / "secret.txt").write_text("what nobody may see")
    return addresses_alone(Services(RunShelf([write_run(tmp_path / "two words")]), Worker(None)))


def answer_of(app: ASGIApp, address: str, method: str = "GET", body: bytes = b"") -> Answered:
    return asyncio.run(ask(app, Asked(address=address, method=method, body=body)))


def test_an_answer_as_a_server_gives_it(app: ASGIApp) -> None:
    answer = answer_of(app, "api/runs/two%20words/scene")
    assert (answer.status, answer.media_type) == (200, "application/json")
    assert json.loads(answer.data)["run"]["id"] == "two words"
    image = answer_of(app, "api/runs/two%20words/image?sample=0")
    assert (image.status, image.media_type, image.data[:4]) == (200, "image/png", b"\x89PNG")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "page",
        "api",
        "api/none",
        "api/runs/none/scene",
        "api/runs/..%2Fsecret.txt/scene",
        "api/runs/two%20words/../../../secret.txt",
        "api/runs/%2e%2e/%2e%2e/secret.txt",
        "../secret.txt",
        "/etc/passwd",
        "http://127.0.0.1/api/runs",
        "index.html",
        "assets/",
    ],
)
def test_there_is_nothing_but_the_declared_addresses(app: ASGIApp, address: str) -> None:
    answer = answer_of(app, address)
    assert answer.status == 404
    assert json.loads(answer.data)["error"]
    assert b"nobody may see" not in answer.data


def test_half_a_sign_is_in_no_address(app: ASGIApp) -> None:
    assert answer_of(app, "api/runs\ud800").status == 404


def test_what_does_not_fit_its_address_is_refused(app: ASGIApp) -> None:
    assert answer_of(app, "api/runs/two%20words/layer").status == 422
    assert answer_of(app, "api/runs/two%20words/layer?id=a&secret=1").status == 422
    assert answer_of(app, "api/runs", method="PUT").status == 405
    assert answer_of(app, "api/runs", method="\n").status == 405
    assert answer_of(app, "api/runs/two%20words/edits", "POST", b"no").status == 400
    assert answer_of(app, "api/runs/two%20words/edits", "POST", b" " * (1 << 21)).status == 413


def test_a_mistake_of_ours_is_logged_and_answered(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Request) -> Response:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR, "cnnvis"):
        answer = answer_of(Starlette(routes=[Route("/api/x", fail)]), "api/x")
    assert answer.status == 500
    assert "api/x" in caplog.text


def test_an_answer_that_comes_in_parts_is_put_together() -> None:
    def parts(_: Request) -> Response:
        return StreamingResponse(iter([b"a", b"b"]), media_type="text/csv")

    answer = answer_of(Starlette(routes=[Route("/api/x", parts)]), "api/x")
    assert answer.data == b"ab"


def test_who_waits_is_let_go_when_nobody_asks_any_more(app: ASGIApp) -> None:
    async def leave() -> float:
        asked = Asked(address="api/runs/two%20words/edits/events?after=0")
        waiting = asyncio.create_task(ask(app, asked))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        left = time.monotonic()
        asked.gone.set()
        await waiting
        return time.monotonic() - left

    assert asyncio.run(leave()) < 5
