"""Crossings counted by a tree and by matrices, against every pair of curves."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.arrange import crossings
from cnnvis.analysis.arrange.crossings import pair_crossings


def plain(starts: np.ndarray, ends: np.ndarray, weights: np.ndarray) -> float:
    pairs = itertools.combinations(range(len(starts)), 2)
    return sum(
        weights[one] * weights[other]
        for one, other in pairs
        if (starts[one] - starts[other]) * (ends[one] - ends[other]) < 0
    )


@given(seed=st.integers(0, 10_000), curves=st.integers(0, 30), heights=st.integers(1, 8))
def test_same_as_looking_at_every_pair(seed: int, curves: int, heights: int) -> None:
    rng = np.random.default_rng(seed)
    starts, ends = rng.integers(0, heights, (2, curves)).astype(float) / 3
    weights = rng.integers(1, 9, curves).astype(float)
    assert crossings(starts, ends, weights) == plain(starts, ends, weights)
    assert crossings(starts, ends) == plain(starts, ends, np.ones(curves))


@given(
    seed=st.integers(0, 10_000), clusters=st.integers(1, 5), sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3)
)
def test_crossings_of_each_two_clusters(seed: int, clusters: int, sizes: list[int]) -> None:
    links = np.random.default_rng(seed).integers(0, 4, (clusters, sum(sizes))).astype(float)
    ends = np.cumsum(sizes)
    found = pair_crossings(links, np.array([0, *ends[:-1]]))
    for one, other in itertools.permutations(range(clusters), 2):
        expected = 0.0
        for first, last in zip([0, *ends[:-1]], ends, strict=True):
            two = links[[one, other], first:last]
            starts, stops = (where.astype(float) for where in np.nonzero(two))
            expected += plain(starts, stops, two[two > 0])
        assert found[one, other] == pytest.approx(expected)
