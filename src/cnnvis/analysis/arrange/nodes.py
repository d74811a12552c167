"""Heights of the in-between nodes of a gap."""

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.arrange.crossings import pair_crossings
from cnnvis.analysis.arrange.sift import sifted


def node_places(
    incoming: Float[np.ndarray, "nodes sources"],
    outgoing: Float[np.ndarray, "nodes targets"],
    *,
    heights: tuple[Float[np.ndarray, " sources"], Float[np.ndarray, " targets"]],
    spacing: float,
) -> Float[np.ndarray, " nodes"]:
    """Return a height for each node, near the clusters that it joins, with few crossings and no overlap.

    Each aims at the middle between the mean of its sources and the mean of its targets, weighted. The order by aims is
    improved by moving single nodes; then all come as near to their aims as the spacing allows.

    Args:
        incoming: What comes in from each source, 0 where it is not part of the bicluster.
        outgoing: What goes out to each target.
        heights: Middles of the sources' boxes and of the targets'.
        spacing: Least distance between the middles of two nodes.

    """
    if not len(incoming):
        return np.zeros(0)
    sums = [np.maximum(side.sum(axis=1), 1e-300) for side in (incoming, outgoing)]
    aims = (incoming @ heights[0] / sums[0] + outgoing @ heights[1] / sums[1]) / 2
    by_height = [np.argsort(side, kind="stable") for side in heights]
    links = np.concatenate([incoming[:, by_height[0]] > 0, outgoing[:, by_height[1]] > 0], axis=1)
    starts = np.array([0, len(heights[0])])
    pairs = pair_crossings(links.astype(np.float64), starts)
    order = np.array(sifted(np.argsort(aims, kind="stable").tolist(), pairs), dtype=np.int64)
    return spread(aims, order, spacing=spacing)


def spread(
    aims: Float[np.ndarray, " nodes"], order: Int[np.ndarray, " nodes"], *, spacing: float
) -> Float[np.ndarray, " nodes"]:
    """Return heights in an order, at least the spacing apart, with the least sum of squared distances to the aims.

    Without the spacing that is isotonic regression: neighbours that would stand the wrong way round are pooled at
    their mean (Ayer and others 1955).
    """
    offsets = spacing * np.arange(len(aims))
    pools: list[tuple[float, int]] = []
    for aim in (aims[order] - offsets).tolist():
        mean, count = aim, 1
        while pools and pools[-1][0] >= mean:
            other, more = pools.pop()
            mean, count = (mean * count + other * more) / (count + more), count + more
        pools.append((mean, count))
    heights = np.empty(len(aims))
    heights[order] = np.repeat([mean for mean, _ in pools], [count for _, count in pools]) + offsets
    return heights
