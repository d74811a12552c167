"""Clusters that moved, against trying which can stay."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.arrange import moved


@given(places=st.permutations(range(6)), order=st.permutations(range(6)), new=st.integers(0, 3))
def test_fewest_that_must_be_taken_out(places: list[int], order: list[int], new: int) -> None:
    before = np.array(places, dtype=float)
    before[:new] = np.nan
    old = [cluster for cluster in order if cluster >= new]
    longest = max(
        size
        for size in range(len(old) + 1)
        for kept in itertools.combinations(old, size)
        if all(before[one] < before[other] for one, other in itertools.pairwise(kept))
    )
    assert moved(before, np.array(order)) == len(old) - longest


def test_the_same_order_moved_nothing() -> None:
    assert moved(np.array([2.0, 0.0, 1.0]), np.array([1, 2, 0])) == 0
    assert moved(np.array([2.0, 0.0, 1.0]), np.array([0, 1, 2])) == 1
