"""The body of a request: read up to a size and a time, then held against what the address takes."""

import asyncio
from typing import TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import ClientDisconnect, Request

from cnnvis.schema.typed import decode_json
from cnnvis.serve.problems import DESCRIBED, BodyError, SchemaError, SlowRequestError, TooLargeError

Body = TypeVar("Body", bound=Struct)
BODY_SECONDS = 20.0
"""Seconds that a body may take, and one more for every megabyte that the address allows."""


async def read_body(request: Request, *, largest: int, seconds: float | None = None) -> bytes:
    """Return the body of a request.

    Args:
        request: The request.
        largest: Bytes that it may have.
        seconds: Seconds that it may take; None: by the size that is allowed.

    Raises:
        TooLargeError: It is larger.
        SlowRequestError: It takes longer, or breaks off.

    """
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > largest):
        raise _too_large(largest)
    allowed = BODY_SECONDS + largest / (1 << 20) if seconds is None else seconds
    try:
        return await asyncio.wait_for(_read(request, largest), allowed)
    except asyncio.TimeoutError:
        message = f"The request's body did not come within {allowed:g} seconds."
        raise SlowRequestError(message, "Send it again over a faster connection.") from None
    except ClientDisconnect:
        raise SlowRequestError("The request broke off.", "Send it again.") from None


async def _read(request: Request, largest: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise _too_large(largest)
    return bytes(body)


def _too_large(largest: int) -> TooLargeError:
    return TooLargeError("The request is too large.", f"Send at most {largest:,} bytes.")


class _Other(Struct, tag="", tag_field="type"):
    """Beside a tagged struct it makes msgspec ask for the tag, as the description does."""


def _asked(kind: type[Body]) -> object:
    """Return the type by which one kind of body is read."""
    return kind if kind.__struct_config__.tag is None else kind | _Other


def decode_body(body: bytes, kind: type[Body]) -> Body:
    """Return what a body says.

    Raises:
        BodyError: It is not JSON.
        SchemaError: It is something else than the address takes.

    """
    try:
        found: object = decode_json(body, _asked(kind))
    except msgspec.ValidationError as error:
        raise SchemaError(f"This is no {kind.__name__}: {error}.", DESCRIBED) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BodyError(f"The body is not JSON: {str(error).rstrip('.')}.", DESCRIBED) from error
    if not isinstance(found, kind):
        raise SchemaError(f"This is no {kind.__name__}: its type is {_Other.__struct_config__.tag!r}.", DESCRIBED)
    return found
