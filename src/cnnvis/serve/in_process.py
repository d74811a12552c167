"""Asking the server's addresses without a server: for who is in the same process, such as a notebook's kernel."""

import asyncio
import logging
from dataclasses import dataclass, field
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Scope

LOG = logging.getLogger("cnnvis")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request.

    Args:
        address: Begins with ``api/``, with its query; what does not is answered with 404, as all that is not declared.
        method: As of HTTP.
        body: What is sent.
        gone: Set when nobody waits for the answer any more.

    """

    address: str
    method: str = "GET"
    body: bytes = b""
    gone: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Answered:
    """An answer, as it would have gone over the wire."""

    status: int
    media_type: str
    data: bytes


async def ask(app: ASGIApp, asked: Asked) -> Answered:
    """Return the answer of an application; a mistake in it is logged and answered with status 500."""
    answer = _Answer()
    try:
        await app(_scope(asked), _Sender(asked), answer)
    except Exception:
        # The application has answered it; a server would print where it happened.
        LOG.exception("A mistake in cnnvis, at %s", asked.address[:200])
    return Answered(answer.status, answer.media_type, bytes(answer.data))


def _scope(asked: Asked) -> Scope:
    # Halves of signs, which text from elsewhere may hold, are in no address.
    path, _, query = asked.address.encode(errors="backslashreplace").decode().partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": f"/{unquote(path)}",
        "raw_path": f"/{path}".encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"content-length", str(len(asked.body)).encode())],
        "client": None,
        "server": ("localhost", None),
    }


class _Sender:
    """What an application hears of who asks: the body, and later that nobody is there any more."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._sent = False

    async def __call__(self) -> Message:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": self._asked.body, "more_body": False}
        await self._asked.gone.wait()
        return {"type": "http.disconnect"}


class _Answer:
    """What an application says."""

    def __init__(self) -> None:
        self.status = 500
        self.media_type = ""
        self.data = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.media_type = Headers(raw=message["headers"]).get("content-type", "")
        elif message["type"] == "http.response.body":
            self.data += message.get("body", b"")
