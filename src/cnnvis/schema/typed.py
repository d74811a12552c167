"""Reading what is typed, from any thread.

What msgspec knows of a type it finds out when the type is read for the first time, and that is not safe: a second
thread that reads the same type meanwhile uses what is half there, and the process dies (seen with msgspec 0.22 in more
than half of the trials with 16 threads). So the first time of every type is had alone, here.
"""

import threading
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")
_lock = threading.Lock()
_known: set[Any] = set()


def known(kind: Any) -> Any:
    """Return a type, after msgspec has found out all of it."""
    if kind not in _known:
        with _lock:
            msgspec.json.Decoder(kind)
            _known.add(kind)
    return kind


@overload
def json_decoder(kind: type[T]) -> msgspec.json.Decoder[T]: ...
@overload
def json_decoder(kind: Any) -> msgspec.json.Decoder[Any]: ...
def json_decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """Return a decoder that is to be used many times."""
    return msgspec.json.Decoder(known(kind))


@overload
def decode_json(data: bytes | str, kind: type[T]) -> T: ...
@overload
def decode_json(data: bytes | str, kind: Any) -> Any: ...
def decode_json(data: bytes | str, kind: Any) -> Any:
    """Return what JSON holds; msgspec's errors where it is no JSON, or not of this type."""
    return msgspec.json.decode(data, type=known(kind))


@overload
def decode_msgpack(data: bytes, kind: type[T]) -> T: ...
@overload
def decode_msgpack(data: bytes, kind: Any) -> Any: ...
def decode_msgpack(data: bytes, kind: Any) -> Any:
    """Return what MessagePack holds; msgspec's errors where it is none, or not of this type."""
    return msgspec.msgpack.decode(data, type=known(kind))


@overload
def convert(value: object, kind: type[T], *, strict: bool = ...) -> T: ...
@overload
def convert(value: object, kind: Any, *, strict: bool = ...) -> Any: ...
def convert(value: object, kind: Any, *, strict: bool = True) -> Any:
    """Return a value as a type; msgspec.ValidationError where it is not of it. Not strict: also from text."""
    return msgspec.convert(value, known(kind), strict=strict)
