"""Who may ask: the host and origin checks, the token, and the headers that keep the page to itself."""

import secrets
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cnnvis.schema.errors import ServeError
from cnnvis.serve.responses import problem

_COOKIE = "cnnvis_token"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "connect-src 'self'; font-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to ``host``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Guard:
    """Lets a request in when its host, origin and token are right.

    On the loopback address only requests that name it are answered (no DNS rebinding); on any other address
    everybody needs the token that is in the printed address.
    """

    host: str
    token: str | None = field(repr=False)

    @classmethod
    def for_host(cls, host: str, token: str | None = None) -> "Guard":
        """Return the guard for a bind address; off the loopback address a random token is made when none is given."""
        return cls(host, token or (None if is_loopback(host) else secrets.token_urlsafe(24)))

    def middleware(self, app: ASGIApp) -> "_GuardedApp":
        """Return the application behind this guard."""
        return _GuardedApp(app, self)

    def refusal(self, connection: HTTPConnection) -> ServeError | None:
        """Say why a request is refused; None when it is welcome."""
        name = _host_name(connection.headers.get("host", ""))
        if is_loopback(self.host) and not is_loopback(name):
            return ServeError(f"This server answers on {self.host} only, not as {name!r}.", "Open the printed address.")
        origin = connection.headers.get("origin")
        if origin is not None and _host_name(urlsplit(origin).netloc) != name:
            return ServeError(f"Requests from {origin} are refused.", "Open the printed address itself.")
        given = connection.query_params.get("token") or connection.cookies.get(_COOKIE, "")
        if self.token is not None and not secrets.compare_digest(given.encode(), self.token.encode()):
            return ServeError("The token is missing or wrong.", "Open the whole address that was printed at the start.")
        return None


def _host_name(netloc: str) -> str:
    """Return the host of ``host:port``, with or without the brackets of IPv6."""
    return urlsplit(f"//{netloc}").hostname or ""


class _GuardedApp:
    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refusal = self._guard.refusal(request)
        answer: ASGIApp | Response = self._app
        if refusal is not None:
            answer = problem(refusal, 403)
        elif self._guard.token is not None and "token" in request.query_params:
            answer = _without_token(request, self._guard.token)
        await answer(scope, receive, _adding_headers(send))


def _without_token(request: Request, token: str) -> Response:
    """Move the token from the address into a cookie, so that it does not end up in bookmarks and screenshots."""
    response = RedirectResponse(str(request.url.replace(scheme="", netloc="").remove_query_params("token")) or "/")
    response.set_cookie(_COOKIE, token, httponly=True, samesite="strict")
    return response


def _adding_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
        await send(message)

    return sending
