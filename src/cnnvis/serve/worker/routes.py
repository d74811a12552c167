"""The worker's addresses: what it does for a run, and orders to it."""

import shlex
from collections.abc import Awaitable, Callable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.worker import AblateJob, CheckJob, Job, WorkerState
from cnnvis.serve.responses import NotFoundError, answering_problems, json_response, problem
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.worker.process import BusyError, NotEnabledError, Worker
from cnnvis.store.reader import Run

_JOBS: dict[str, type[Job]] = {"check": CheckJob, "ablate": AblateJob}
_LARGEST_BODY = 8 << 20


def worker_routes(shelf: RunShelf, worker: Worker) -> list[BaseRoute]:
    """Return the addresses: GET for the state, POST with a job's name to begin it, POST cancel to end it."""
    orders = _Orders(shelf, worker)
    return [
        Route("/api/runs/{run}/worker", answering_problems(orders.state)),
        Route("/api/runs/{run}/worker/cancel", answering_problems(orders.cancel), methods=["POST"]),
        Route("/api/runs/{run}/worker/{command}", _with_body(orders.begin), methods=["POST"]),
    ]


class _Orders:
    """Answers the requests."""

    def __init__(self, shelf: RunShelf, worker: Worker) -> None:
        self._shelf = shelf
        self._worker = worker

    def state(self, request: Request) -> Response:
        identity = request.path_params["run"]
        run = self._shelf.studio(identity).run
        return json_response(self._named(self._worker.state(identity), run))

    def cancel(self, request: Request) -> Response:
        identity = request.path_params["run"]
        run = self._shelf.studio(identity).run
        return json_response(self._named(self._worker.cancel(identity), run))

    def begin(self, request: Request, body: bytes) -> Response:
        identity, command = request.path_params["run"], request.path_params["command"]
        run = self._shelf.studio(identity).run
        kind = _JOBS.get(command)
        if kind is None:
            message = f"The worker knows no command {command!r}."
            raise NotFoundError(message, f"Its commands are {', '.join(_JOBS)} and cancel.")
        try:
            job = msgspec.json.decode(body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            wrong = CnnvisError(
                f"This is no {command} job: {error}.", "See the documentation of the server's addresses."
            )
            return problem(wrong, 400)
        try:
            state = self._worker.ask(identity, run.path, run.snapshot.step, job)
        except NotEnabledError as error:
            return problem(NotEnabledError(error.message, f"Start it with: {how_to_enable(run)}"), 409)
        except BusyError as error:
            return problem(error, 409)
        answer = json_response(state)
        answer.status_code = 202
        return answer

    def _named(self, state: WorkerState, run: Run) -> WorkerState:
        return state if state.enabled else msgspec.structs.replace(state, how=how_to_enable(run))


def how_to_enable(run: Run) -> str:
    """Return the command that opens a run together with its network, as far as the run tells it."""
    facts = run.file.model
    model = facts.source if ":" in facts.source else "MODULE:FUNCTION"
    words = ["cnnvis", "open", str(run.path), "--model", model]
    if facts.checkpoint:
        words += ["--checkpoint", facts.checkpoint]
    return f"{shlex.join(words)} --data DATA (and the other options that the analysis had)"


def _with_body(answer: Callable[[Request, bytes], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Read the request's body, then answer in a thread; our own errors become a `Problem`."""

    async def handler(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST_BODY:
                return problem(CnnvisError("The request is too large.", "Ask for fewer clusters at a time."), 413)
        answered = answering_problems(lambda asked: answer(asked, bytes(body)))
        return await run_in_threadpool(answered, request)

    return handler
