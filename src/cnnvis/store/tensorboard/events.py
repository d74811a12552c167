"""Events: which value was logged under which tag at which step."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float

from cnnvis.schema.errors import RunError
from cnnvis.store.tensorboard.histograms import Histogram
from cnnvis.store.tensorboard.records import read_records
from cnnvis.store.tensorboard.wire import fields, packed_varints, signed

_TYPES = {1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 19: "<f2", 22: "<u4", 23: "<u8"}
"""Numpy types by TensorFlow's number of a data type; brain floats are read apart."""
_BFLOAT16 = 14
_LISTS = {5: "<f4", 6: "<f8"}
_INTEGERS = frozenset({7, 10, 11, 16, 17})


@dataclass(frozen=True, eq=False)
class Point:
    """One logged value."""

    tag: str
    step: int
    time: float
    """Seconds since 1970."""
    value: float | Histogram


@dataclass(eq=False)
class Reader:
    """Reads the event files of one log, in order; newer files describe a tag only where it is first used.

    Args:
        kinds: What each tag holds, as far as that was said.

    """

    kinds: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    """Tags that are neither scalars nor histograms, with what they are."""

    def read(self, path: Path) -> Iterator[Point]:
        """Yield the scalars and histograms of a file in the order in which they were written.

        Raises:
            RunError: The file is no event file, or damaged.

        """
        try:
            for record in read_records(path):
                yield from self._event(record)
        except ValueError as error:  # a WireError, bytes that are no text, a tensor of another size
            message = f"{path} is damaged: {error}."
            raise RunError(message, "Copy the log folder anew, or leave this file out.") from error

    def _event(self, data: bytes) -> Iterator[Point]:
        time, step = 0.0, 0
        summaries: list[bytes] = []
        for number, value in fields(data):
            if number == 1 and isinstance(value, float):
                time = value
            elif number == 2 and isinstance(value, int):
                step = signed(value)
            elif number == 5 and isinstance(value, bytes):
                summaries.append(value)
        for summary in summaries:
            for number, value in fields(summary):
                if number == 1 and isinstance(value, bytes):
                    found = self._value(value)
                    if found is not None:
                        yield Point(tag=found[0], step=step, time=time, value=found[1])

    def _value(self, data: bytes) -> tuple[str, float | Histogram] | None:
        parts = dict(fields(data))
        tag = _bytes(parts.get(1)).decode()
        if 9 in parts and (kind := _plugin(_bytes(parts[9]))):
            self.kinds.setdefault(tag, kind)
        kind = self.kinds.get(tag, "")
        if isinstance(parts.get(2), float):
            return tag, float(parts[2])
        if 5 in parts:
            found = _histogram(_bytes(parts[5]))
            return None if found is None else (tag, found)
        if 8 in parts and kind in {"", "scalars", "histograms"}:
            return self._tensor(tag, kind, _tensor(_bytes(parts[8])))
        self.left_out[tag] = kind or "something else"
        return None

    def _tensor(self, tag: str, kind: str, values: np.ndarray | None) -> tuple[str, float | Histogram] | None:
        if values is not None and values.size == 1 and kind != "histograms":
            return tag, float(values.ravel()[0])
        if values is not None and kind == "histograms" and values.ndim == 2 and values.shape[1] == 3:
            found = _of_buckets(values.astype(np.float64))
            return None if found is None else (tag, found)
        if values is None or values.size or kind != "histograms":
            self.left_out[tag] = kind or "something else"
        return None


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _plugin(metadata: bytes) -> str:
    data = next((_bytes(value) for number, value in fields(metadata) if number == 1), b"")
    return next((_bytes(value).decode() for number, value in fields(data) if number == 1), "")


def _histogram(data: bytes) -> Histogram | None:
    numbers: dict[int, float] = {}
    lists: dict[int, list[float]] = {6: [], 7: []}
    for number, value in fields(data):
        if number in lists:
            # Packed, or written one by one.
            lists[number] += [value] if isinstance(value, float) else np.frombuffer(_bytes(value), "<f8").tolist()
        elif isinstance(value, float):
            numbers[number] = value
    limits, counts = np.array(lists[6]), np.array(lists[7])
    if not len(limits) or len(limits) != len(counts) or not float(counts.sum()) > 0:
        return None
    low, high = numbers.get(1, float(limits[0])), numbers.get(2, float(limits[-1]))
    edges = np.clip(np.append(min(low, float(limits[0])), limits), low, high)
    return Histogram(
        low=edges[:-1], high=edges[1:], counts=counts, minimum=low, maximum=high,
        total=numbers.get(4, 0.0), squares=numbers.get(5, 0.0),
    )  # fmt: skip


def _of_buckets(values: Float[np.ndarray, "buckets 3"]) -> Histogram | None:
    low, high, counts = values.T
    if not counts.sum() > 0:
        return None
    used = np.flatnonzero(counts > 0)
    return Histogram(low=low, high=high, counts=counts, minimum=float(low[used[0]]), maximum=float(high[used[-1]]))


def _tensor(data: bytes) -> np.ndarray | None:
    """Return a tensor's values; None when it does not hold numbers."""
    parts = list(fields(data))
    kind = next((value for number, value in parts if number == 1), 0)
    sizes = _sizes(next((_bytes(value) for number, value in parts if number == 2), b""))
    content = next((_bytes(value) for number, value in parts if number == 4), b"")
    if content and kind == _BFLOAT16:
        return (np.frombuffer(content, "<u2").astype(np.uint32) << 16).view(np.float32).reshape(sizes)
    if content:
        name = _TYPES.get(int(kind))
        return None if name is None else np.frombuffer(content, name).reshape(sizes)
    found: list[float] = []
    for number, value in parts:
        if number in _LISTS:
            found += [value] if isinstance(value, float) else np.frombuffer(_bytes(value), _LISTS[number]).tolist()
        elif number in _INTEGERS:
            found += [signed(value)] if isinstance(value, int) else packed_varints(_bytes(value))
    wanted = int(np.prod(sizes))
    if not found or wanted == 0:
        return np.zeros(sizes) if wanted == 0 else None
    # A list that is shorter than the tensor means that its last value is repeated.
    return np.array((found + [found[-1]] * wanted)[:wanted]).reshape(sizes)


def _sizes(shape: bytes) -> tuple[int, ...]:
    dimensions = [_bytes(value) for number, value in fields(shape) if number == 2]
    return tuple(
        next((signed(value) for number, value in fields(one) if number == 1 and isinstance(value, int)), 0)
        for one in dimensions
    )
