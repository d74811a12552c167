"""Bodies: never larger or slower than allowed, and JSON of the declared kind. Over the wire, see `test_attacks`."""

import asyncio

import pytest
from msgspec import Struct
from starlette.requests import Request
from starlette.types import Message

from cnnvis.serve.body import decode_body, read_body
from cnnvis.serve.problems import BodyError, SchemaError, SlowRequestError, TooLargeError


class Ask(Struct, frozen=True):
    """Something."""

    count: int
    inner: "Ask | None" = None


def read(parts: list[bytes], *, declared: str | None = None, pause: float = 0.0, seconds: float = 5.0) -> bytes:
    """Read a body of at most 10 bytes that comes in these parts; no part at the end: the client has left."""
    left = list(parts)

    async def receive() -> Message:
        await asyncio.sleep(pause)
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or parts[-1] != b"."}

    headers = [] if declared is None else [(b"content-length", declared.encode())]
    request = Request({"type": "http", "method": "POST", "headers": headers, "path": "/"}, receive)
    return asyncio.run(read_body(request, largest=10, seconds=seconds))


def test_parts_are_put_together() -> None:
    assert read([b"12345", b"6789", b"."]) == b"123456789."


@pytest.mark.parametrize(
    ("parts", "declared"), [([b"123456", b"78901", b"."], None), ([b"."], "11"), ([b"."], "9" * 30)]
)
def test_more_than_allowed_is_refused(parts: list[bytes], declared: str | None) -> None:
    with pytest.raises(TooLargeError, match=r"The request is too large\. Send at most 10 bytes"):
        read(parts, declared=declared)


def test_slower_than_allowed_is_refused() -> None:
    with pytest.raises(SlowRequestError, match=r"did not come within 0\.05 seconds\. Send it again"):
        read([b"1"] * 9 + [b"."], pause=0.02, seconds=0.05)


def test_a_client_that_leaves_is_no_mistake_of_ours() -> None:
    with pytest.raises(SlowRequestError, match="broke off"):
        read([b"1", b"2"])


def test_what_fits_is_read() -> None:
    assert decode_body(b'{"count": 3, "inner": {"count": 4}}', Ask) == Ask(3, Ask(4))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"count": 3} x', b'{"inner":' * 100_000])
def test_what_is_no_json_is_said(body: bytes) -> None:
    with pytest.raises(BodyError, match=r"The body is not JSON: .*openapi"):
        decode_body(body, Ask)


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"count": 1.5}', b'{"count": "3"}', b'{"count": 1, "inner": {}}'])
def test_what_is_something_else_is_said(body: bytes) -> None:
    with pytest.raises(SchemaError, match=r"This is no Ask: (Expected|Object) .*openapi"):
        decode_body(body, Ask)


class Tagged(Struct, frozen=True, tag="this"):
    """One of several."""

    count: int = 0


@pytest.mark.parametrize("body", [b"{}", b'{"count": 1}', b'{"type": ""}', b'{"type": "other"}', b'{"type": 1}'])
def test_what_it_is_must_be_said_where_it_has_a_name(body: bytes) -> None:
    with pytest.raises(SchemaError, match="This is no Tagged"):
        decode_body(body, Tagged)
    assert decode_body(b'{"type": "this", "count": 2}', Tagged) == Tagged(2)
