"""Operations that only move values about: they are run once more, on labels instead of values."""

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from cnnvis.observe.trace.layers import axes
from cnnvis.observe.trace.reshape_rules import padding_pairs
from cnnvis.observe.trace.watch import tensors_in
from cnnvis.observe.weights.reading import Reading
from cnnvis.observe.weights.signal import NOTHING, Signal, compressed

MOVING = frozenset(
    "view reshape flatten unflatten squeeze unsqueeze ravel view_as reshape_as unsafe_view permute transpose movedim "
    "t T mT H mH adjoint getitem chunk split split_with_sizes tensor_split unbind narrow select pad pixel_shuffle "
    "pixel_unshuffle channel_shuffle expand repeat expand_as broadcast_to tile flip roll index_select fliplr flipud "
    "cat stack setitem".split()
)


def moved(reading: Reading) -> Signal:
    """Return where the values of a view, selection, concatenation or padding come from."""
    if reading.call.name == "pad" and (bordered := _bordered(reading)) is not None:
        return bordered
    args, kwargs = (_labels(reading, value) for value in (reading.node.op.args, reading.node.op.kwargs))
    found = _function(reading.call.name)(*args, **kwargs)
    labels = tensors_in(found)[reading.call.output]
    if tuple(labels.shape) != reading.shape:
        message = f"{reading.call.name} gave labels of another shape."
        raise ValueError(message)
    return compressed(labels, reading.signals[0].role if len(reading.signals) == 1 else "")


def _bordered(reading: Reading) -> Signal | None:
    """Return a padding of positions, where every one is alike: the border is left out of account, as everywhere."""
    signal = reading.signals[0]
    channel, _ = axes(reading.node, reading.node.kind)
    padded = [axis for axis, *_ in padding_pairs(reading.call)]
    if any(axis == (channel or 0) + 1 or signal.labels.shape[axis] > 1 for axis in padded):
        return None
    return Signal(signal.labels, reading.shape, signal.role)


def _labels(reading: Reading, value: Any) -> Any:
    """Put labels in the place of tensors that hold values; indices stay."""
    if isinstance(value, torch.Tensor):
        signal = reading.signal_of(value)
        if signal is not None:
            return signal.full()
        return torch.full(value.shape, NOTHING, dtype=torch.float64) if value.is_floating_point() else value.cpu()
    if isinstance(value, tuple | list):
        return type(value)([_labels(reading, item) for item in value]) if type(value) in (tuple, list) else value
    if isinstance(value, dict):
        return {key: _labels(reading, item) for key, item in value.items()}
    return value


def _function(name: str) -> Callable[..., Any]:
    known: dict[str, Callable[..., Any]] = {
        "getitem": operator.getitem,
        "setitem": _written,
        "pad": _padded,
        "view": torch.Tensor.reshape,
        "unsafe_view": torch.Tensor.reshape,
        "view_as": torch.Tensor.reshape_as,
        "cat": torch.cat,
        "stack": torch.stack,
        "pixel_shuffle": functional.pixel_shuffle,
        "pixel_unshuffle": functional.pixel_unshuffle,
        "channel_shuffle": functional.channel_shuffle,
    }
    if name in ("T", "mT", "H", "mH"):
        return operator.attrgetter(name)
    return known[name] if name in known else getattr(torch.Tensor, name)


def _padded(labels: torch.Tensor, pad: Any, mode: Any = "constant", value: Any = None) -> torch.Tensor:
    del value
    return functional.pad(labels, [int(item) for item in pad], mode if isinstance(mode, str) else "constant")


def _written(labels: torch.Tensor, index: Any, value: Any) -> torch.Tensor:
    result = labels.clone()
    result[index] = value if isinstance(value, torch.Tensor) else NOTHING
    return result
