"""Who may ask: the host and origin checks, and the token."""

import re
import secrets
import socket
import threading
from dataclasses import dataclass, field
from ipaddress import ip_address

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cnnvis.schema.errors import CnnvisError, ServeError
from cnnvis.serve.problems import AccessError, TokenError, problem

SHORTEST_TOKEN = 16
TOKEN_PARAMETER = "cnnvis-token"  # noqa: S105 - its name
"""Not just "token": proxies such as JupyterHub's take that for theirs."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PLACE = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?", re.ASCII)
_ORIGIN = re.compile(r"(https?)://(.+)", re.ASCII | re.IGNORECASE)

Place = tuple[str, int | None]
"""A host in lower case, without brackets, and its port if one is named."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to ``host``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_place(text: str) -> Place | None:
    """Read ``host:port``, IPv6 in brackets; None for anything else."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    host = found[1].lower()
    if host.startswith("["):
        host = host[1:-1]
        if not _is_number(host):
            return None
    return host.rstrip("."), None if found[2] is None else int(found[2])


class _Tickets:
    """Random words, each good for one use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._good: set[str] = set()

    def new(self) -> str:
        ticket = secrets.token_urlsafe(24)
        with self._lock:
            self._good.add(ticket)
        return ticket

    def taken(self, given: str) -> bool:
        with self._lock:
            found = [each for each in self._good if secrets.compare_digest(each.encode(), given.encode())]
            self._good.difference_update(found)
            return bool(found)


@dataclass(frozen=True)
class Guard:
    """Lets a request in when its host, origin and token are right.

    A page from elsewhere can make a browser send requests here, under a name of its own (DNS rebinding) or from its own
    origin. So a request must name this server by a number, by one of its own names, or by one that was allowed, and
    must not come from another origin. On the loopback address only loopback names count, unless others are allowed; on
    any other address everybody needs the token that is in the printed address.

    Args:
        host: The address that the server is bound to.
        token: What everybody must know; None: nothing.
        allowed: Further names, with or without a port, under which a proxy passes requests on; ``*``: any.

    """

    host: str
    token: str | None = field(repr=False)
    allowed: tuple[str, ...] = ()
    _tickets: _Tickets = field(default_factory=_Tickets, repr=False, compare=False)

    @classmethod
    def for_host(cls, host: str, token: str | None = None, *, allowed: tuple[str, ...] = ()) -> "Guard":
        """Return the guard for a bind address; off the loopback address a random token is made when none is given.

        Raises:
            ServeError: The token is too short to be one, or an allowed name is none.

        """
        if token and len(token) < SHORTEST_TOKEN:
            message = f"CNNVIS_TOKEN has {len(token)} characters, which are soon guessed."
            raise ServeError(message, f"Give at least {SHORTEST_TOKEN}, or none to have a token made.")
        wrong = [name for name in allowed if name != "*" and read_place(name) is None]
        if wrong:
            raise ServeError(f"{wrong[0]!r} is no host.", "Give a name like hub.example.org, or hub.example.org:8443.")
        return cls(host, token or (None if is_loopback(host) else secrets.token_urlsafe(24)), allowed)

    def ticket(self) -> str | None:
        """Return what stands for the token once; None when no token is needed."""
        return None if self.token is None else self._tickets.new()

    def middleware(self, app: ASGIApp) -> "_GuardedApp":
        """Return the application behind this guard."""
        return _GuardedApp(app, self)

    def refusal(self, connection: HTTPConnection) -> CnnvisError | None:
        """Say why a request is refused; None when it is welcome."""
        named = connection.headers.get("host", "")
        host = read_place(named)
        if host is None or not self._answers_as(host):
            remedy = "Open the printed address, or start the server with --allow-host and this name."
            return AccessError(f"This server does not answer as {named!r}.", remedy)
        origin = connection.headers.get("origin")
        if (origin is not None and not self._same(origin, host)) or _from_another_site(connection):
            where = "another site" if origin is None else origin
            return AccessError(f"Requests from {where} are refused.", "Open the printed address itself.")
        if self.token is not None and not self._knows(connection, self.token):
            return TokenError("The token is missing or wrong.", "Open the whole address that was printed at the start.")
        return None

    def _answers_as(self, host: Place) -> bool:
        name = host[0]
        if is_loopback(name) or "*" in self.allowed or name in {_name_of(each) for each in self.allowed}:
            return True
        # A page from elsewhere has a name; a number cannot be made to lead somewhere else.
        return not is_loopback(self.host) and (_is_number(name) or name in {self.host.lower(), *own_names()})

    def _same(self, origin: str, host: Place) -> bool:
        """Whether a page of this origin is ours: the same host and port, or one that was allowed."""
        found = _ORIGIN.fullmatch(origin)
        place = None if found is None else read_place(found[2])
        if found is None or place is None:
            return False
        usual = _DEFAULT_PORTS[found[1].lower()]
        from_where = (place[0], place[1] or usual)
        # Behind a proxy that encrypts, this server cannot tell which port is the usual one: the page's scheme does.
        ours = [host, *(read_place(each) for each in self.allowed if each != "*")]
        return from_where in [(each[0], each[1] or usual) for each in ours if each is not None]

    def _knows(self, connection: HTTPConnection, token: str) -> bool:
        """Whether the token comes with the request: in its address, as a bearer, or in the cookie."""
        scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
        in_address = connection.query_params.get(TOKEN_PARAMETER, "")
        given = [
            in_address,
            bearer.strip() if scheme.lower() == "bearer" else "",
            connection.cookies.get(cookie_name(connection.scope), ""),
        ]
        # All of them are compared, each in constant time: how long it takes tells nothing.
        right = [secrets.compare_digest(each.encode(), token.encode()) for each in given]
        return any(right) or self._tickets.taken(in_address)


