"""What is shown of the layers of a recorded training: rows of quantities, with the range in which healthy ones lie."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from cnnvis.schema.training import HealthyRange, Scale

# Points by layers, and points; the axes have no names, since quantities measured in other steps stand side by side.
Values = Float[np.ndarray, "_ _"]
Steps = Int[np.ndarray, " _"]
Measured = Mapping[str, tuple[Steps, Values]]
"""Quantities per unit by name, with the steps in which they were measured."""

SAMPLE = 2000
SEEN = "where nearly all values of healthy small networks lie"


def _as_it_is(values: Values) -> Values:
    return values


@dataclass(frozen=True, kw_only=True)
class LayerRow:
    """One quantity of all layers.

    Args:
        id: What the page calls it by.
        title: A few words.
        definition: A sentence.
        needs: Quantities of the series that it is made of, all measured in the same steps.
        scale: How its values are spread over a plot's height.
        healthy: Where it lies in trainings that go well; None: that depends on the network.
        make: Turns the values of `needs` into its own.
        instead_of: The row that this one stands in for where that cannot be made.
        only_if: Whether its values are worth a row; None: always.

    """

    id: str
    title: str
    definition: str
    needs: tuple[str, ...]
    scale: Scale
    healthy: HealthyRange | None = None
    make: Callable[..., Values] = _as_it_is
    instead_of: str = ""
    only_if: Callable[[Values], bool] | None = None

    def values(self, measured: Measured) -> tuple[Steps, Values] | None:
        """Return steps and values; None where what it is made of was not measured in the same steps."""
        found = [measured[name] for name in self.needs if name in measured]
        if len(found) < len(self.needs) or not len(found[0][0]):
            return None
        # The row that is being written may have come of one quantity already, but not of another.
        count = min(len(steps) for steps, _ in found)
        steps = found[0][0][:count]
        if any(not np.array_equal(other[:count], steps) for other, _ in found):
            return None
        return steps, self.make(*(values[:count] for _, values in found))


def _ratio(above: Values, below: Values) -> Values:
    with np.errstate(divide="ignore", invalid="ignore"):
        return above / below


def _total(*parts: Values) -> Values:
    known = np.stack([np.isfinite(part) for part in parts])
    total = np.where(known, np.stack(parts), 0.0).sum(axis=0)
    return np.where(known.any(axis=0), total, np.nan)


def _measured(values: Values) -> bool:
    return bool(np.isfinite(values).any())


LAYER_ROWS: tuple[LayerRow, ...] = (
    LayerRow(
        id="activation-mean",
        title="activation, mean",
        definition="Mean after the non-linearity, over images, neurons and positions.",
        needs=("after/mean",),
        scale="linear",
        healthy=HealthyRange(low=-2.0, high=2.5, words=f"-2 to 2.5, {SEEN}."),
    ),
    LayerRow(
        id="activation-spread",
        title="activation, spread",
        definition="Standard deviation after the non-linearity, over images, neurons and positions. "
        "0: the layer says the same for every image.",
        needs=("after/std",),
        scale="log",
        healthy=HealthyRange(low=0.1, high=8.0, least=1e-3, greatest=50.0, words=f"0.1 to 8, {SEEN}."),
    ),
    LayerRow(
        id="zeros",
        title="zeros",
        definition="Share of values that are exactly 0 after the non-linearity.",
        needs=("after/zero",),
        scale="share",
        healthy=HealthyRange(low=0.0, high=0.85, greatest=0.95, words=f"up to 85 %, {SEEN}."),
    ),
    LayerRow(
        id="dead",
        title="dead neurons",
        definition="Share of neurons that rose above 0 nowhere in four measured steps in a row: no gradient there.",
        needs=("dead", "neurons"),
        make=_ratio,
        scale="share",
        healthy=HealthyRange(
            low=0.0, high=0.45, greatest=0.6, words=f"up to 45 %, {SEEN}; from 60 % on it is a finding."
        ),
    ),
    LayerRow(
        id="saturated",
        title="saturated",
        definition="Share of values where a bounded non-linearity (sigmoid, tanh ...) is flat and stops gradients.",
        needs=("after/saturated",),
        scale="share",
        healthy=HealthyRange(low=0.0, high=0.6, greatest=0.6, words="up to 60 %; above that it is a finding."),
        only_if=_measured,
    ),
    LayerRow(
        id="activation-gradient",
        title="gradient, activations",
        definition="Root mean square of the loss's gradient with respect to the layer's activations: what comes back "
        "from the layers behind it.",
        needs=("activation_gradient/rms",),
        scale="log",
        healthy=HealthyRange(
            low=1e-3, least=1e-3, relative=True, words="a thousandth of the greatest among the layers and more."
        ),
        only_if=_measured,
    ),
    LayerRow(
        id="gradient",
        title="gradient / weights",
        definition="Norm of the weights' gradient, as the optimizer used it, over the norm of the weights.",
        needs=("gradient/norm", "weight/norm"),
        make=_ratio,
        scale="log",
        healthy=HealthyRange(
            low=1e-3,
            least=1e-3,
            relative=True,
            high=1.0,
            greatest=5.0,
            words="down to a thousandth of the greatest among the layers, and up to 1; from 5 on gradients explode.",
        ),
    ),
    LayerRow(
        id="gradient-norm",
        title="gradient, weights",
        definition="Norm of the weights' gradient.",
        needs=("gradient/norm",),
        scale="log",
        instead_of="gradient",
    ),
    LayerRow(
        id="update",
        title="update / weights",
        definition="Norm of the weights' change in the step over the norm of the weights.",
        needs=("update/ratio",),
        scale="log",
        healthy=HealthyRange(
            low=1e-4,
            high=3e-2,
            greatest=0.1,
            words="0.0001 to 0.03, smaller when the rate has decayed; above 0.1 a step destroys what was learned.",
        ),
    ),
    LayerRow(
        id="change",
        title="change / weights",
        definition="Norm of the weights' change since the checkpoint before over the norm of the weights.",
        needs=("change/ratio",),
        scale="log",
    ),
    LayerRow(
        id="weights",
        title="weights, norm",
        definition="Norm of the layer's weights.",
        needs=("weight/norm",),
        scale="log",
    ),
    LayerRow(
        id="negative",
        title="negative weights",
        definition="Share of the layer's weights that are below 0. Behind a ReLU all inputs are 0 or more, so mostly "
        "negative weights keep neurons silent.",
        needs=("weight/negative",),
        scale="share",
        healthy=HealthyRange(low=0.4, high=0.62, least=0.33, greatest=0.67, words=f"40 to 62 %, {SEEN}."),
    ),
    LayerRow(
        id="nonfinite",
        title="NaN and infinite",
        definition="Activations, weights and gradients that are NaN or infinite.",
        needs=("nonfinite", "weight/nonfinite", "gradient/nonfinite"),
        make=_total,
        scale="count",
        healthy=HealthyRange(low=0.0, high=0.0, greatest=0.0, words="none."),
    ),
)  # fmt: skip
"""All rows, in the order in which they are shown."""


def rows_of(measured: Measured) -> tuple[LayerRow, ...]:
    """Return the rows that can be made of what was measured, in order."""
    few, found = sample(measured), dict[str, LayerRow]()
    for row in LAYER_ROWS:
        made = None if row.instead_of in found else row.values(few)
        if made is not None and (row.only_if is None or row.only_if(made[1])):
            found[row.id] = row
    return tuple(found.values())


def sample(measured: Measured, most: int = SAMPLE) -> Measured:
    """Return about so many steps of each quantity, evenly spread: enough to say what there is and how large it is."""

    def thinned(steps: Steps, values: Values) -> tuple[Steps, Values]:
        every = max(1, len(steps) // most)
        return steps[::every], values[::every]

    return {name: thinned(*both) for name, both in measured.items()}


def window(measured: Measured, first: int, last: int) -> Measured:
    """Return what was measured from one step to another, and the steps next to them: lines run on to these."""

    def part(steps: Steps, values: Values) -> tuple[Steps, Values]:
        start, stop = np.searchsorted(steps, first), np.searchsorted(steps, last, side="right")
        inside = slice(max(0, int(start) - 1), int(stop) + 1)
        return steps[inside], values[inside]

    return {name: part(*both) for name, both in measured.items()}


def limits(row: LayerRow, values: Values) -> tuple[float, float] | None:
    """Return where a plot of a row begins and ends: what was measured without the rarest, and the healthy range.

    None when nothing finite was measured, or on a logarithmic scale nothing above 0.
    """
    known = values[np.isfinite(values)]
    if row.scale == "log":
        known = known[known > 0]
    if not len(known):
        return None
    if row.scale == "share":
        return 0.0, 1.0
    low, high = (float(end) for end in np.quantile(known, (0.005, 0.995)))
    if row.scale == "count":
        return 0.0, max(1.0, high)
    if row.healthy is not None:
        low = low if row.healthy.low is None or row.healthy.relative else min(low, row.healthy.low)
        high = high if row.healthy.high is None else max(high, row.healthy.high)
    return low, high
