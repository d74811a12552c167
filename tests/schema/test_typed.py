"""Types are read from many threads at once, also for the first time; what is read is what msgspec reads."""

import subprocess
import sys
from typing import Annotated

import msgspec
import pytest
from msgspec import Meta, Struct

from cnnvis.schema.typed import convert, decode_json, decode_msgpack, json_decoder, known

_MANY = """
import sys, threading
from cnnvis.schema.scene import Scene
from cnnvis.schema.typed import decode_json
sys.setswitchinterval(1e-6)
begin, said = threading.Barrier(16), []
def read():
    begin.wait()
    try:
        decode_json(b'{"classes": [{"index": 0, "name": "a", "images": 1, "recall": null}], "run": 7}', Scene)
    except Exception as error:
        said.append(str(error))
threads = [threading.Thread(target=read) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(said) == 16 and len(set(said)) == 1 and "$.run" in said[0], said
"""


class Point(Struct, frozen=True):
    """Two numbers, the second not negative."""

    x: int
    y: Annotated[int, Meta(ge=0)] = 0


@pytest.mark.parametrize("trial", range(4))
def test_many_threads_may_read_a_type_for_the_first_time(trial: int) -> None:
    ended = subprocess.run([sys.executable, "-c", _MANY], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, ""), trial


def test_what_is_read_is_of_its_type() -> None:
    point = Point(1, 2)
    assert decode_json(b'{"x": 1, "y": 2}', Point) == point
    assert json_decoder(Point).decode(b'{"x": 1, "y": 2}') == point
    assert decode_json("[1, 2]", tuple[int, ...]) == (1, 2)
    assert decode_msgpack(msgspec.msgpack.encode(point), Point) == point
    assert convert({"x": "1", "y": "2"}, Point, strict=False) == point
    assert known(Point) is Point


def test_what_is_not_of_its_type_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="y"):
        decode_json(b'{"x": 1, "y": -2}', Point)
    with pytest.raises(msgspec.ValidationError):
        convert({"x": "1"}, Point)
    with pytest.raises(msgspec.DecodeError):
        decode_json(b"{", Point)
