"""How often curves cross: counted one by one, and for each two clusters of a column by which stands above."""

import numpy as np
from jaxtyping import Float, Int


def crossings(
    starts: Float[np.ndarray, " curves"],
    ends: Float[np.ndarray, " curves"],
    weights: Float[np.ndarray, " curves"] | None = None,
) -> float:
    """Count the pairs of curves that cross between two columns; those that share an end do not.

    From top to bottom by start, a sum over all ends below is kept in a binary indexed tree (Fenwick 1994).

    Args:
        starts: Height of each curve in the first column.
        ends: Its height in the second.
        weights: A pair counts the product of its weights; without them 1.

    """
    strength = np.ones(len(starts)) if weights is None else weights
    places, rank = np.unique(ends, return_inverse=True)
    tree = [0.0] * (len(places) + 1)
    total = 0.0
    order = np.lexsort((-rank, starts)).tolist()
    heights, below = starts.tolist(), (len(places) - rank).tolist()
    amounts = strength.tolist()
    first = 0
    while first < len(order):
        last = first
        while last < len(order) and heights[order[last]] == heights[order[first]]:
            total += amounts[order[last]] * _before(tree, below[order[last]] - 1)
            last += 1
        for curve in order[first:last]:
            _add(tree, below[curve], amounts[curve])
        first = last
    return total


def _before(tree: list[float], place: int) -> float:
    found = 0.0
    while place > 0:
        found += tree[place]
        place &= place - 1
    return found


def _add(tree: list[float], place: int, amount: float) -> None:
    while place < len(tree):
        tree[place] += amount
        place += place & -place


def pair_crossings(
    links: Float[np.ndarray, "clusters others"], starts: Int[np.ndarray, " columns"]
) -> Float[np.ndarray, "clusters clusters"]:
    """Return for each two clusters of a column the weight of crossings between their curves, the first standing above.

    Args:
        links: Weight of the curve from each cluster to each one of the other columns, these from top to bottom.
        starts: Where in the second axis each of the other columns begins.

    """
    above = np.cumsum(links, axis=1) - links
    sizes = np.diff(np.append(starts, links.shape[1]))
    return links @ (above - np.repeat(above[:, starts], sizes, axis=1)).T
