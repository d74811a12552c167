"""The best order of a tree's leaves, exactly (Bar-Joseph, Gifford and Jaakkola 2001)."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int


@dataclass(frozen=True, kw_only=True, eq=False)
class _Branch:
    """A branch of the tree, and what its best orders cost."""

    leaves: Int[np.ndarray, " leaves"]
    """Leaves of the first child, then those of the second."""
    children: tuple["_Branch", "_Branch"] | None
    across: Float[np.ndarray, "first second"]
    """Least cost of an order that starts at a leaf of the first child and ends at one of the second."""

    def ends(self) -> Float[np.ndarray, "leaves leaves"]:
        """Return the least cost of an order for any two ends; infinite for two ends in one child."""
        if self.children is None:
            return np.zeros((1, 1))
        cost = np.full((len(self.leaves), len(self.leaves)), np.inf)
        split = len(self.across)
        cost[:split, split:] = self.across
        cost[split:, :split] = self.across.T
        return cost


def best_leaves(
    tree: Float[np.ndarray, "merges 4"], apart: Float[np.ndarray, "leaves leaves"]
) -> Int[np.ndarray, " leaves"]:
    """Return the order of least sum of distances between neighbours among those that keep every branch together.

    SciPy's `optimal_leaf_ordering` misses it on a third of random Ward trees with six leaves, hence ours. For each
    branch and each pair of end leaves the cheapest order inside is known from its children by two min-plus products;
    in all that takes about the cube of the number of leaves.

    Args:
        tree: Merges in SciPy's linkage format.
        apart: Distances between leaves.

    """
    none = np.zeros((0, 0))
    branches = [_Branch(leaves=np.array([leaf]), children=None, across=none) for leaf in range(len(tree) + 1)]
    for merge in tree:
        first, second = branches[int(merge[0])], branches[int(merge[1])]
        bridged = _min_plus(first.ends(), apart[np.ix_(first.leaves, second.leaves)])
        across = _min_plus(bridged, second.ends())
        leaves = np.concatenate([first.leaves, second.leaves])
        branches.append(_Branch(leaves=leaves, children=(first, second), across=across))
    return _trace(branches[-1], apart)


def _min_plus(
    one: Float[np.ndarray, "rows inner"], other: Float[np.ndarray, "inner columns"]
) -> Float[np.ndarray, "rows columns"]:
    result = np.empty((len(one), other.shape[1]))
    for row, costs in enumerate(one):
        # Half of the ends are impossible: skipping them halves the work.
        inner = np.flatnonzero(np.isfinite(costs))
        result[row] = (costs[inner, None] + other[inner]).min(axis=0)
    return result


def _trace(root: _Branch, apart: Float[np.ndarray, "leaves leaves"]) -> Int[np.ndarray, " leaves"]:
    """Read the best order off the costs: a stack, since a tree may be as deep as it has leaves."""
    order = np.empty(len(root.leaves), dtype=np.int64)
    start, end = (0, 0) if root.children is None else np.unravel_index(int(root.across.argmin()), root.across.shape)
    stack = [(root, int(start), int(end) + len(root.across), 0, 1)]
    while stack:
        branch, first_end, second_end, place, step = stack.pop()
        if branch.children is None:
            order[place] = branch.leaves[0]
            continue
        split = len(branch.across)
        if first_end >= split:
            # Written from its second child to its first: the same order from the other end.
            first_end, second_end, place, step = second_end, first_end, place + step * (len(branch.leaves) - 1), -step
        left, right = branch.children
        bridge = left.ends()[first_end][:, None] + apart[np.ix_(left.leaves, right.leaves)]
        total = bridge + right.ends()[:, second_end - split][None, :]
        leave, enter = np.unravel_index(int(total.argmin()), total.shape)
        stack.append((left, first_end, int(leave), place, step))
        stack.append((right, int(enter), second_end - split, place + step * split, step))
    return order
