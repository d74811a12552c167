"""Operations on single values: sums, products, norms; each channel counts by a gain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from cnnvis.observe.trace.watch import tensors_in
from cnnvis.observe.weights.maps import EXACT, Judgement, Relation
from cnnvis.observe.weights.reading import Reading
from cnnvis.observe.weights.signal import NOTHING, Labels, Signal

HANDED_ON = frozenset(
    "dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout feature_dropout identity "
    "stochastic_depth drop_path nan_to_num".split()
)
LINEAR = frozenset("add sub neg".split())
_MOST_PARTS = 65_536
"""A constant of more values than this (a code per position) counts by its mean per channel."""
_MEASURED = Judgement(status="approximated", why="its mean derivative on the example images")
_GATED = Judgement(
    status="approximated", why="a product with a gate: the gate's mean counts, what sets the gate is not followed"
)


@dataclass(frozen=True, eq=False)
class Term:
    """One operand of a sum, with the gain of each of its values (a tensor that broadcasts to the result)."""

    signal: Signal
    gain: torch.Tensor


def handed_on(reading: Reading) -> Signal:
    """Return what comes in."""
    signal = reading.signals[0]
    return Signal(signal.aligned(len(reading.shape)), reading.shape, signal.role)


def scaled(reading: Reading, signal: Signal, factor: float, judgement: Judgement = EXACT) -> Signal:
    """Return a signal times a number."""
    return weighted_sum(reading, [Term(signal, torch.tensor(factor, dtype=torch.float64))], judgement=judgement)


def weighted_sum(
    reading: Reading, terms: Sequence[Term], *, split: Labels | None = None, judgement: Judgement = EXACT
) -> Signal:
    """Add a map that sums operands value by value, and return its channels.

    Values with the same labels are one channel; ``split`` sets those apart whose gains differ (labels of its own that
    broadcast to the result).
    """
    shape = reading.shape
    count = len(shape)
    columns = [term.signal.aligned(count) for term in terms]
    if split is not None:
        columns.insert(0, split.reshape((1,) * (count - split.dim()) + tuple(split.shape)))
    table = torch.stack(torch.broadcast_tensors(*columns), -1)
    places = tuple(table.shape[:-1])
    channels, inverse = torch.unique(table.reshape(-1, len(columns)), dim=0, return_inverse=True)
    found = channels[:, split is not None :].numpy().astype(np.int64)
    rows = np.arange(len(found))
    gains = [_gain_per_channel(term.gain, places, inverse.numpy()) for term in terms]
    relation = Relation(
        rows=np.tile(rows, len(terms)), labels=found.T.ravel(), weights=np.concatenate(gains or [np.zeros(0)])
    )
    start = reading.maps.add_links(len(rows), relation, judgement=judgement)
    return Signal((inverse + start).to(torch.float64).reshape(places), shape)


def _gain_per_channel(gain: torch.Tensor, places: tuple[int, ...], inverse: np.ndarray) -> np.ndarray:
    """Return the mean gain of the values that belong to each channel."""
    gain = gain.detach().to("cpu", torch.float64)
    gain = gain.reshape((1,) * (len(places) - gain.dim()) + tuple(gain.shape))
    same = [axis for axis, size in enumerate(places) if size == 1 and gain.shape[axis] > 1]
    gain = gain.mean(same, keepdim=True) if same else gain
    values = gain.expand(places).reshape(-1).numpy()
    flat = inverse.ravel()
    return np.bincount(flat, values) / np.bincount(flat)


def combined(reading: Reading) -> Signal:
    """Return a function of single values: exact for sums and constant factors, else by the mean derivatives."""
    call = reading.call
    if call.name == "add" and "alpha" not in reading.node.op.kwargs:
        terms = [Term(signal, torch.ones(())) for signal in reading.signals]
        return weighted_sum(reading, terms) if len(terms) > 1 else handed_on(reading)
    if call.name == "mul" and len(reading.signals) == 2:
        gated = _gated(reading)
        if gated is not None:
            return gated
    terms = derivatives(reading)
    exact = call.name in LINEAR or (call.name in ("mul", "div") and len(reading.signals) == 1)
    constants = [tensor for tensor in tensors_in(reading.node.op.args) if reading.signal_of(tensor) is None]
    split = _own_labels(constants[0]) if exact and constants and call.name in ("mul", "div") else None
    return weighted_sum(reading, terms, split=split, judgement=EXACT if exact else _MEASURED)


def _own_labels(tensor: torch.Tensor) -> Labels | None:
    count = tensor.numel()
    return torch.arange(count, dtype=torch.float64).reshape(tensor.shape) if 1 < count <= _MOST_PARTS else None


def _gated(reading: Reading) -> Signal | None:
    """Return a product of which one factor is a gate; None when neither looks like one."""
    given = [tensor for tensor in tensors_in(reading.node.op.args) if reading.signal_of(tensor) is not None]
    gates = [signal.role != "" for signal in reading.signals]
    if gates[0] == gates[1]:
        sizes = [int(np.prod(signal.shape)) for signal in reading.signals]
        gates = [size < int(np.prod(reading.shape)) for size in sizes]
    if gates[0] == gates[1] or len(given) != 2:
        return None
    gate = gates.index(True)
    gain = _known_mean(reading, reading.signals[gate])
    if gain is None:
        gain = reading.value(given[gate])
    trunk = reading.signals[1 - gate]
    labels = reading.signals[gate].labels
    split = labels if labels.numel() <= _MOST_PARTS else None
    return weighted_sum(reading, [Term(trunk, gain)], split=split, judgement=_GATED)


def _known_mean(reading: Reading, gate: Signal) -> torch.Tensor | None:
    """Return a gate's mean over all images, where every value of it comes from a unit that was measured."""
    labels, inverse = torch.unique(gate.labels, return_inverse=True)
    if (labels == NOTHING).any():
        return None
    means: list[float] = []
    for identity, channel in reading.maps.origins(labels.numpy().astype(np.int64)):
        statistics = reading.shared.statistics.get(identity)
        if statistics is None:
            return None
        means.append(float(statistics.mean[channel]))
    return torch.tensor(means, dtype=torch.float64)[inverse].reshape(gate.labels.shape)


