"""Operations that join positions: pooling, resampling, means and sums, attention."""

import numpy as np
import torch

from cnnvis.observe.weights.maps import Judgement, Relation
from cnnvis.observe.weights.pointwise import scaled
from cnnvis.observe.weights.reading import Reading
from cnnvis.observe.weights.signal import Labels, Shape, Signal, nothing
from cnnvis.observe.weights.weighted import ATTENTION

POOLING = frozenset(
    (
        "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d lp_pool2d adaptive_avg_pool1d "
        "adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d"
    ).split()
)
REDUCING = frozenset("mean nanmean sum amax amin max min".split())
_AVERAGED = Judgement(status="approximated", why="differing channels that lie beside each other count by their mean")


def pooled(reading: Reading) -> Signal:
    """Return a pooling or an interpolation: positions are alike, so their values are handed on."""
    signal = reading.signals[0]
    if reading.call.output:
        return nothing(reading.shape)
    count = int(reading.call.name[-2]) if reading.call.name in POOLING else len(reading.shape) - 2
    axes = tuple(range(len(reading.shape) - count, len(reading.shape)))
    return Signal(_joined(reading, signal, axes), reading.shape, signal.role)


def reduced(reading: Reading) -> Signal:
    """Return a mean, sum or extreme over some axes or all."""
    signal, count = reading.signals[0], len(reading.call.first.shape)
    if reading.call.output:
        return nothing(reading.shape)
    dims = reading.call.arguments.get("dim")
    given = list(dims) if isinstance(dims, tuple | list) else [dims] if isinstance(dims, int) else []
    axes = tuple(sorted(int(axis) % count for axis in given)) or tuple(range(count))
    labels = _joined(reading, signal, axes)
    if len(reading.shape) != count:
        labels = labels.reshape([size for axis, size in enumerate(labels.shape) if axis not in axes])
    result = Signal(labels, reading.shape)
    if reading.call.name != "sum":
        return result
    places = int(np.prod([signal.shape[axis] for axis in axes]))
    return scaled(reading, result, float(places))


def attended(reading: Reading) -> Signal:
    """Return an attention, whose shares add up to 1: on a constant image it hands on the values it looks at."""
    value = reading.signals[-1]
    labels = _joined(reading, value, (len(value.shape) - 2,))
    signal = Signal(labels, reading.shape)
    return scaled(reading, signal, 1.0, ATTENTION)


def _joined(reading: Reading, signal: Signal, axes: tuple[int, ...]) -> Labels:
    """Return the labels with the given axes joined into one place each."""
    labels = signal.labels.reshape(signal.labels.shape)
    mixed = [axis for axis in axes if labels.shape[axis] > 1]
    if not mixed:
        return labels
    kept: Shape = tuple(1 if axis in mixed else size for axis, size in enumerate(labels.shape))
    table = labels.movedim(mixed, list(range(-len(mixed), 0))).reshape(int(np.prod(kept)), -1).numpy()
    rows = np.repeat(np.arange(len(table)), table.shape[1])
    pairs, counts = np.unique(np.stack([rows, table.ravel().astype(np.int64)], 1), axis=0, return_counts=True)
    relation = Relation(rows=pairs[:, 0], labels=pairs[:, 1], weights=counts / table.shape[1])
    exact = reading.call.name in ("mean", "nanmean", "sum")
    judgement = Judgement() if exact else _AVERAGED
    start = reading.maps.add_links(len(table), relation, judgement=judgement)
    return torch.arange(start, start + len(table), dtype=torch.float64).reshape(kept)
