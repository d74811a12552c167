"""A long series once more in binary, so that the next server need not read a gigabyte of text again."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from cnnvis.schema.errors import RunError
from cnnvis.schema.series import Event, SeriesHead
from cnnvis.schema.typed import decode_json
from cnnvis.store.columns import GrowingColumn
from cnnvis.store.files import ArrayFile, write_arrays
from cnnvis.store.layout import DERIVED
from cnnvis.store.series import SeriesTail

WORTH_KEEPING = 8 * 2**20
"""Bytes of text below which reading it again is as quick."""
_VERSION = "2"
_FACTS = "facts"
_SIGN = 256


class _Facts(Struct, frozen=True, kw_only=True):
    offset: int
    sign: str
    head: SeriesHead
    events: tuple[Event, ...]
    problems: tuple[str, ...]
    complete: bool
    seconds: float
    resumed: int
    columns: tuple[tuple[bool, str, str, str], ...]
    """Whether it is one of the run's, its name, and the arrays that hold its steps and values."""


def restore_series(tail: SeriesTail, run: Path) -> None:
    """Let a tail that has read nothing begin where a cache ends, when the run has one that fits."""
    place = _place(tail.path, run)
    if tail.offset or place is None or not place.is_file():
        return
    try:
        file = ArrayFile(place)
        facts = decode_json(file.read(_FACTS)[0].tobytes(), _Facts)
        arrays = {name: file.read(name)[0] for column in facts.columns for name in column[2:]}
    except (RunError, msgspec.MsgspecError):
        return  # damaged, or of another version: the text is read instead
    if facts.sign != _sign(tail.path, facts.offset):
        return
    tail.head, tail.offset = facts.head, facts.offset
    tail.events, tail.problems, tail.complete = list(facts.events), list(facts.problems), facts.complete
    tail.seconds, tail.resumed = facts.seconds, facts.resumed
    for of_run, name, steps, values in facts.columns:
        column = GrowingColumn(arrays[values].shape[1])
        column.take(arrays[steps], arrays[values])
        (tail.run if of_run else tail.lists)[name] = column


def keep_series(tail: SeriesTail, run: Path) -> None:
    """Write what a tail has read beside the run's other caches; where that cannot be written, nothing happens."""
    place = _place(tail.path, run)
    if place is None:
        return
    arrays: dict[str, np.ndarray] = {}
    columns = tuple(_named(tail, arrays))
    facts = _Facts(
        offset=tail.offset,
        sign=_sign(tail.path, tail.offset),
        head=tail.head,
        events=tuple(tail.events),
        problems=tuple(tail.problems),
        complete=tail.complete,
        seconds=tail.seconds,
        resumed=tail.resumed,
        columns=columns,
    )
    arrays[_FACTS] = np.frombuffer(msgspec.json.encode(facts), np.uint8)
    try:
        write_arrays(place, arrays)
    except RunError:
        return  # a read-only folder or a full disk: the text is there


def _named(tail: SeriesTail, arrays: dict[str, np.ndarray]) -> Iterator[tuple[bool, str, str, str]]:
    """Put the columns' arrays under short names; steps that several columns share are put there once."""
    shared: dict[bytes, str] = {}
    for of_run, columns in ((True, tail.run), (False, tail.lists)):
        for name, column in columns.items():
            key = hashlib.blake2b(column.steps.tobytes(), digest_size=16).digest()
            steps = shared.setdefault(key, f"steps {len(shared)}")
            arrays[steps] = column.steps
            values = f"values {len(arrays)}"
            arrays[values] = column.values
            yield of_run, name, steps, values


def _place(path: Path, run: Path) -> Path | None:
    """Return where the cache of a series is; None for a series without a whole line."""
    try:
        with path.open("rb") as file:
            line = file.readline()
    except OSError:
        return None
    name = hashlib.blake2b(_VERSION.encode() + line, digest_size=12).hexdigest()
    return run / DERIVED / name / "series.safetensors" if line.endswith(b"\n") else None


def _sign(path: Path, offset: int) -> str:
    """Return a digest of what stands before a place in the file: another file hardly has the same there."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, offset - _SIGN))
            data = file.read(min(offset, _SIGN))
    except OSError:
        return ""
    return hashlib.blake2b(data, digest_size=12).hexdigest()
