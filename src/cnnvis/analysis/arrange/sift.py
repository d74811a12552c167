"""The order of one column while the others stand still."""

import numpy as np
from jaxtyping import Float

Worth = float | Float[np.ndarray, " _"]
"""A move has to save more than this; for all clusters, or for each."""
MOST_ROUNDS = 50


def sifted(order: list[int], pairs: Float[np.ndarray, "clusters clusters"], *, worth: Worth = 0.0) -> list[int]:
    """Move one cluster at a time to where it makes the fewest crossings, until no move helps.

    Exchanges of neighbours are such moves. Among equally good places the nearest is taken, among those the upper.

    Args:
        order: Clusters from top to bottom.
        pairs: Crossings of each two, the first standing above (see `pair_crossings`).
        worth: See `Worth`.

    """
    least: list[float] = np.broadcast_to(worth, len(pairs)).tolist()
    # Plain numbers: columns have few clusters, and an array operation costs as much as a whole row of these.
    change: list[list[float]] = (pairs - pairs.T).tolist()
    order = list(order)
    for _ in range(MOST_ROUNDS):
        still = True
        for cluster in tuple(order):
            place = order.index(cluster)
            to = _best_place(order, place, change, least[cluster])
            if to != place:
                order.insert(to, order.pop(place))
                still = False
        if still:
            break
    return order


def _best_place(order: list[int], place: int, change: list[list[float]], worth: float) -> int:
    """Return where the cluster at a place makes the fewest crossings."""
    cluster = order[place]
    own = change[cluster]
    best, to = -worth, place
    passed = 0.0
    for other in range(place - 1, -1, -1):
        passed += own[order[other]]
        if passed < best:
            best, to = passed, other
    passed = 0.0
    for other in range(place + 1, len(order)):
        passed -= own[order[other]]
        if passed < best or (passed == best < -worth and other - place < place - to):
            best, to = passed, other
    return to


def crossings_of(order: list[int], pairs: Float[np.ndarray, "clusters clusters"]) -> float:
    """Return the crossings on all curves of a column in an order."""
    return float(np.triu(pairs[np.ix_(order, order)], k=1).sum())
