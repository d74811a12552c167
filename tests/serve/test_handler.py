"""From declarations to answers: every kind of reply, every kind of mistake."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from starlette.applications import Starlette
from starlette.testclient import TestClient

from cnnvis.schema.errors import AbsentError, CnnvisError, LockedError, MissingPackageError
from cnnvis.serve.address import Address, Call, Encoded, File, Get, Media, Nothing, Post, Refused, Reply
from cnnvis.serve.handler import LONGEST_QUERY, Handler
from cnnvis.serve.problems import status_of
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker import Worker
from tests.making.folder import write_run


class Ask(Struct, frozen=True, forbid_unknown_fields=True):
    """A number."""

    number: int = 0


class Said(Struct, frozen=True):
    """What was understood."""

    run: str
    number: int
    thread: str = ""


def client(*addresses: Address, read_only: bool = False, runs: tuple[Path, ...] = ()) -> TestClient:
    services = Services(RunShelf(runs), Worker(None), read_only)
    return TestClient(Starlette(routes=Handler(services).routes(addresses)), raise_server_exceptions=False)


def at(work: Any, path: str = "x", **more: Any) -> Address:
    return Get(path=path, work=work, **{"asks": Nothing, "answer": Said, "summary": "Something.", **more})


def test_parameters_body_and_run_reach_the_work_in_a_thread_of_its_own() -> None:
    def work(call: Call[Ask, Ask]) -> Reply:
        return Said(call.run, call.asked.number * 10 + call.body.number, threading.current_thread().name)

    asked = client(
        Post(path="runs/{run}/{number}", work=work, asks=Ask, body=Ask, answer=Said, summary="Something.", status=202)
    )
    answer = asked.post("/runs/a b/4", json={"number": 2})
    assert answer.status_code == 202
    assert answer.json() == {"run": "a b", "number": 42, "thread": "cnnvis answers"}


def test_a_coroutine_waits_without_a_thread() -> None:
    async def work(call: Call[Nothing, None]) -> Reply:
        assert not await call.gone()
        assert call.until > time.monotonic()
        return Said("", 1, threading.current_thread().name)

    assert client(at(work)).get("/x").json()["thread"] != "cnnvis answers"


def test_every_kind_of_reply() -> None:
    def parts() -> Iterator[bytes]:
        yield b"1\n"
        yield b"2\n"

    replies: dict[str, Reply] = {
        "list": [Said("a", 1)],
        "encoded": Encoded(b'{"run":"a","number":1}'),
        "file": File(data=b"abc", media_type="image/png", lasting=True),
        "stream": File(data=parts(), media_type="text/csv", name="table.csv"),
        "packed": File(data=b"abc", media_type="application/octet-stream", packed=True),
        "refused": Refused(409, Said("b", 2)),
    }
    asked = client(
        *(at(lambda _, reply=reply: reply, path=name, answer=Media(("x/y",))) for name, reply in replies.items())
    )
    assert asked.get("/list").json() == [{"run": "a", "number": 1, "thread": ""}]
    assert asked.get("/encoded").json() == {"run": "a", "number": 1}
    file = asked.get("/file")
    assert (file.content, file.headers["content-type"]) == (b"abc", "image/png")
    assert file.headers["cache-control"] == "private, max-age=31536000, immutable"
    stream = asked.get("/stream")
    assert stream.text == "1\n2\n"
    assert stream.headers["content-disposition"] == 'attachment; filename="table.csv"'
    assert asked.get("/packed").headers["content-encoding"] == "identity"
    assert (asked.get("/refused").status_code, asked.get("/refused").json()["run"]) == (409, "b")
    assert asked.head("/list").content == b""
    head = asked.head("/stream")
    assert (head.content, head.headers["content-type"]) == (b"", "text/csv; charset=utf-8")
    assert "content-length" not in head.headers


@pytest.mark.parametrize(
    ("raised", "status", "sentence"),
    [
        (KeyError("conv9"), 404, "The run has no channel 'conv9'."),
        (AbsentError("No such thing.", "x"), 404, "No such thing."),
        (LockedError("Held.", "x"), 503, "Held."),
        (MissingPackageError("No pyarrow.", "x"), 501, "No pyarrow."),
        (CnnvisError("Damaged.", "x"), 500, "Damaged."),
    ],
)
def test_what_goes_wrong_is_answered(raised: Exception, status: int, sentence: str) -> None:
    def work(_: Call[Nothing, None]) -> Reply:
        raise raised

    answer = client(at(work, missing="channel")).get("/x")
    assert answer.status_code == status
    assert answer.json()["error"] == sentence
    assert answer.json()["remedy"]
    assert ("retry-after" in answer.headers) == (status == 503)
    if isinstance(raised, CnnvisError):
        assert status_of(type(raised)) == status


def test_every_reply_has_its_status_and_no_error_is_taken_for_another() -> None:
    def work(_: Call[Nothing, None]) -> Reply:
        raise ZeroDivisionError

    assert client(at(work)).get("/x").status_code == 500


def test_what_changes_is_refused_where_runs_are_only_shown() -> None:
    done: list[int] = []

    def work(_: Call[Nothing, None]) -> Reply:
        done.append(1)
        return Said("", 1)

    address = Post(path="x", work=work, asks=Nothing, body=None, answer=Said, summary="Something.", changes=True)
    assert client(address, read_only=True).post("/x").status_code == 403
    assert done == []
    assert client(address).post("/x").status_code == 200


def test_too_long_an_address_is_refused_before_it_is_read() -> None:
    answer = client(at(lambda _: Said("", 1))).get("/x", params={"y": "z" * LONGEST_QUERY})
    assert answer.status_code == 414


def test_what_takes_too_long_is_answered_in_time() -> None:
    go = threading.Event()

    def work(_: Call[Nothing, None]) -> Reply:
        go.wait(20)
        return Said("", 1)

    answer = client(at(work, seconds=0.1)).get("/x")
    go.set()
    assert answer.status_code == 503
    assert "takes longer" in answer.json()["error"]


def test_slow_answers_leave_the_quick_ones_alone() -> None:
    go = threading.Event()

    def slow(_: Call[Nothing, None]) -> Reply:
        go.wait(30)
        return Said("", 1)

    asked = client(at(slow, slow=True), at(lambda _: Said("", 2), path="y"))
    threads = [threading.Thread(target=lambda: asked.get("/x")) for _ in range(40)]
    for thread in threads:
        thread.start()
    assert asked.get("/y").json()["number"] == 2
    go.set()
    for thread in threads:
        thread.join(timeout=30)


def test_both_methods_share_a_path() -> None:
    addresses = (
        at(lambda _: Said("got", 1)),
        Post(path="x", work=lambda _: Said("posted", 2), asks=Nothing, body=None, answer=Said, summary="Something."),
    )
    asked = client(*addresses)
    assert [asked.get("/x").json()["run"], asked.post("/x").json()["run"]] == ["got", "posted"]
    assert asked.put("/x").status_code == 405


def test_a_run_comes_from_the_shelf(tmp_path: Path) -> None:
    asked = client(
        at(lambda call: Said(call.studio.run.file.name, 1), path="runs/{run}/x"), runs=(write_run(tmp_path / "a"),)
    )
    assert json.loads(asked.get("/runs/a/x").content)["run"] == "a run"
    assert asked.get("/runs/b/x").json()["error"] == "No run 'b' is served here."
