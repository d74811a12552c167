"""Class groups: branches of the tree, runs of the order, nested and balanced."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import leaves_list, linkage

from cnnvis.analysis.reorder import ClassGroup, class_groups, class_tree, leaf_order


def check(group: ClassGroup, order: np.ndarray, branches: set[frozenset[int]], visible: int) -> None:
    assert frozenset(order[group.start : group.stop].tolist()) in branches, "a group is a branch of the tree"
    if group.classes > visible:
        check_cover(group.groups, group.start, group.stop, visible)
    else:
        assert group.groups == (), "small groups open into their classes"
    for inner in group.groups:
        check(inner, order, branches, visible)


def check_cover(groups: tuple[ClassGroup, ...], start: int, stop: int, visible: int) -> None:
    assert 2 <= len(groups) <= visible
    assert [group.start for group in groups] == [start, *(group.stop for group in groups[:-1])]
    assert groups[-1].stop == stop


@settings(deadline=None)
@given(
    seed=st.integers(0, 500),
    classes=st.integers(2, 90),
    visible=st.integers(2, 12),
    method=st.sampled_from(["ward", "single"]),
)
def test_groups_are_nested_branches_without_gaps(seed: int, classes: int, visible: int, method: str) -> None:
    columns = np.random.default_rng(seed).normal(size=(classes, 3))
    tree = linkage(columns, method)
    order = leaf_order(tree, columns)
    below = [{leaf} for leaf in range(classes)]
    for merge in tree:
        below.append(below[int(merge[0])] | below[int(merge[1])])
    branches = {frozenset(branch) for branch in below}
    groups = class_groups(tree, order, visible=visible)
    if classes > visible:
        check_cover(groups, 0, classes, visible)
        assert len(groups) == visible
        largest = max(group.classes for group in groups)
        assert largest == least_largest(tree, visible), "as balanced as the tree allows"
    for group in groups:
        check(group, order, branches, visible)
    assert groups == class_groups(tree, order, visible=visible)


def least_largest(tree: np.ndarray, parts: int) -> int:
    """The least size of the largest of so many branches: divide all that are larger than a bound, by trying bounds."""
    count = len(tree) + 1
    sizes = [1] * count + [int(merge[3]) for merge in tree]

    def needed(node: int, bound: int) -> int:
        stack, found = [node], 0
        while stack:
            at = stack.pop()
            if sizes[at] <= bound:
                found += 1
            else:
                stack += [int(tree[at - count][0]), int(tree[at - count][1])]
        return found

    return next(bound for bound in range(1, count + 1) if needed(2 * count - 2, bound) <= parts)


def test_few_classes_are_their_own_groups() -> None:
    columns = np.random.default_rng(0).normal(size=(10, 3))
    tree = class_tree(columns)
    groups = class_groups(tree, leaf_order(tree, columns))
    assert [(group.start, group.stop, group.groups) for group in groups] == [(at, at + 1, ()) for at in range(10)]
    assert class_groups(np.zeros((0, 4)), np.array([0])) == (ClassGroup(start=0, stop=1),)


def test_orders_that_tear_branches_apart_are_refused() -> None:
    tree = class_tree(np.array([[0.0], [1.0], [10.0], [11.0]]))
    assert leaves_list(tree).tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="together"):
        class_groups(tree, np.array([0, 2, 1, 3]), visible=2)
    with pytest.raises(ValueError, match="at least 2"):
        class_groups(tree, np.arange(4), visible=1)
    with pytest.raises(ValueError, match="4 classes"):
        class_groups(tree, np.arange(3))