def derivatives(reading: Reading) -> list[Term]:
    """Return each operand with the derivative of the output by it, value by value, on the example images.

    Raises:
        ValueError: The operation could not be repeated.

    """
    op = reading.node.op
    sources: dict[int, torch.Tensor] = {}

    def again(value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            signal = reading.signal_of(value)
            kept = reading.value(value)
            if signal is None or not kept.is_floating_point():
                return kept
            if id(value) not in sources:
                sources[id(value)] = kept.clone().requires_grad_()
            # A function that works in place must not meet a leaf.
            return sources[id(value)] * 1
        if type(value) in (tuple, list):
            return type(value)([again(item) for item in value])
        return value

    with torch.enable_grad():
        args, kwargs = [again(value) for value in op.args], {key: again(value) for key, value in op.kwargs.items()}
        result = _repeated(reading, function_named(reading.call.name), args, kwargs)
        found = torch.autograd.grad(result.sum(), list(sources.values()), allow_unused=True)
    gains = dict(zip(sources, found, strict=True))
    terms: list[Term] = []
    for tensor in dict.fromkeys(map(id, tensors_in((op.args, op.kwargs)))):
        gain = gains.get(tensor)
        signal = next((reading.signal_of(t) for t in tensors_in((op.args, op.kwargs)) if id(t) == tensor), None)
        if gain is not None and signal is not None:
            terms.append(Term(signal, _per_value(gain, reading)))
    return terms


def _per_value(gain: torch.Tensor, reading: Reading) -> torch.Tensor:
    """Return the derivative per value of the result: a broadcast operand's is the sum over the places it was put."""
    count = len(reading.shape)
    shape = (1,) * (count - gain.dim()) + tuple(gain.shape)
    repeats = int(np.prod(reading.shape)) / max(gain.numel(), 1)
    return gain.reshape(shape) / repeats


def _repeated(reading: Reading, function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> torch.Tensor:
    """Run an operation once more; ``1 - x`` was written down as ``x - 1``, so both orders are tried."""
    outcome = reading.outcome
    for order in (args, [*args[:2][::-1], *args[2:]]):
        first = order[0] if isinstance(order[0], torch.Tensor) else torch.as_tensor(order[0])
        result = function(first, *order[1:], **kwargs)
        if outcome is None or torch.allclose(result, outcome, rtol=1e-3, atol=1e-5, equal_nan=True):
            return result
    message = f"{reading.call.name} could not be repeated."
    raise ValueError(message)


def function_named(name: str) -> Callable[..., Any]:
    """Return PyTorch's function of a plain name."""
    for home in (functional, torch.Tensor, torch):
        function = getattr(home, name, None)
        if function is not None:
            return function
    message = f"PyTorch has no function {name}."
    raise ValueError(message)
