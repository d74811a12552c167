"""Living below a path of another server, such as /user/ada/proxy/8750/, whether or not the proxy takes it away."""

import re
from dataclasses import dataclass

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from cnnvis.schema.errors import ServeError
from cnnvis.serve.guard import read_place

_ADDRESS = re.compile(r"(https?)://([^/?#]+)(/[^?#]*)?", re.ASCII | re.IGNORECASE)
_PATH = re.compile(r"(/[A-Za-z0-9._~@:+,=%-]+)*", re.ASCII)


@dataclass(frozen=True)
class BasePath:
    """Where a proxy shows the page."""

    path: str = ""
    """With a slash before it and none behind; empty for the root."""
    origin: str = ""
    """Scheme, host and port of the proxy; empty when only the path is known."""

    @property
    def host(self) -> str:
        """Host and port of the proxy, or nothing."""
        return self.origin.partition("://")[2]


def read_base_path(text: str, port: int) -> BasePath:
    """Read a path, or the page's whole address at a proxy; ``{port}`` in it is the port.

    Raises:
        ServeError: It is neither, or like one of the server's own addresses.

    """
    text = text.replace("{port}", str(port))
    address = _ADDRESS.fullmatch(text)
    if "://" in text and (address is None or read_place(address[2]) is None):
        raise ServeError(
            f"{text!r} names no host.", "Give an address like https://hub.example.org/user/ada/proxy/8750/."
        )
    path = f"/{(text if address is None else address[3] or '').strip('/')}".rstrip("/")
    if _PATH.fullmatch(path) is None or {".", ".."} & set(path.split("/")):
        raise ServeError(f"{text!r} is no path to live below.", "Give one like /user/ada/proxy/8750.")
    if path.split("/")[1:2] in (["api"], ["assets"]):
        raise ServeError(f"{text!r} begins like the server's own addresses.", "Choose a path that does not.")
    return BasePath(path, "" if address is None else f"{address[1].lower()}://{address[2]}")


class Prefixed:
    """An application below a path; requests without the path are answered too, since many proxies take it away.

    Args:
        app: The application.
        path: See `BasePath`.

    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        answer = self._app
        if scope["type"] == "http" and self._path:
            path: str = scope["path"]
            if path == self._path:
                # The page's addresses are relative: without the last slash they would lead beside it.
                query = scope["query_string"].decode("latin-1")
                place = f"./{path.rpartition('/')[2]}/"
                answer = RedirectResponse(f"{place}?{query}" if query else place, status_code=308)
            elif path.startswith(f"{self._path}/"):
                scope = {**scope, "path": path[len(self._path) :]}
        await answer(scope, receive, send)
