"""Turning values and errors into HTTP answers."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from cnnvis.schema.errors import AbsentError, CnnvisError
from cnnvis.schema.scene import Problem

Answer = TypeVar("Answer", bound=Response)
_JSON = "application/json"


class NotFoundError(CnnvisError):
    """The address names a run, layer, neuron or image that is not there."""


def json_response(value: object) -> Response:
    """Answer with a schema value, or a sequence of them, as JSON."""
    return Response(msgspec.json.encode(value), media_type=_JSON)


def problem(error: CnnvisError, status: int) -> Response:
    """Answer with what is wrong and what to do."""
    body = msgspec.json.encode(Problem(error=error.message, remedy=error.remedy))
    return Response(body, status_code=status, media_type=_JSON)


def answering_problems(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Wrap a handler so that our own errors become a `Problem` with a fitting status."""

    def answered(request: Request) -> Response:
        try:
            return handler(request)
        except (NotFoundError, AbsentError) as error:
            return problem(error, 404)
        except CnnvisError as error:
            return problem(error, 500)

    return answered
