"""What the search keeps account of: gains are what the path really got shorter by."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform

from cnnvis.analysis.reorder.search import _Search, shorten


def whole_distances(seed: int, count: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 2))
    return np.rint(squareform(pdist(rows)) * 1e6).astype(np.int64)


def nearest_of(apart: np.ndarray, near: int) -> np.ndarray:
    return np.argsort(apart + np.eye(len(apart), dtype=np.int64) * 10**9, axis=1, kind="stable")[:, :near]


def length(apart: np.ndarray, path: list[int]) -> int:
    return int(apart[path[:-1], path[1:]].sum())


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2000), count=st.integers(5, 40), near=st.integers(2, 8))
def test_gains_add_up_to_what_the_path_got_shorter(seed: int, count: int, near: int) -> None:
    apart = whole_distances(seed, count)
    path = np.random.default_rng(seed).permutation(count).tolist()
    search = _Search(apart, nearest_of(apart, min(near, count - 1)), path)
    gained = search.settle(path)
    assert length(apart, path) - length(apart, search.path()) == gained
    rng = random.Random(seed)
    for _ in range(10):
        before = length(apart, search.path())
        search.shake(rng)
        assert length(apart, search.path()) <= before
    assert sorted(search.path()) == list(range(count))


def test_path_is_never_longer_than_the_first() -> None:
    apart = whole_distances(0, 60)
    first = list(range(60))
    found = shorten(apart, nearest_of(apart, 8), first, looks=2000, seed=1)
    assert sorted(found) == first
    assert length(apart, found) < length(apart, first)
    assert found == shorten(apart, nearest_of(apart, 8), first, looks=2000, seed=1)
