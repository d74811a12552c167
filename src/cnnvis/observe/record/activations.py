"""What one batch says about each unit's activations: reductions only, on some of its images."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import torch
from jaxtyping import Bool, Float

from cnnvis.observe.collect.reduce import as_map
from cnnvis.observe.record.gather import Gathered, Key
from cnnvis.observe.record.moments import Scratch, bad
from cnnvis.observe.record.shield import Shield
from cnnvis.observe.trace.watch import Callback, together
from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import Layer, LayerGraph, Unit

LOOKED_AT = 1 << 18
"""Values of a unit that are looked at per step: a share of 1 in 1,000 is then known to a few per cent."""
LEAST_IMAGES = 8

_FLAT: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "sigmoid": lambda x: (x - 0.5).abs() > 0.49,
    "tanh": lambda x: x.abs() > 0.98,
    "relu6": lambda x: x >= 6,
    "hardtanh": lambda x: x.abs() >= 1,
    "hardsigmoid": lambda x: (x - 0.5).abs() >= 0.5,
    "softsign": lambda x: x.abs() > 0.98,
}
"""Where bounded non-linearities are flat, by their output: the derivative is below about 4 % of its greatest."""


@dataclass(eq=False)
class UnitSums:
    """What was seen of all units on one side of their non-linearity; sums, so that processes can be put together."""

    count: Float[np.ndarray, " units"]
    total: Float[np.ndarray, " units"]
    square: Float[np.ndarray, " units"]
    positive: Float[np.ndarray, " units"]
    zero: Float[np.ndarray, " units"]
    flat: Float[np.ndarray, " units"]
    nonfinite: Float[np.ndarray, " units"]
    highest: Float[np.ndarray, " units"]
    """Greatest magnitude."""

    @classmethod
    def empty(cls, units: int) -> "UnitSums":
        """Return sums over nothing."""
        return cls(**{field.name: np.zeros(units) for field in fields(cls)})

    def add(self, other: "UnitSums") -> None:
        """Take in what another process saw."""
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            combine = np.maximum if field.name == "highest" else np.add
            setattr(self, field.name, combine(mine, theirs))

    def share(self, name: str) -> Float[np.ndarray, " units"]:
        """Return a sum divided by the number of values; NaN for units that did not run."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return getattr(self, name) / self.count

    @property
    def deviation(self) -> Float[np.ndarray, " units"]:
        """Standard deviation over images, neurons and positions."""
        return np.sqrt(np.maximum(self.share("square") - self.share("total") ** 2, 0.0))


@dataclass(eq=False)
class Seen:
    """What one measured step says about the units."""

    before: UnitSums
    after: UnitSums
    fired: dict[int, Bool[np.ndarray, " neurons"]]
    """Per rectified unit, which neurons rose above 0 somewhere."""
    gradient: Float[np.ndarray, " units"]
    """Root mean square of the gradient with respect to the activation; NaN where there was none."""


class ActivationWatch:
    """Callbacks that measure every unit while the model runs."""

    def __init__(self, graph: LayerGraph, gathered: Gathered, shield: Shield) -> None:
        self.units = graph.units
        self.gathered = gathered
        self._shield = shield
        self.images = 0
        """Images of the batch that is running; 0: look away."""
        self.gradients = True
        self._layers = {layer.id: layer for layer in graph.layers}
        self._strange: set[str] = set()

    def callbacks(self) -> dict[str, Callback]:
        """Return what to call when which layer has run."""
        wanted: dict[str, list[Callback]] = {}
        for place, unit in enumerate(self.units):
            wanted.setdefault(self._layers[unit.before].event, []).append(self._on(place, unit, after=False))
            if unit.before != unit.id:
                wanted.setdefault(self._layers[unit.id].event, []).append(self._on(place, unit, after=True))
        return {event: self._shield.wrapped(together(calls)) for event, calls in wanted.items()}

    def seen(self, found: dict[Key, Float[np.ndarray, " values"]]) -> Seen:
        """Turn what was gathered into sums per unit."""
        count = len(self.units)
        result = Seen(UnitSums.empty(count), UnitSums.empty(count), {}, np.full(count, np.nan))
        for place, unit in enumerate(self.units):
            before = found.get(("before", place))
            # Without a non-linearity the value after is the value before.
            after = before if unit.before == unit.id else found.get(("after", place))
            for sums, values in ((result.before, before), (result.after, after)):
                if values is not None:
                    _put(sums, place, values)
            if ("fired", place) in found:
                result.fired[place] = found["fired", place] > 0
            if ("slope", place) in found:
                result.gradient[place] = found["slope", place][0]
        return result

    def _on(self, place: int, unit: Unit, *, after: bool) -> Callback:
        layer = self._layers[unit.id if after else unit.before]
        name = "after" if after else "before"
        flat = _FLAT.get(unit.activation or "") if after else None
        fires = unit.rectified and not after
        last = after or unit.before == unit.id

        def on_output(output: torch.Tensor) -> None:
            if not self.images or layer.id in self._strange:
                return
            try:
                values = self._some(output, layer)
            except ModelError:  # another shape than traced: this unit is left out
                self._strange.add(layer.id)
                return
            self.gathered.add(name, place, _reduced(values, flat, self.gathered.scratch))
            if fires:
                self.gathered.add("fired", place, values.amax((0, 2)))
            if last and self.gradients and output.requires_grad:
                output.register_hook(self._shield.wrapped(self._on_gradient(place)))

        return on_output

    def _some(self, output: torch.Tensor, layer: Layer) -> Float[torch.Tensor, "images neurons positions"]:
        values = as_map(output.detach(), layer, self.images)
        images = max(LEAST_IMAGES, LOOKED_AT // max(1, values[0].numel()))
        return values[:images].float()

    def _on_gradient(self, place: int) -> Callback:
        def on_gradient(gradient: torch.Tensor) -> None:
            rows = max(LEAST_IMAGES, LOOKED_AT // max(1, gradient[0].numel()))
            some = gradient.detach()[:rows]
            # A norm only reads; the gradients of float16 are scaled up to be seen, so the sum is made in float32.
            norm = torch.linalg.vector_norm(some, dtype=torch.float32)
            self.gathered.add("slope", place, norm / some.numel() ** 0.5)

        return on_gradient


def _reduced(
    values: Float[torch.Tensor, "images neurons positions"],
    flat: Callable[[torch.Tensor], torch.Tensor] | None,
    scratch: Scratch,
) -> Float[torch.Tensor, " numbers"]:
    found = scratch.moments(values)
    low, high = torch.aminmax(values)
    highest = torch.maximum(low.abs(), high.abs())
    return torch.stack(
        [
            found.mean.new_full((), values.numel()),
            found.mean,
            found.deviation**2,
            scratch.above(values),
            scratch.zeros(values),
            found.mean.new_zeros(()) if flat is None else torch.count_nonzero(flat(values)).float(),
            bad(values, highest),
            highest,
        ]
    )


def _put(sums: UnitSums, place: int, values: Float[np.ndarray, " numbers"]) -> None:
    count, mean, variance, positive, zero, flat, nonfinite, highest = values
    sums.count[place], sums.total[place], sums.square[place] = count, mean * count, (variance + mean**2) * count
    sums.positive[place], sums.zero[place], sums.flat[place] = positive, zero, flat
    sums.nonfinite[place], sums.highest[place] = nonfinite, highest


def bounded(unit: Unit) -> bool:
    """Whether it is known where this unit's non-linearity is flat."""
    return unit.activation in _FLAT
