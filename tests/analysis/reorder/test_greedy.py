"""The first path against the greedy rule with all links, from its definition."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform

from cnnvis.analysis.reorder.greedy import greedy_path


def links(path: list[int]) -> set[frozenset[int]]:
    return {frozenset(pair) for pair in itertools.pairwise(path)}


def shortest_links_first(apart: np.ndarray) -> set[frozenset[int]]:
    count = len(apart)
    piece = {row: {row} for row in range(count)}
    made: list[tuple[int, int]] = []
    for one, other in sorted(((a, b) for a in range(count) for b in range(a)), key=lambda pair: apart[pair]):
        degrees = [sum(row in link for link in made) for row in (one, other)]
        if max(degrees) < 2 and piece[one] is not piece[other]:
            made.append((one, other))
            union = piece[one] | piece[other]
            for row in union:
                piece[row] = union
    return {frozenset(link) for link in made}


@given(seed=st.integers(0, 1000), count=st.integers(2, 20), features=st.integers(1, 4))
def test_same_links_as_the_rule_makes(seed: int, count: int, features: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(count, features))
    apart = np.rint(squareform(pdist(rows)) * 1e9).astype(np.int64)
    nearest = np.argsort(apart + np.eye(count, dtype=np.int64) * 10**15, axis=1)[:, : count - 1]
    path = greedy_path(apart, nearest)
    assert sorted(path) == list(range(count))
    assert links(path) == shortest_links_first(apart)


@given(seed=st.integers(0, 300), count=st.integers(4, 60), near=st.integers(1, 3))
def test_pieces_are_joined_when_the_nearest_are_used_up(seed: int, count: int, near: int) -> None:
    rows = np.round(np.random.default_rng(seed).normal(size=(count, 2)), 1)
    apart = np.rint(squareform(pdist(rows)) * 1e6).astype(np.int64)
    nearest = np.argsort(apart + np.eye(count, dtype=np.int64) * 10**12, axis=1, kind="stable")[:, :near]
    assert sorted(greedy_path(apart, nearest)) == list(range(count))
