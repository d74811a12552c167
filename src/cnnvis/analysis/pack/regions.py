"""Regions of a packing: branches of the cluster's hierarchy that are small enough to be packed as one."""

import numpy as np
from jaxtyping import Float, Int

MOST_TILES = 15
"""The paper's size of a leaf."""
FEW_TILES = 5
"""Branches with fewer tiles join a neighbour: alone they leave gaps that nothing fits into."""


def regions(tree: Float[np.ndarray, "merges 4"]) -> list[list[int]]:
    """Cut a hierarchy into runs of at most 15 leaves, in the order of the tree.

    The largest branches with at most 15 leaves are taken; those with fewer than five join the smaller of their
    neighbours in the order while both together keep to 15. Any branch with more leaves than that is therefore a run
    of whole regions, except for what its outermost ones took in.

    Args:
        tree: Merges in SciPy's linkage format.

    """
    count = len(tree) + 1
    found: list[list[int]] = []
    stack = [2 * count - 2]
    while stack:
        branch = stack.pop()
        if branch < count or tree[branch - count][3] <= MOST_TILES:
            found.append(_leaves(tree, branch))
        else:
            stack += [int(tree[branch - count][1]), int(tree[branch - count][0])]
    return _joined(found)


def ranked_regions(ranks: Int[np.ndarray, " tiles"]) -> list[list[int]]:
    """Cut a ranking into equal runs of at most 15, for neurons without a hierarchy."""
    runs = -(-len(ranks) // MOST_TILES)
    return [run.tolist() for run in np.array_split(ranks, runs)] if runs else []


def _leaves(tree: Float[np.ndarray, "merges 4"], branch: int) -> list[int]:
    count = len(tree) + 1
    leaves: list[int] = []
    stack = [branch]
    while stack:
        node = stack.pop()
        if node < count:
            leaves.append(node)
        else:
            stack += [int(tree[node - count][1]), int(tree[node - count][0])]
    return leaves


def _joined(found: list[list[int]]) -> list[list[int]]:
    """Let small regions join the smaller of their neighbours, the first small one first."""
    joined = [list(region) for region in found]
    place = 0
    while place < len(joined):
        beside = [other for other in (place - 1, place + 1) if 0 <= other < len(joined)]
        nearest = min(beside, key=lambda other: len(joined[other]), default=place)
        room = nearest != place and len(joined[nearest]) + len(joined[place]) <= MOST_TILES
        if len(joined[place]) < FEW_TILES and room:
            first = min(place, nearest)
            joined[first : first + 2] = [joined[first] + joined[first + 1]]
            place = first
        else:
            place += 1
    return joined