def _from_another_site(connection: HTTPConnection) -> bool:
    """Whether a browser says that another site's page asks, other than by a link that a person followed."""
    site = connection.headers.get("sec-fetch-site", "none")
    followed = connection.headers.get("sec-fetch-mode") == "navigate" and connection.scope["method"] in ("GET", "HEAD")
    return site in ("cross-site", "same-site") and not followed


def own_names() -> set[str]:
    """Return the names of this machine, without asking the network."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return {name, short, f"{short}.local"}


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _name_of(allowed: str) -> str:
    place = read_place(allowed)
    return "" if place is None else place[0]


def cookie_name(scope: Scope) -> str:
    """Return the cookie's name: browsers keep cookies by host, and two servers may run on one."""
    return f"cnnvis_token_{(scope.get('server') or ('', 0))[1]}"


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
            answer = problem(refusal, page=_wants_page(request))
        elif TOKEN_PARAMETER in request.query_params:
            scope = {**scope, "query_string": _without_token(request.query_params).encode()}
            if request.method in ("GET", "HEAD") and not scope["path"].startswith("/api/"):
                answer = self._into_cookie(request, scope)
        await answer(scope, receive, send)

    def _into_cookie(self, request: Request, scope: Scope) -> Response:
        """Move the token from the address into a cookie, so that it does not end up in bookmarks and screenshots."""
        query = scope["query_string"].decode()
        # Relative to the address that the browser sees, which may have a prefix that a proxy has taken away.
        place = f"./{scope['path'].rpartition('/')[2]}"
        response = RedirectResponse(f"{place}?{query}" if query else place, status_code=303)
        response.headers["Cache-Control"] = "no-store"
        if self._guard.token is not None:
            # Without a path it holds for the folder that the browser sees, and so not for the proxy's other servers.
            response.set_cookie(
                cookie_name(scope),
                self._guard.token,
                path=None,
                httponly=True,
                samesite="lax",
                secure=request.url.scheme == "https",
            )
        return response


def _without_token(query: QueryParams) -> str:
    return str(QueryParams([(name, value) for name, value in query.multi_items() if name != TOKEN_PARAMETER]))


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
