"""What every answer tells the browser: what the page may load, who may show it, and what must not leak."""

import re
from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cnnvis.schema.errors import ServeError

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {frames}"
)
_SOURCE = re.compile(
    r"[a-z][a-z0-9+.-]*:(//(\*\.)?[A-Za-z0-9._-]+(:([0-9]{1,5}|\*))?|//\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?)?"
)


def header_values(frames: Sequence[str] = ()) -> dict[str, str]:
    """Return the headers of every answer.

    Args:
        frames: Origins of pages that may show this one in a frame, besides its own.

    Raises:
        ServeError: One of them is no origin.

    """
    for source in frames:
        if _SOURCE.fullmatch(source) is None:
            remedy = "Give the other page's origin, like https://hub.example.org or http://localhost:8888."
            raise ServeError(f"{source!r} is no origin.", remedy)
    return {
        "Content-Security-Policy": _POLICY.format(frames=" ".join(["'self'", *frames])),
        "X-Content-Type-Options": "nosniff",
        # The first address has the token in it: it must not be told to anybody.
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


class Headed:
    """An application whose every answer has these headers.

    Args:
        app: The application.
        values: The headers.

    """

    def __init__(self, app: ASGIApp, values: dict[str, str]) -> None:
        self._app = app
        self._values = values

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._values.items():
                    headers[name] = value
                if "cache-control" not in headers:
                    # What is here is one person's, and changes with the run.
                    headers["Cache-Control"] = "private, no-cache"
            await send(message)

        await self._app(scope, receive, sending)
