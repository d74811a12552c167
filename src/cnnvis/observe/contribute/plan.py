"""What the second pass looks at: which probe images, and which classes each class is confused with."""

from dataclasses import dataclass
from math import prod

import numpy as np
from jaxtyping import Int

from cnnvis.observe.collect.probe import sample_hash
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.statistics import NeuronStatistics, ProbeSet

_NUMBER_BYTES = 4
_LARGEST_BATCH = 64


@dataclass(frozen=True, kw_only=True)
class ContributionLimits:
    """How far the second pass goes (design: contribution).

    Args:
        images: Probe images at most; None takes the whole probe set. Classes share them evenly.
        confused: Most confused classes per class; each costs one more backward pass.
        units: Ids of the units to look at; None takes all.
        batch: Images per backward pass; None takes what fits into ``memory_bytes``.
        memory_bytes: Memory for the maps and gradients of one batch.

    """

    images: int | None = None
    confused: int = 5
    units: tuple[str, ...] | None = None
    batch: int | None = None
    memory_bytes: int = 1 << 30

    def batch_images(self, graph: LayerGraph) -> int:
        """Return the images of one batch: as many as the memory holds maps and gradients of, 64 at most."""
        if self.batch is not None:
            return max(1, self.batch)
        numbers = 2 * sum(prod(layer.shape) for layer in graph.layers)
        return max(1, min(_LARGEST_BATCH, self.memory_bytes // max(1, numbers * _NUMBER_BYTES)))


def choose_images(
    probe: ProbeSet, classes: Int[np.ndarray, " classes"], limit: int | None
) -> Int[np.ndarray, " chosen"]:
    """Return positions in the probe set of the images of these classes; with a limit, as many of each as can be."""
    labelled = np.flatnonzero(np.isin(probe.labels, classes))
    if limit is None or limit >= len(labelled):
        return labelled
    hashes, labels = sample_hash(probe.samples[labelled]), probe.labels[labelled]
    order = np.lexsort((probe.samples[labelled], hashes, labels))
    starts = np.searchsorted(labels[order], labels[order])
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - starts
    return np.sort(labelled[np.lexsort((hashes, rank))[: max(0, limit)]])


def most_confused(
    statistics: NeuronStatistics, count: int, label_of_output: Int[np.ndarray, " outputs"] | None
) -> Int[np.ndarray, "classes count"]:
    """Return the classes that each class is most often confused with, in either direction; -1 where there is none.

    Ties: the class that more of its own images are taken for, then the lower class.
    """
    classes = len(statistics.class_images)
    taken = np.zeros((classes, classes), np.int64)
    width = min(classes, statistics.confusion.shape[1])  # columns beyond the classes are outputs without a class
    taken[:, :width] = statistics.confusion[:, :width]
    if label_of_output is not None:
        taken[:, np.setdiff1d(np.arange(classes), label_of_output)] = 0
    np.fill_diagonal(taken, 0)
    both = taken + taken.T
    if label_of_output is not None:
        both[:, np.setdiff1d(np.arange(classes), label_of_output)] = 0  # no output, hence nothing to differentiate
    result = np.full((classes, count), -1, np.int64)
    for label in np.flatnonzero(both.any(axis=1)).tolist():
        order = np.lexsort((np.arange(classes), -taken[label], -both[label]))[:count]
        chosen = order[both[label, order] > 0]
        result[label, : len(chosen)] = chosen
    return result
