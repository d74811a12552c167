"""What a rule looks at: a recorded training, its layer graph, and the newest snapshot's statistics if there are any."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from cnnvis.analysis.diagnose.trend import trend
from cnnvis.schema.graph import LayerGraph, Unit
from cnnvis.schema.series import Curve, Curves, Series, is_cross_entropy, loss_functions
from cnnvis.schema.statistics import NeuronStatistics

LATE = 0.25
"""The last quarter of the steps is what a rule calls late."""
GAINING = 0.97
"""A validation loss below this share of that of some time before is still falling."""
AT_CHANCE = 0.98
"""Loss over that of guessing from which on nothing was learned: that some classes are more frequent, and what little a
network learns by heart of shuffled labels, make about a hundredth."""
LEAST = 0.001
"""Share by which a loss must surely fall in half a training to say that something is learned: weight decay alone takes
off some ten-thousandths."""
ENOUGH = 60
"""Steps before which a sound network may still be guessing."""
FEWEST_LATE = 3
"""Measured points that must lie in it; of fewer, the latest so many points count as late wherever they lie."""
_NONE = Curve(steps=np.zeros(0, np.int64), values=np.zeros(0))


@dataclass(frozen=True, eq=False)
class Case:
    """One training to judge.

    Args:
        series: What was recorded.
        graph: The network's layers.
        statistics: Those of the newest snapshot; None: rules about single neurons are not applied.
        gates: Units that only weigh others, as in squeeze-and-excitation. They get a mean over each map, which differs
            little between images, and a silent one leaves a constant weight: what would be a fault in other layers is
            usual there.

    """

    series: Series
    graph: LayerGraph
    statistics: NeuronStatistics | None = None
    gates: frozenset[str] = frozenset()

    @property
    def units(self) -> tuple[str, ...]:
        """Ids of the units, in network order."""
        return self.series.head.units

    @cached_property
    def last_step(self) -> int:
        """Last step that anything is known about."""
        curves = (*self.series.run.values(), *self.series.lists.values())
        known = [int(curve.steps[-1]) for curve in curves if len(curve.steps)]
        return max([*known, *(event.step for event in self.series.events)], default=0)

    @cached_property
    def measured(self) -> int:
        """Steps that were measured layer by layer."""
        return max((len(self.per_unit(name).steps) for name in ("weight/norm", "after/mean")), default=0)

    @property
    def last_measured(self) -> int:
        """The newest of them; 0 without any."""
        known = [curves.steps for name in ("weight/norm", "after/mean") if len((curves := self.per_unit(name)).steps)]
        return max((int(steps[-1]) for steps in known), default=0)

    @property
    def epochs(self) -> float:
        """How often each training image was seen, about; NaN where none was recognised when it came again."""
        there, images = self.run("input/images").values, self.run("images").values
        return float(np.sum(images) / there[-1]) if len(there) and len(images) else math.nan

    @property
    def reference_loss(self) -> float:
        """What the loss was before anything was learned: the first losses, or that of guessing where it is less."""
        return min(self.first_loss, self.chance) if self.cross_entropy else self.first_loss

    @property
    def late_from(self) -> int:
        """First step of the last quarter."""
        return math.ceil((1 - LATE) * self.last_step)

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.series.head.classes

    @property
    def chance(self) -> float:
        """Cross-entropy of a guess that gives each class the same probability, in nats."""
        return math.log(max(2, self.classes))

    @property
    def cross_entropy(self) -> bool:
        """Whether the loss is one whose value can be held against `chance`."""
        return is_cross_entropy(self.loss_functions)

    @cached_property
    def loss_functions(self) -> tuple[str, ...]:
        """The operations that the loss came from, last first; empty when it was not seen."""
        return loss_functions(self.series.events)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Place of each unit in the lists."""
        return {unit: place for place, unit in enumerate(self.units)}

    def known_units(self) -> tuple[Unit, ...]:
        """Return the units that both graph and series know, in the series' order."""
        known = {unit.id: unit for unit in self.graph.units}
        return tuple(known[identity] for identity in self.units if identity in known)

    def run(self, name: str) -> Curve:
        """Return a quantity of the run; an empty curve when it was not measured."""
        return self.series.run.get(name, _NONE)

    def per_unit(self, name: str) -> Curves:
        """Return a quantity of all units; no steps when it was not measured."""
        none = Curves(steps=np.zeros(0, np.int64), values=np.zeros((0, len(self.units))))
        return self.series.lists.get(name, none)

    def late(self, name: str) -> float:
        """Return the median of a run's quantity, late in the training; NaN when it was not measured."""
        return late(self.run(name), self.late_from)

    def late_per_unit(self, name: str) -> Float[np.ndarray, " units"]:
        """Return the median for each unit, late in the training; NaN where it was not measured."""
        curves = self.per_unit(name)
        return columns_median(curves.values[late_places(curves.steps, self.late_from)], len(self.units))

    def measured_from(self, quantity: str, layer: str, first: int) -> int | None:
        """Return the first step from `first` on with a quantity's value, of a layer if one is named; None without.

        A number of the run is there also where it is not finite; of a layer, that is what was not measured.
        """
        if (own := self.series.run.get(quantity)) is not None:
            there = own.steps[own.steps >= first]
        elif (curve := self.series.of(quantity, layer)) is not None:
            there = curve.steps[(curve.steps >= first) & ~np.isnan(curve.values)]
        elif (curves := self.series.lists.get(quantity)) is not None:
            there = curves.steps[(curves.steps >= first) & ~np.isnan(curves.values).all(axis=1)]
        else:
            return None
        return int(there[0]) if len(there) else None

    def ratio_per_unit(self, above: str, below: str) -> Curves:
        """Return one quantity of all units divided by another, at the steps at which both were measured."""
        steps, values = _divided(self.per_unit(above), self.per_unit(below))
        return Curves(steps=steps, values=values)

    def ratio(self, above: str, below: str) -> Curve:
        """Return one quantity of the run divided by another, at the steps at which both were measured."""
        steps, values = _divided(self.run(above), self.run(below))
        return Curve(steps=steps, values=values)

    def metric(self, part: str, word: str) -> Curve:
        """Return the user's metric of this meaning; an empty curve without one."""
        return self.series.metric(part, word) or _NONE

    def late_metric(self, part: str, word: str) -> float:
        """Return the median of a metric of this meaning, late in the training; NaN without one."""
        return late(self.metric(part, word), self.late_from)

    @cached_property
    def accuracy(self) -> Curve:
        """Training accuracy: the user's metric, else what the recorder could read from the gradients."""
        own = self.metric("train", "accuracy")
        return own if len(own.steps) else self.run("output/accuracy")

    @cached_property
    def loss(self) -> Curve:
        """The loss that was handed over."""
        return self.run("loss")

    @property
    def first_loss(self) -> float:
        """Mean loss of the first three steps, before much was learned; NaN without one."""
        head = self.loss.values[:3]
        return float(np.mean(head)) if len(head) else math.nan

    @property
    def late_loss(self) -> float:
        """Mean loss of the last quarter; NaN without one, infinite when the loss is not finite there."""
        rows = self.loss.values[self.loss.steps >= self.late_from]
        if not len(rows):
            return math.nan
        return float(np.mean(rows)) if np.isfinite(rows).all() else math.inf

    @property
    def late_accuracy(self) -> float:
        """Mean training accuracy of the last quarter; NaN without one."""
        rows = self.accuracy.values[self.accuracy.steps >= self.late_from]
        return float(np.mean(rows)) if len(rows) else math.nan

    @property
    def update_ratio(self) -> Float[np.ndarray, " points"]:
        """Per measured step the median over units of update / weight."""
        values = self.per_unit("update/ratio").values
        return columns_median(values.T, len(values))

    @property
    def late_update_ratio(self) -> float:
        """Its median late in the training; NaN when it was not measured."""
        curves = self.per_unit("update/ratio")
        return late(Curve(steps=curves.steps, values=self.update_ratio), self.late_from)

    @property
    def still_gaining(self) -> bool:
        """Whether the validation loss goes on falling: its last quarter is below the quarter before it, and lowest."""
        values = self.metric("validation", "loss").values
        part = len(values) // 4
        if not part or not np.isfinite(values).all():
            return False
        last, before = float(np.mean(values[-part:])), float(np.mean(values[-2 * part : -part]))
        return last < GAINING * before and last <= float(np.min(values[:-part])) * (2 - GAINING)

    @cached_property
    def gradient_ratio(self) -> float:
        """Gradient over weights of the unit where it is greatest, in the median over steps; NaN when not measured."""
        found = columns_median(self.ratio_per_unit("gradient/norm", "weight/norm").values, len(self.units))
        return float(np.nanmax(found)) if np.isfinite(found).any() else math.nan

    @property
    def blank(self) -> bool:
        """Whether all measured inputs were the same value."""
        spread = self.series.lists.get("input/std")
        if spread is None or not len(spread.steps):
            return False
        return bool(np.nanmax(np.nan_to_num(spread.values, nan=1.0)) == 0.0)

    @property
    def stuck(self) -> bool:
        """Whether the late loss is still about what guessing costs."""
        return self.cross_entropy and self.late_loss >= 0.93 * self.chance

    @cached_property
    def learns(self) -> bool | None:
        """Whether the loss has come below that of guessing, or surely falls in the last half by what is worth it.

        None where that cannot be said: another loss, or too few steps.
        """
        if not self.cross_entropy or len(self.loss.values) < ENOUGH:
            return None
        found = trend(self.loss.values[len(self.loss.values) // 2 :])
        return self.late_loss < AT_CHANCE * self.chance or (found is not None and found.fall - found.margin > LEAST)

    def weight_units(self, names: set[str]) -> tuple[int, ...]:
        """Return the places of the units whose weights are among these parameters."""
        return tuple(place for place, weight in enumerate(self.series.head.weights) if weight in names)


def _divided(
    one: Curve | Curves, other: Curve | Curves
) -> tuple[Int[np.ndarray, " points"], Float[np.ndarray, "points ..."]]:
    """Return the steps at which both are known, and one divided by the other there."""
    steps, first, second = np.intersect1d(one.steps, other.steps, return_indices=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return steps, one.values[first] / other.values[second]


def late_places(steps: Int[np.ndarray, " points"], start: int) -> slice:
    """Return which points are late: those from a step on, or the latest few where these are fewer."""
    return slice(min(int(np.searchsorted(steps, start)), max(0, len(steps) - FEWEST_LATE)), None)


def late(curve: Curve, start: int) -> float:
    """Return the median of a curve's late points, of what is finite; NaN without anything."""
    rows = curve.values[late_places(curve.steps, start)]
    rows = rows[np.isfinite(rows)]
    return float(np.median(rows)) if len(rows) else math.nan


def columns_median(values: Float[np.ndarray, "points places"], places: int) -> Float[np.ndarray, " places"]:
    """Return each column's median over what is finite; NaN for a column without anything."""
    found = np.full(places, np.nan)
    for place in range(places):
        column = values[:, place]
        column = column[np.isfinite(column)]
        if len(column):
            found[place] = np.median(column)
    return found


def onset(above: Bool[np.ndarray, " points"]) -> int | None:
    """Return the index from which on a condition holds to the end; None when it does not hold at the end."""
    if not len(above) or not above[-1]:
        return None
    broken = np.flatnonzero(~above)
    return int(broken[-1]) + 1 if len(broken) else 0
