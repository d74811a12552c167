"""Answers what the page in a cell asks: its messages to the kernel are the requests that it would make of a server."""

import asyncio
import contextvars
import gzip
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.typed import convert
from cnnvis.serve.app import addresses_alone
from cnnvis.serve.built_page import PLACE, page_in_one
from cnnvis.serve.in_process import Answered, Asked, ask
from cnnvis.serve.services import Services

LOG = logging.getLogger("cnnvis")
PAGE_ADDRESS = "page"
HELLO = "hello"
"""An address for asking whether anybody is there."""
View = Annotated[str, Meta(max_length=100)]
Number = Annotated[int, Meta(ge=-(10**15), le=10**15)]


class Question(Struct, frozen=True, kw_only=True, tag_field="kind", tag="ask"):
    """A request of the page."""

    view: View
    """Name of the cell's output that it is shown in; one widget may have several."""
    id: Number
    method: Annotated[str, Meta(max_length=10)]
    address: str
    body: str = ""


class Drop(Struct, frozen=True, kw_only=True, tag_field="kind", tag="drop"):
    """A request whose answer is not wanted any more."""

    view: View
    id: Number


Message = dict[str, str | int]
Send = Callable[[Message, list[bytes]], None]


class Desk:
    """Answers a widget's questions.

    Args:
        services: What can be asked about.
        send: Sends a message and its buffers to all outputs of the widget. Called where the question came from: on the
            kernel's own loop if there is one.
        onedit: Called after an answer that may tell of an edit.

    """

    def __init__(self, services: Services, send: Send, onedit: Callable[[], None]) -> None:
        self._app = addresses_alone(services)
        self._send = send
        self._onedit = onedit
        self._open: dict[tuple[str, int], Asked] = {}

    def take(self, content: object) -> None:
        """Take a message of the page; what is none is logged and left unanswered."""
        try:
            message = convert(content, Question | Drop)
        except msgspec.ValidationError as error:
            LOG.warning("A message that is none of cnnvis's came to a widget: %s", error)
            return
        if isinstance(message, Drop):
            self._drop(message.view, message.id)
            return
        self._send({"kind": "heard", "view": message.view, "id": message.id}, [])
        if message.address == HELLO:
            self._say(message, Answered(200, "text/plain", b""))
        elif message.address == PAGE_ADDRESS:
            self._say(message, _page())
        else:
            self._begin(message)

    def close(self) -> None:
        """Tell all questions that nobody waits for their answers."""
        for view, number in list(self._open):
            self._drop(view, number)

    def _begin(self, question: Question) -> None:
        # It may hold halves of signs, which no address has.
        body = question.body.encode(errors="replace")
        asked = Asked(address=question.address, method=question.method, body=body)
        key = (question.view, question.id)
        self._open[key] = asked
        work = asyncio.run_coroutine_threadsafe(ask(self._app, asked), loop())
        finish = partial(self._finish, question)
        try:
            home = asyncio.get_running_loop()
        except RuntimeError:
            work.add_done_callback(lambda done: finish(done.result()))
            return
        context = contextvars.copy_context()

        def bring_home(answer: Answered) -> None:
            with suppress(RuntimeError):  # the kernel is ending
                home.call_soon_threadsafe(finish, answer, context=context)

        work.add_done_callback(lambda done: bring_home(done.result()))

    def _finish(self, question: Question, answer: Answered) -> None:
        if self._open.pop((question.view, question.id), None) is None:
            return
        self._say(question, answer)
        if "/edits" in question.address and answer.status == 200:
            self._onedit()

    def _drop(self, view: str, number: int) -> None:
        asked = self._open.pop((view, number), None)
        if asked is not None:
            loop().call_soon_threadsafe(asked.gone.set)

    def _say(self, question: Question, answer: Answered) -> None:
        head: Message = {"kind": "answer", "view": question.view, "id": question.id}
        self._send({**head, "status": answer.status, "type": answer.media_type}, [answer.data])


@cache
def loop() -> asyncio.AbstractEventLoop:
    """Return a loop on a thread of its own: who waits there for the next edit does not hold up the kernel."""
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, daemon=True, name="cnnvis notebook").start()
    return made


def _page() -> Answered:
    try:
        return Answered(200, "application/gzip", _packed_page())
    except CnnvisError as error:
        return Answered(503, "text/plain", str(error).encode())


@cache
def _packed_page() -> bytes:
    """Return the page in one, which knows that it is in a notebook; it may travel far."""
    html = page_in_one().replace(PLACE, PLACE.replace(">", ' data-host="notebook">', 1), 1)
    return gzip.compress(html.encode(), 6, mtime=0)
