"""The addresses of the user's edits: make one, undo and redo, look at them, take them along, and wait for the next."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from cnnvis.compose.edits import ConflictError, EditBook
from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import EditConflict, EditRequest, EditsFile, EditsRevision, Regroup, StepRequest
from cnnvis.schema.errors import CnnvisError, EditError
from cnnvis.serve.responses import answering_problems, json_response, problem
from cnnvis.serve.runs import RunShelf

LARGEST_EDIT = 1 << 20
LARGEST_IMPORT = 64 << 20
LONGEST_WAIT = 25.0
"""Seconds after which a page that waits is answered all the same: proxies end requests that take longer."""
LOOK_EVERY = 0.2
_ADDRESS = "/api/runs/{run}/edits"
Body = TypeVar("Body")
Answer = Callable[[Studio, bytes], Response]


def edit_routes(shelf: RunShelf) -> list[BaseRoute]:
    """Return the addresses: GET for the edits as they are, POST to change them."""

    def scene(studio: Studio, _: bytes) -> Response:
        return json_response(studio.edits.scene())

    def export(studio: Studio, _: bytes) -> Response:
        answer = json_response(studio.edits.export())
        answer.headers["Content-Disposition"] = 'attachment; filename="edits.json"'
        return answer

    return [
        Route(_ADDRESS, _offer(shelf, scene), methods=["GET"]),
        Route(_ADDRESS, _offer(shelf, _make), methods=["POST"]),
        Route(f"{_ADDRESS}/undo", _offer(shelf, _undo), methods=["POST"]),
        Route(f"{_ADDRESS}/redo", _offer(shelf, _redo), methods=["POST"]),
        Route(f"{_ADDRESS}/preview", _offer(shelf, _preview), methods=["POST"]),
        Route(f"{_ADDRESS}/export", _offer(shelf, export), methods=["GET"]),
        Route(f"{_ADDRESS}/import", _offer(shelf, _take_over, LARGEST_IMPORT), methods=["POST"]),
        Route(f"{_ADDRESS}/events", _waiting(shelf), methods=["GET"]),
    ]


def _make(studio: Studio, body: bytes) -> Response:
    asked = _decoded(body, EditRequest, "an edit")
    return json_response(studio.edits.make(asked.edit, on=asked.revision))


def _undo(studio: Studio, body: bytes) -> Response:
    return json_response(studio.edits.undo(on=_decoded(body, StepRequest, "a step").revision))


def _redo(studio: Studio, body: bytes) -> Response:
    return json_response(studio.edits.redo(on=_decoded(body, StepRequest, "a step").revision))


def _preview(studio: Studio, body: bytes) -> Response:
    return json_response(studio.preview(_decoded(body, Regroup, "a way to group a layer")))


def _take_over(studio: Studio, body: bytes) -> Response:
    return json_response(studio.edits.take_over(_decoded(body, EditsFile, "a file of edits")))


def _decoded(body: bytes, kind: type[Body], words: str) -> Body:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        message = f"This is not {words}: {error}."
        raise EditError(message, "See the documentation of the server's addresses.") from error


def _offer(shelf: RunShelf, answer: Answer, largest: int = LARGEST_EDIT) -> Callable[[Request], Awaitable[Response]]:
    """Read the request's body, then answer in a thread: 409 with the edits as they are when they have changed."""

    def answered(request: Request, body: bytes) -> Response:
        studio = shelf.studio(request.path_params["run"])
        try:
            return answer(studio, body)
        except ConflictError as error:
            return _conflict(error, studio.edits)
        except EditError as error:
            return problem(error, 400)

    async def handler(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > largest:
                return problem(CnnvisError("The request is too large.", f"Send at most {largest:,} bytes."), 413)
        return await run_in_threadpool(answering_problems(lambda asked: answered(asked, bytes(body))), request)

    return handler


def _conflict(error: ConflictError, edits: EditBook) -> Response:
    body = EditConflict(error=error.message, remedy=error.remedy, edits=edits.scene())
    answer = json_response(body)
    answer.status_code = 409
    return answer


def _waiting(shelf: RunShelf) -> Callable[[Request], Awaitable[Response]]:
    """Answer with the newest revision as soon as it is another one than the page has, or after a while."""

    def look(request: Request) -> Response:
        known = request.query_params.get("after", "0")
        if not (known.isascii() and known.isdecimal()) or len(known) > 18:
            return problem(EditError(f"The parameter 'after' is {known!r}, not a revision.", "Give ?after=12."), 400)
        revision = shelf.studio(request.path_params["run"]).edits.revision()
        answer = json_response(EditsRevision(revision=revision))
        # Marks "nothing new": the request is answered with it only when its time is up.
        answer.status_code = 304 if revision == int(known) else 200
        return answer

    async def handler(request: Request) -> Response:
        end = time.monotonic() + LONGEST_WAIT
        while True:
            answer = await run_in_threadpool(answering_problems(look), request)
            over = time.monotonic() >= end or await request.is_disconnected()
            if answer.status_code != 304 or over:
                answer.status_code = 200 if answer.status_code == 304 else answer.status_code
                return answer
            await asyncio.sleep(LOOK_EVERY)

    return handler
