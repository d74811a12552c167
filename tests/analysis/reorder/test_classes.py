"""The class order against all orders that the tree allows."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.reorder import class_order, class_tree, leaf_order
from cnnvis.analysis.reorder.classes import _standardised


def branches(tree: np.ndarray) -> list[set[int]]:
    """Leaves below each merge of a SciPy tree."""
    leaves = [{index} for index in range(len(tree) + 1)]
    for merge in tree:
        leaves.append(leaves[int(merge[0])] | leaves[int(merge[1])])
    return leaves[len(tree) + 1 :]


def keeps(order: np.ndarray, branch: set[int]) -> bool:
    places = [place for place, leaf in enumerate(order) if leaf in branch]
    return max(places) - min(places) == len(branch) - 1


def length(order: np.ndarray, rows: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(rows[np.asarray(order)], axis=0), axis=1).sum())


@given(seed=st.integers(0, 300), classes=st.integers(1, 6), features=st.integers(1, 4))
def test_leaf_order_is_the_shortest_that_the_tree_allows(seed: int, classes: int, features: int) -> None:
    columns = np.random.default_rng(seed).normal(size=(classes, features))
    tree, rows = class_tree(columns), _standardised(columns)
    order = leaf_order(tree, columns)
    assert sorted(order.tolist()) == list(range(classes))
    assert all(keeps(order, branch) for branch in branches(tree))
    allowed = [
        np.array(other)
        for other in itertools.permutations(range(classes))
        if all(keeps(np.array(other), branch) for branch in branches(tree))
    ]
    assert length(order, rows) == pytest.approx(min(length(other, rows) for other in allowed))


def test_alike_classes_are_neighbours_and_the_order_is_the_same_twice() -> None:
    columns = np.array([[0.0, 9.0], [5.0, 0.0], [0.1, 8.9], [5.1, 0.1], [9.0, 5.0]])
    order = class_order(columns).tolist()
    assert abs(order.index(0) - order.index(2)) == 1
    assert abs(order.index(1) - order.index(3)) == 1
    assert order == class_order(columns).tolist()


def test_classes_without_images_come_last() -> None:
    columns = np.array([[np.nan], [3.0], [1.0], [np.nan], [2.9]])
    assert class_order(columns).tolist()[3:] == [0, 3]
    assert sorted(class_order(columns).tolist()[:3]) == [1, 2, 4]


@pytest.mark.parametrize("classes", [0, 1, 2])
def test_few_classes_keep_their_order(classes: int) -> None:
    assert class_order(np.arange(float(classes))[:, None]).tolist() == list(range(classes))


def test_constant_features_do_not_matter() -> None:
    columns = np.random.default_rng(0).normal(size=(8, 3))
    wider = np.concatenate([columns, np.full((8, 1), 7.0)], axis=1)
    np.testing.assert_array_equal(class_order(columns), class_order(wider))


def test_many_classes_keep_the_branches_of_the_tree_together() -> None:
    columns = np.random.default_rng(0).normal(size=(520, 6))
    tree = class_tree(columns)
    order = leaf_order(tree, columns)
    assert sorted(order.tolist()) == list(range(520))
    assert all(keeps(order, branch) for branch in branches(tree)[::37])
