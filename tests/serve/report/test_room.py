"""Packs read back, say how large they are in a report, and are taken in only where there is room."""

import base64
import gzip
import io
import json

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnnvis.schema.report import Pack
from cnnvis.serve.report.answers import Answer
from cnnvis.serve.report.room import Packed, Room, pack_file, pack_json


def picture(noise: int) -> Answer:
    rng = np.random.default_rng(0)
    base = np.linspace(0, 200, 96)[None, :, None].repeat(96, 0).repeat(3, 2)
    pixels = (base + rng.integers(0, noise + 1, base.shape)).clip(0, 255).astype(np.uint8)
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return Answer(written.getvalue(), "image/png")


def test_answers_in_json_read_back_and_are_the_same_bytes_each_time() -> None:
    answers = {"runs/a/scene": b'{"a":1}', "runs/a/graph": b"[2]"}
    packed = pack_json(answers)
    assert packed.addresses == tuple(answers)
    assert json.loads(gzip.decompress(packed.content)) == [{"a": 1}, [2]]
    assert packed.content == pack_json(answers).content


def test_a_photograph_gets_smaller_and_stays_one() -> None:
    answer = picture(30)
    packed = pack_file("x", answer, smaller=True)
    assert packed.media_type == "image/webp"
    assert len(packed.content) < 0.5 * len(answer.data)
    pixels, wanted = (
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float64) for data in (packed.content, answer.data)
    )
    assert pixels.shape == wanted.shape
    assert np.abs(pixels - wanted).mean() < 12


def test_what_would_not_get_much_smaller_stays_as_it_is() -> None:
    answers = [Answer(b"\x00" * 99, "application/octet-stream"), picture(0)]
    flat = pack_file("x", answers[1], smaller=True)
    assert pack_file("x", answers[0], smaller=True).content == answers[0].data
    assert len(flat.content) <= len(answers[1].data)
    assert pack_file("x", answers[1], smaller=False).content == answers[1].data


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5), st.binary(max_size=500))
def test_the_size_is_never_less_than_what_it_takes(addresses: list[str], content: bytes) -> None:
    packed = Packed(tuple(addresses), "application/json", content)
    pack = Pack(
        addresses=packed.addresses, media_type=packed.media_type, data=base64.b64encode(content).decode() or "-"
    )
    escaped = sum(len(json.dumps(address)) - len(address.encode()) for address in addresses)
    assert len(msgspec.json.encode(pack)) <= packed.size + escaped


@given(st.lists(st.integers(0, 300), max_size=20), st.integers(0, 3000))
def test_a_room_never_holds_more_than_its_limit(sizes: list[int], limit: int) -> None:
    room = Room(limit)
    kept = [packed for size in sizes if room.add(packed := Packed(("a",), "x", bytes(size)))]
    assert room.packs == kept
    assert room.used == sum(packed.size for packed in kept) <= limit
    smallest = min((Packed(("a",), "x", bytes(size)).size for size in sizes), default=0)
    assert len(kept) == len(sizes) or room.used + max(Packed(("a",), "x", bytes(s)).size for s in sizes) > limit
    assert not sizes or bool(kept) or smallest > limit


def test_what_is_reserved_is_not_there_until_it_is_given_back() -> None:
    packed = Packed(("a",), "x", bytes(300))
    room = Room(packed.size + 10)
    assert room.reserve(11)
    assert not room.add(packed)
    assert not room.reserve(packed.size)
    room.release(11)
    assert room.add(packed)
    assert Room(None).reserve(10**12)
