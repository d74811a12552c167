"""The order of the in-between nodes of a gap."""

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.arrange.crossings import pair_crossings
from cnnvis.analysis.arrange.sift import sifted


def node_order(
    incoming: Float[np.ndarray, "nodes sources"],
    outgoing: Float[np.ndarray, "nodes targets"],
    *,
    heights: tuple[Float[np.ndarray, " sources"], Float[np.ndarray, " targets"]],
) -> Int[np.ndarray, " nodes"]:
    """Return the nodes from top to bottom, with few crossings and near the clusters that they join.

    Each aims at the middle between the mean of its sources and the mean of its targets, weighted; the order by aims is
    improved by moving single nodes.

    Args:
        incoming: What comes in from each source, 0 where it is not part of the bicluster.
        outgoing: What goes out to each target.
        heights: Middles of the sources' boxes and of the targets', downwards.

    """
    if not len(incoming):
        return np.zeros(0, dtype=np.int64)
    sums = [np.maximum(side.sum(axis=1), 1e-300) for side in (incoming, outgoing)]
    aims = (incoming @ heights[0] / sums[0] + outgoing @ heights[1] / sums[1]) / 2
    by_height = [np.argsort(side, kind="stable") for side in heights]
    links = np.concatenate([incoming[:, by_height[0]] > 0, outgoing[:, by_height[1]] > 0], axis=1)
    pairs = pair_crossings(links.astype(np.float64), np.array([0, len(heights[0])]))
    return np.array(sifted(np.argsort(aims, kind="stable").tolist(), pairs), dtype=np.int64)
