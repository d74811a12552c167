"""Tiles swapped and mirrored to lie where they were: never more moved, same outline, against all swaps there are."""

import itertools

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage

from cnnvis.analysis.pack import Packing, moved, pack_hierarchy
from cnnvis.analysis.pack.likeness import likest, swap_cost
from tests.analysis.pack.checks import check_is_sound


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 300), count=st.integers(2, 60))
@example(seed=139, count=25)  # the outline changes so much that the nearest spots count as farther
def test_it_stays_sound_and_moves_no_more(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    importance, rows = rng.gamma(3.0, 1.0, count), rng.normal(size=(count, 4))
    before = pack_hierarchy(importance, linkage(rows, "ward"))
    kept = np.where(rng.random(count) < 0.1, -1, np.arange(count))
    after = pack_hierarchy(rng.permutation(importance), linkage(rows, "ward"))
    alike = likest(after, before, kept)
    check_is_sound(alike)
    assert (alike.width, alike.height) == (after.width, after.height)
    np.testing.assert_array_equal(alike.side, after.side)
    assert moved(before, alike, kept).sum() <= moved(before, after, kept).sum()


def line(order: list[int]) -> Packing:
    """Tiles of 10 cells in a row."""
    count = len(order)
    x = np.zeros(count, np.int64)
    x[order] = 10 * np.arange(count)
    none = np.zeros(count, np.int64)
    return Packing(width=10 * count, height=10, x=x, y=none, side=none + 10, region=none, column=none)


@given(order=st.permutations(range(5)), lost=st.integers(-1, 4))
def test_equal_tiles_go_back_to_their_places(order: list[int], lost: int) -> None:
    before, kept = line([0, 1, 2, 3, 4]), np.where(np.arange(5) == lost, -1, np.arange(5))
    found = likest(line(order), before, kept)
    assert moved(before, found, kept).sum() == 0
    assert sorted(found.x.tolist()) == [0, 10, 20, 30, 40]
    least = min(
        int(moved(before, line(list(other)), kept).sum()) for other in itertools.permutations(range(5))
    )  # of all swaps
    assert least == 0


def test_mirrored_packing_is_mirrored_back() -> None:
    side = np.array([30, 20, 10])
    none = np.zeros(3, np.int64)
    before = Packing(
        width=50, height=30, x=np.array([0, 30, 30]), y=np.array([0, 0, 20]), side=side, region=none, column=none
    )
    turned = Packing(
        width=50, height=30, x=np.array([20, 0, 10]), y=np.array([0, 10, 0]), side=side, region=none, column=none
    )
    found = likest(turned, before, np.arange(3))
    np.testing.assert_array_equal(found.x, before.x)
    np.testing.assert_array_equal(found.y, before.y)


def test_a_way_beyond_the_side_is_dear() -> None:
    cost = swap_cost(np.array([[0.0, 0.0]]), np.array([[5.0, 2.0], [11.0, 0.0]]), 10.0)
    assert cost.tolist() == [[5.0, 1011.0]]
