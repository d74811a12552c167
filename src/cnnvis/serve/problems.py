"""What can go wrong with a request, each with its status, and how it is answered."""

import inspect
from html import escape

import msgspec
from starlette.responses import HTMLResponse, Response

from cnnvis.compose.edits import ConflictError, TooLateError
from cnnvis.compose.tables import LayersError
from cnnvis.schema.errors import AbsentError, CnnvisError, EditError, LockedError, MissingPackageError
from cnnvis.schema.scene import Problem
from cnnvis.serve.worker.process import BusyError, NotEnabledError

JSON = "application/json"
DESCRIBED = "api/openapi.json describes every address."
"""The remedy for a request that does not fit its address."""
RETRY_AFTER = "2"
"""Seconds after which it is worth asking again what was answered with 503."""


_PAGE = "<!doctype html><meta charset=utf-8><title>cnnvis</title><h1>{}</h1><p>{}</p>"


class BodyError(CnnvisError):
    """The body is not JSON."""


class TokenError(CnnvisError):
    """The token is missing or wrong."""


class AccessError(CnnvisError):
    """The request comes from another site's page, or names another host."""


class ReadOnlyError(CnnvisError):
    """The server only shows its runs."""


class NotFoundError(CnnvisError):
    """The address names a run, layer, neuron or image that is not there."""


class MethodError(CnnvisError):
    """The address is there, but not for this method."""


class SlowRequestError(CnnvisError):
    """The body did not come in time."""


class TooLargeError(CnnvisError):
    """The body is larger than the address takes."""


class LongAddressError(CnnvisError):
    """The address is too long."""


class ParameterError(CnnvisError):
    """A parameter is missing, unknown, or not what the address takes."""


class SchemaError(CnnvisError):
    """The body is JSON, but not what the address takes."""


class CrowdedError(CnnvisError):
    """Too many requests are being answered, or answering takes too long; try again later."""


_STATUS: dict[type[CnnvisError], int] = {
    BodyError: 400,
    TokenError: 401,
    AccessError: 403,
    ReadOnlyError: 403,
    NotFoundError: 404,
    AbsentError: 404,
    MethodError: 405,
    SlowRequestError: 408,
    ConflictError: 409,
    BusyError: 409,
    NotEnabledError: 409,
    TooLargeError: 413,
    LongAddressError: 414,
    EditError: 422,
    LayersError: 422,
    ParameterError: 422,
    SchemaError: 422,
    CnnvisError: 500,
    MissingPackageError: 501,
    CrowdedError: 503,
    LockedError: 503,
    TooLateError: 503,
}


def status_of(kind: type[CnnvisError]) -> int:
    """Return the status that a kind of error is answered with: its own, or that of the kind it belongs to."""
    return next(_STATUS[each] for each in kind.__mro__ if each in _STATUS)


def meaning_of(kind: type[CnnvisError]) -> str:
    """Return what a kind of error means, as its first sentence."""
    return inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0].replace("\n", " ")


def problem(error: CnnvisError, *, page: bool = False) -> Response:
    """Answer with what is wrong and what to do, with the status of that kind of error.

    Args:
        error: What is wrong.
        page: Whether a person is to read it, rather than a program.

    """
    status = status_of(type(error))
    if page:
        answer: Response = HTMLResponse(_PAGE.format(escape(error.message), escape(error.remedy)), status)
    else:
        body = msgspec.json.encode(Problem(error=error.message, remedy=error.remedy))
        answer = Response(body, status, media_type=JSON)
    if answer.status_code == 503:
        answer.headers["Retry-After"] = RETRY_AFTER
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if answer.status_code in (408, 413):
        # The rest of the body may still be on its way: nothing sensible can follow on this connection.
        answer.headers["Connection"] = "close"
    return answer
