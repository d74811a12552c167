"""How much an order changed."""

from bisect import bisect_left

import numpy as np
from jaxtyping import Float, Int


def moved(places: Float[np.ndarray, " clusters"], order: Int[np.ndarray, " clusters"]) -> int:
    """Count the fewest clusters that must be taken out so that all others kept their order.

    Args:
        places: Where each cluster was; NaN for new ones, which are not counted.
        order: Clusters from top to bottom, now.

    """
    now = places[order]
    tails: list[float] = []
    old = now[np.isfinite(now)].tolist()
    for place in old:
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
    return len(old) - len(tails)
