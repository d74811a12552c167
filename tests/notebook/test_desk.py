"""Questions come as messages, answers go as messages: all the page can ask, and nothing else."""

import asyncio
import gzip
import json
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnvis.notebook import desk as desks
from cnnvis.notebook.desk import Desk
from cnnvis.schema.errors import CnnvisError
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker import Worker
from tests.making.folder import write_run

Sent = list[tuple[dict[str, Any], list[bytes]]]


class Kernel:
    """A desk, and what it has sent."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.sent: Sent = []
        self.edited = 0
        self.threads: set[int] = set()
        self.desk = Desk(Services(RunShelf([path]), Worker(None), read_only), self._send, self._edit)

    def _send(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.threads.add(threading.get_ident())
        self.sent.append((message, buffers))

    def _edit(self) -> None:
        self.edited += 1

    def ask(self, number: int, address: str, method: str = "GET", body: str = "") -> None:
        self.desk.take({"kind": "ask", "view": "v", "id": number, "method": method, "address": address, "body": body})

    def answer(self, number: int) -> tuple[dict[str, Any], bytes]:
        wait_for(lambda: self._find(number) is not None)
        message, [data] = self._find(number) or ({}, [b""])
        return message, data

    def _find(self, number: int) -> tuple[dict[str, Any], list[bytes]] | None:
        return next((one for one in self.sent if one[0]["kind"] == "answer" and one[0]["id"] == number), None)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(write_run(tmp_path / "run"))


def test_a_question_is_heard_and_answered(kernel: Kernel) -> None:
    kernel.ask(4, "api/runs")
    assert kernel.sent[0] == ({"kind": "heard", "view": "v", "id": 4}, [])
    message, data = kernel.answer(4)
    assert message == {"kind": "answer", "view": "v", "id": 4, "status": 200, "type": "application/json"}
    assert [run["id"] for run in json.loads(data)] == ["run"]


def test_numbers_and_images_come_as_they_are(kernel: Kernel) -> None:
    kernel.ask(1, "api/runs/run/image?sample=0")
    message, data = kernel.answer(1)
    assert message["type"] == "image/png"
    assert data.startswith(b"\x89PNG")


@pytest.mark.parametrize("address", ["api/none", "api/runs/../../etc/passwd", "../run.json", "index.html", ""])
def test_what_is_no_address_of_the_run_is_not_there(kernel: Kernel, address: str) -> None:
    kernel.ask(1, address)
    message, data = kernel.answer(1)
    assert message["status"] == 404
    assert "There is nothing at" in json.loads(data)["error"]


@pytest.mark.parametrize(
    "content", [None, "ask", {}, {"kind": "other"}, {"kind": "ask", "view": "v", "id": "x"}, {"kind": "drop"}, [1]]
)
def test_what_is_no_message_of_ours_is_logged_alone(
    kernel: Kernel, content: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "cnnvis"):
        kernel.desk.take(content)
    assert kernel.sent == []
    assert "A message that is none of cnnvis's" in caplog.text


def test_answers_go_out_on_the_kernels_own_loop(kernel: Kernel) -> None:
    async def live() -> None:
        kernel.ask(1, "api/runs")
        for _ in range(2000):
            if len(kernel.sent) < 2:
                await asyncio.sleep(0.01)

    asyncio.run(live())
    assert kernel.threads == {threading.get_ident()}


def test_who_waits_for_an_edit_holds_up_nobody(kernel: Kernel) -> None:
    kernel.ask(1, "api/runs/run/edits/events?after=0")
    kernel.ask(2, "api/runs")
    kernel.answer(2)
    assert all(message["id"] != 1 for message, _ in kernel.sent if message["kind"] == "answer")
    kernel.desk.close()


def test_what_is_dropped_is_not_answered(kernel: Kernel) -> None:
    kernel.ask(1, "api/runs/run/edits/events?after=0")
    kernel.desk.take({"kind": "drop", "view": "v", "id": 1})
    kernel.desk.take({"kind": "drop", "view": "v", "id": 99})
    kernel.ask(2, "api/runs")
    kernel.answer(2)
    time.sleep(0.5)
    assert [message["id"] for message, _ in kernel.sent if message["kind"] == "answer"] == [2]


def test_an_edit_is_made_kept_and_told(kernel: Kernel) -> None:
    kernel.ask(1, "api/runs/run/edits")
    revision = json.loads(kernel.answer(1)[1])["revision"]
    layer = kernel_layer(kernel)
    cluster = layer["clusters"][0]["id"]
    edit = {"type": "lock", "layer": layer["layer"], "cluster": cluster, "locked": True}
    before = kernel.edited
    kernel.ask(3, "api/runs/run/edits", "POST", json.dumps({"revision": revision, "edit": edit}))
    message, data = kernel.answer(3)
    assert message["status"] == 200, data
    wait_for(lambda: kernel.edited > before)


def kernel_layer(kernel: Kernel) -> dict[str, Any]:
    kernel.ask(20, "api/runs/run/scene")
    columns = [group["layer"] for group in json.loads(kernel.answer(20)[1])["groups"]]
    kernel.ask(21, f"api/runs/run/layer?id={columns[0]}")
    return json.loads(kernel.answer(21)[1])


def test_a_widget_that_only_shows_refuses_edits(tmp_path: Path) -> None:
    kernel = Kernel(write_run(tmp_path / "run"), read_only=True)
    kernel.ask(1, "api/runs/run/edits/undo", "POST", '{"revision": 0}')
    assert kernel.answer(1)[0]["status"] == 403
    assert kernel.edited == 0


def test_the_page_comes_packed_and_knows_where_it_is(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "page_in_one", lambda: '<body><div id="app"></div></body>')
    desks._packed_page.cache_clear()
    kernel.ask(-1, "page")
    desks._packed_page.cache_clear()
    message, data = kernel.answer(-1)
    assert message["type"] == "application/gzip"
    assert gzip.decompress(data) == b'<body><div id="app" data-host="notebook"></div></body>'


def test_a_page_that_is_not_built_is_said(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise CnnvisError("The page is not built.", "Build it.")

    monkeypatch.setattr(desks, "page_in_one", missing)
    desks._packed_page.cache_clear()
    kernel.ask(-1, "page")
    message, data = kernel.answer(-1)
    assert (message["status"], data) == (503, b"The page is not built. Build it.")


def test_hello_is_answered_at_once(kernel: Kernel) -> None:
    kernel.ask(-2, "hello")
    assert [message["kind"] for message, _ in kernel.sent] == ["heard", "answer"]
