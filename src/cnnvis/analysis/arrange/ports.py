"""The order in which curves leave and enter boxes and nodes."""

import numpy as np
from jaxtyping import Float, Int


def ports(
    starts: Int[np.ndarray, " curves"], ends: Int[np.ndarray, " curves"], places: Float[np.ndarray, "places 2"]
) -> tuple[Int[np.ndarray, " curves"], Int[np.ndarray, " curves"]]:
    """Return for each curve its port where it leaves and its port where it enters, 0 for the uppermost.

    At both sides curves are in the order of their slope, as rays from one point, so that those with a common end never
    cross: in particular none of one bundle. Curves between the same two places, such as excitation and inhibition, are
    in the order given, at both ends.

    Args:
        starts: Place where each curve leaves on the right: a box or a node.
        ends: Place where it enters from the left.
        places: x and y (downwards) of each box and node.

    """
    run, drop = (places[ends] - places[starts]).T
    slope = drop / run
    leaving = _ranks(starts, np.lexsort((ends, slope, starts)))
    entering = _ranks(ends, np.lexsort((starts, -slope, ends)))
    return leaving, entering


def _ranks(groups: Int[np.ndarray, " curves"], order: Int[np.ndarray, " curves"]) -> Int[np.ndarray, " curves"]:
    """Return the place of each curve within its group, given all in order, group by group."""
    sorted_groups = groups[order]
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - np.searchsorted(sorted_groups, sorted_groups)
    return ranks
