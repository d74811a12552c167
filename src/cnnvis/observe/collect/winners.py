"""Which images hold a place among the best of some neuron."""

import numpy as np
from jaxtyping import Int

from cnnvis.observe.collect.top import samples_of, values_of
from cnnvis.schema.graph import LayerGraph

Keys = Int[np.ndarray, "neurons k"]


class Winners:
    """The images in the top-k of several parts of the data; a neuron that never rises above 0 has none."""

    def __init__(self, graph: LayerGraph, representatives: tuple[str, ...], parts: list[Keys]) -> None:
        self._parts = parts
        chosen = [np.full(unit.neurons, unit.id in representatives) for unit in graph.units]
        self._representative = np.concatenate([np.zeros(0, bool), *chosen])

    def samples(self, *, only_representatives: bool) -> Int[np.ndarray, " images"]:
        """Return the sample ids, rising."""
        found: list[Int[np.ndarray, " images"]] = []
        for keys in self._parts:
            rows = keys[self._representative] if only_representatives else keys
            active = rows[values_of(rows[:, 0]) > 0]
            found.append(np.unique(samples_of(active)))
        samples = np.unique(np.concatenate([np.zeros(0, np.int64), *found]))
        return samples[samples >= 0]

    def in_order(self) -> Int[np.ndarray, " images"]:
        """Return the sample ids, those of representative units first, then the rest; both rising."""
        first = self.samples(only_representatives=True)
        everything = self.samples(only_representatives=False)
        return np.concatenate([first, np.setdiff1d(everything, first, assume_unique=True)])

    def prune(self, outcomes: dict[int, tuple[int, int]]) -> None:
        """Forget the outcomes of images that hold no place."""
        wanted = set(self.samples(only_representatives=False).tolist())
        for sample in [sample for sample in outcomes if sample not in wanted]:
            del outcomes[sample]
