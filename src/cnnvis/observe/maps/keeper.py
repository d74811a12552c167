"""Keeps one unit's wanted maps, and those of the images that excite each neuron least so far."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Bool, Int

from cnnvis.observe.maps.plan import UnitPlan
from cnnvis.observe.maps.readings import Highest, Readings, highest_of, read
from cnnvis.schema.graph import Layer
from cnnvis.schema.maps import LEAST, UnitMaps

_NOBODY = np.iinfo(np.int64).max
"""Sample id of a place that no image has taken: sorts behind all others."""


class Keeper:
    """Sees one unit's values while the model runs.

    Args:
        plan: What is wanted of the unit.
        before: The layer whose output goes into the non-linearity.
        after: The layer whose output comes out of it; the same where there is none.

    """

    def __init__(self, plan: UnitPlan, before: Layer, after: Layer) -> None:
        self.plan = plan
        self.before, self.after = before, after
        self.found = Readings.empty(len(plan.neuron), plan.size)
        self.lowest = Lowest(plan)
        self._samples = np.zeros(0, np.int64)
        self._candidate = np.zeros(0, bool)
        self._highest: Highest | None = None

    def start(self, samples: Int[np.ndarray, " images"], candidate: Bool[np.ndarray, " images"]) -> None:
        """Get ready for a batch of these images; ``candidate``: which may be among the least exciting ones."""
        self._samples, self._candidate, self._highest = samples, candidate, None

    def callbacks(self) -> list[tuple[str, Callable[[torch.Tensor], None]]]:
        """Return what to call at which event, in this order."""
        return [(self.before.event, self._on_before), (self.after.event, self._on_after)]

    def result(self) -> UnitMaps:
        """Return everything that was found; the same pair of neuron and image comes once."""
        neuron, sample, least = self.lowest.taken()
        neurons, samples = np.concatenate([self.plan.neuron, neuron]), np.concatenate([self.plan.sample, sample])
        readings = self.found.and_then(least)
        seen = np.flatnonzero(np.isfinite(readings.value))
        order = seen[np.lexsort((samples[seen], neurons[seen]))]
        again = (np.diff(neurons[order]) == 0) & (np.diff(samples[order]) == 0)
        order = order[np.concatenate([np.ones(min(1, len(order)), bool), ~again])]
        known = set(zip(neurons[order].tolist(), samples[order].tolist(), strict=True))
        typical = [
            [sample if (neuron, sample) in known else -1 for sample in row]
            for neuron, row in enumerate(self.plan.typical.tolist())
        ]
        return UnitMaps(
            neuron=neurons[order],
            sample=samples[order],
            **vars(readings.take(order)),
            typical=np.array(typical, np.int64).reshape(self.plan.typical.shape),
            least=self.lowest.samples(),
        )

    def _on_before(self, output: torch.Tensor) -> None:
        self._highest = highest_of(output, self.before, len(self._samples))

    def _on_after(self, output: torch.Tensor) -> None:
        if self._highest is None:
            return
        rows = np.flatnonzero(np.isin(self.plan.sample, self._samples))
        order = np.argsort(self._samples)
        images = order[np.searchsorted(self._samples, self.plan.sample[rows], sorter=order)]
        wanted = read(output, self.after, self._highest, (images, self.plan.neuron[rows]), self.plan.size)
        self.found.put(rows, wanted)
        entered = self.lowest.enter(self._highest, self._samples, np.flatnonzero(self._candidate))
        if entered is not None:
            images, neurons, places = entered
            self.lowest.put(places, read(output, self.after, self._highest, (images, neurons), self.plan.size))


class Lowest:
    """The images with the lowest values so far, per neuron; ties go to the lower sample id.

    Args:
        plan: How many are wanted, of which neurons.

    """

    def __init__(self, plan: UnitPlan) -> None:
        self.plan = plan
        count = (len(plan.alive), plan.least)
        self._value = np.full(count, np.inf, np.float32)
        self._sample = np.full(count, _NOBODY)
        self._readings = Readings.empty(count[0] * count[1], plan.size)

    def enter(
        self, highest: Highest, samples: Int[np.ndarray, " images"], images: Int[np.ndarray, " candidates"]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """Let images of a batch compete; return image, neuron and place of those whose readings are to be `put`."""
        least = self.plan.least
        if not self._value.size or not len(images):
            return None
        value = highest.value[images][:, self.plan.alive].T
        value = np.where(np.isfinite(value), value, np.inf)
        values = np.concatenate([self._value, value], axis=1)
        names = np.where(np.isfinite(value), samples[images], _NOBODY)
        names = np.concatenate([self._sample, names], axis=1)
        best = np.lexsort((names, values), axis=1)[:, :least]
        self._value = np.take_along_axis(values, best, 1)
        self._sample = np.take_along_axis(names, best, 1)
        stay = best < least
        base = np.arange(len(best))[:, None] * least
        kept = np.flatnonzero(stay)
        self._readings.put(kept, self._readings.take((base + best).ravel()[kept]))
        places = np.flatnonzero(~stay & (self._sample != _NOBODY))
        return images[best.ravel()[places] - least], self.plan.alive[places // least], places

    def put(self, places: Int[np.ndarray, " places"], readings: Readings) -> None:
        """Keep what was read of images that have entered."""
        self._readings.put(places, readings)

    def taken(self) -> tuple[Int[np.ndarray, " entries"], Int[np.ndarray, " entries"], Readings]:
        """Return neurons, sample ids and readings of all places that are taken."""
        places = np.flatnonzero(self._sample != _NOBODY)
        neurons = self.plan.alive[places // max(1, self.plan.least)]
        return neurons, self._sample.ravel()[places], self._readings.take(places)

    def samples(self) -> Int[np.ndarray, "neurons least"]:
        """Return the sample ids per neuron of the unit, lowest value first; -1 where there is none."""
        rows = np.full((len(self.plan.typical), LEAST), -1, np.int64)
        rows[self.plan.alive, : self.plan.least] = np.where(self._sample == _NOBODY, -1, self._sample)
        return rows
