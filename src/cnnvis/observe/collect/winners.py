"""Which images hold a place among the best of some neuron."""

import numpy as np
from jaxtyping import Int

from cnnvis.observe.collect.top import samples_of, values_of
from cnnvis.schema.graph import LayerGraph

Keys = Int[np.ndarray, "neurons k"]


class Winners:
    """The images in each neuron's top-k; behind a rectifier, a neuron that never rises above 0 has none."""

    def __init__(self, graph: LayerGraph, representatives: tuple[str, ...], keys: Keys) -> None:
        self._keys = keys
        chosen = [np.full(unit.neurons, unit.id in representatives) for unit in graph.units]
        rectified = [np.full(unit.neurons, unit.rectified) for unit in graph.units]
        self._representative = np.concatenate([np.zeros(0, bool), *chosen])
        self._rectified = np.concatenate([np.zeros(0, bool), *rectified])

    def samples(self, *, only_representatives: bool) -> Int[np.ndarray, " images"]:
        """Return the sample ids, rising."""
        shown = (values_of(self._keys[:, 0]) > 0) | ~self._rectified
        if only_representatives:
            shown &= self._representative
        samples = np.unique(samples_of(self._keys[shown]))
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
