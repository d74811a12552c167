"""From neurons to clusters: excitation and inhibition apart, so that they do not cancel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

Cluster = Sequence[int]

PART = 32_768
"""Entries that are looked at together: so few stay in the processor's cache, which is four times as fast."""


@dataclass(frozen=True, eq=False)
class ClusterWeights:
    """Connections from clusters to clusters."""

    positive: Float64[np.ndarray, "sources targets"]
    """Sum of the positive entries between the two clusters, divided by the number of pairs of neurons; 0 and above."""
    negative: Float64[np.ndarray, "sources targets"]
    """The same of the negative entries; 0 and below."""


def aggregate(
    values: Float[np.ndarray, "sources targets"], sources: Sequence[Cluster], targets: Sequence[Cluster]
) -> ClusterWeights:
    """Return the connections between clusters (design: connections).

    Args:
        values: Signed weight from each source neuron to each target neuron.
        sources: The clusters of the source unit, as indices of neurons; an empty one connects to nothing.
        targets: The clusters of the target unit.

    """
    left, right = _shares(sources, values.shape[0]), _shares(targets, values.shape[1])
    positive, negative = (np.zeros((len(sources), values.shape[1])) for _ in range(2))
    rows = max(PART // max(values.shape[1], 1), 1)
    for first in range(0, len(values), rows):
        exact, share = values[first : first + rows].astype(np.float64), left[:, first : first + rows]
        positive += share @ np.maximum(exact, 0)
        negative += share @ np.minimum(exact, 0)
    return ClusterWeights(positive=positive @ right.T, negative=negative @ right.T)


def _shares(clusters: Sequence[Cluster], neurons: int) -> Float64[np.ndarray, "clusters neurons"]:
    """Return each neuron's share of its cluster."""
    shares = np.zeros((len(clusters), neurons))
    for row, members in enumerate(clusters):
        shares[row, list(members)] = 1 / max(len(members), 1)
    return shares
