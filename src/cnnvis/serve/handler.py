"""From declared addresses to routes: what comes is checked, the work is done, and every mistake gets its answer."""

import inspect
import time
from collections.abc import Awaitable, Iterable
from typing import cast

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from cnnvis.schema.errors import CnnvisError
from cnnvis.serve.address import Address, Call, File, Refused, Reply, as_file
from cnnvis.serve.body import decode_body, read_body
from cnnvis.serve.parameters import read_parameters
from cnnvis.serve.problems import LongAddressError, NotFoundError, ReadOnlyError, problem
from cnnvis.serve.services import Services

LONGEST_QUERY = 1 << 15
"""Bytes after the question mark: 500 columns with ordinary names fit."""
FOREVER = "private, max-age=31536000, immutable"
_GONE = "Reload the page: the run may have been analysed anew."


class Handler:
    """Answers requests to declared addresses.

    Args:
        services: What the addresses work with.

    """

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self, addresses: Iterable[Address]) -> list[Route]:
        """Return a route for each path below ``api``, with all methods that are declared for it."""
        paths: dict[str, dict[str, Address]] = {}
        for address in addresses:
            paths.setdefault(f"/{address.path}", {})[address.method] = address
        return [self._route(path, methods) for path, methods in paths.items()]

    def _route(self, path: str, methods: dict[str, Address]) -> Route:
        async def endpoint(request: Request) -> Response:
            # Starlette asks for GET when it is asked for HEAD.
            address = methods["GET" if request.method == "HEAD" else request.method]
            try:
                answer = await self._answer(address, request)
            except CnnvisError as error:
                return problem(error)
            if request.method == "HEAD" and isinstance(answer, StreamingResponse):
                # The head alone: a long table is not made to be thrown away. How long it would be is not known.
                head = Response(media_type=answer.media_type, headers=answer.headers)
                del head.headers["content-length"]
                return head
            return answer

        return Route(path, endpoint, methods=list(methods))

    async def _answer(self, address: Address, request: Request) -> Response:
        until = time.monotonic() + address.seconds
        if len(request.scope["query_string"]) > LONGEST_QUERY:
            raise LongAddressError("The address is too long.", f"Keep it under {LONGEST_QUERY:,} characters.")
        path = dict(request.path_params)
        run = cast("str", path.pop("run", ""))
        asked = read_parameters(address.asks, request.query_params.multi_items(), path)
        if address.changes and self._services.read_only:
            message = "This server only shows its runs: nothing can be changed here."
            raise ReadOnlyError(message, "Open the run yourself with `cnnvis open`, without --read-only.")
        sent = b"" if address.method == "GET" else await read_body(request, largest=address.largest)

        def call() -> Call[Struct, Struct | None]:
            return Call(
                services=self._services,
                run=run,
                asked=asked,
                body=None if address.body is None else decode_body(sent, address.body),
                until=until,
                gone=request.is_disconnected,
            )

        if inspect.iscoroutinefunction(address.work):
            return _rendered(await cast("Awaitable[Reply]", address.work(call())), address)
        crew = self._services.slow if address.slow else self._services.quick
        # Reading a large body as JSON takes time too.
        return await crew.do(lambda: _worked(address, call()), seconds=address.seconds)


def _worked(address: Address, call: Call[Struct, Struct | None]) -> Response:
    try:
        return _rendered(cast("Reply", address.work(call)), address)
    except KeyError as error:
        raise NotFoundError(f"The run has no {address.missing} {error.args[0]!r}.", _GONE) from error


def _rendered(reply: Reply, address: Address) -> Response:
    """Return the response that says this."""
    return _sent(as_file(reply), reply.status if isinstance(reply, Refused) else address.status)


def _sent(file: File, status: int) -> Response:
    answer = (
        Response(file.data, status, media_type=file.media_type)
        if isinstance(file.data, bytes)
        else StreamingResponse(file.data, status, media_type=file.media_type)
    )
    if file.lasting:
        answer.headers["Cache-Control"] = FOREVER
    if file.name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    if file.packed:
        answer.headers["Content-Encoding"] = "identity"
    return answer
