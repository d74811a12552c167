"""The exact leaf order against all orders that the tree allows."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import pdist, squareform

from cnnvis.analysis.reorder.leaves import best_leaves


def flips(tree: np.ndarray, node: int) -> list[tuple[int, ...]]:
    """All orders of a branch: each merge may be written either way round."""
    count = len(tree) + 1
    if node < count:
        return [(node,)]
    sides = (flips(tree, int(tree[node - count][0])), flips(tree, int(tree[node - count][1])))
    return [pair for one, other in itertools.product(*sides) for pair in (one + other, other + one)]


def length(order: tuple[int, ...] | np.ndarray, apart: np.ndarray) -> float:
    return float(sum(apart[a, b] for a, b in itertools.pairwise(order)))


@given(seed=st.integers(0, 1000), leaves=st.integers(2, 7), method=st.sampled_from(["ward", "single", "average"]))
def test_no_order_of_the_tree_is_shorter(seed: int, leaves: int, method: str) -> None:
    rows = np.random.default_rng(seed).normal(size=(leaves, 2))
    tree, apart = linkage(rows, method), squareform(pdist(rows))
    allowed = flips(tree, 2 * leaves - 2)
    order = best_leaves(tree, apart)
    assert tuple(order.tolist()) in allowed
    assert length(order, apart) == pytest.approx(min(length(other, apart) for other in allowed))


@pytest.mark.parametrize("leaves", [40, 150])
def test_large_trees_are_never_longer_than_scipys(leaves: int) -> None:
    rows = np.random.default_rng(leaves).normal(size=(leaves, 5))
    tree, apart = linkage(rows, "ward"), squareform(pdist(rows))
    scipys = leaves_list(optimal_leaf_ordering(tree, pdist(rows)))
    assert length(best_leaves(tree, apart), apart) <= length(scipys, apart) + 1e-9


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 300), leaves=st.integers(2, 30), most=st.integers(1, 6))
def test_few_ends_keep_the_tree_and_cost_little(seed: int, leaves: int, most: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(leaves, 3))
    tree, apart = linkage(rows, "ward"), squareform(pdist(rows))
    order = best_leaves(tree, apart, most_ends=most)
    assert sorted(order.tolist()) == list(range(leaves))
    places = np.argsort(order)
    below = [[leaf] for leaf in range(leaves)]
    for merge in tree:
        below.append(below[int(merge[0])] + below[int(merge[1])])
        assert np.ptp(places[below[-1]]) == len(below[-1]) - 1
    exact = length(best_leaves(tree, apart), apart)
    assert exact - 1e-9 <= length(order, apart) <= 1.6 * exact
    np.testing.assert_array_equal(best_leaves(tree, apart, most_ends=leaves), best_leaves(tree, apart))


def test_hundred_ends_of_a_large_tree_are_nearly_exact() -> None:
    rows = np.random.default_rng(0).normal(size=(400, 20))
    tree, apart = linkage(rows, "ward"), squareform(pdist(rows))
    exact = length(best_leaves(tree, apart), apart)
    assert length(best_leaves(tree, apart, most_ends=50), apart) <= 1.005 * exact


def test_tree_as_deep_as_it_has_leaves() -> None:
    rows = np.cumsum(np.arange(1.0, 301.0))[:, None]
    tree, apart = linkage(rows, "single"), squareform(pdist(rows))
    order = best_leaves(tree, apart)
    assert length(order, apart) == pytest.approx(rows[-1, 0] - rows[0, 0])


def test_single_leaf() -> None:
    np.testing.assert_array_equal(best_leaves(np.zeros((0, 4)), np.zeros((1, 1))), [0])
