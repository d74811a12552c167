"""Held and Karp against all orders."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform

from cnnvis.analysis.reorder.exact import shortest_path


@given(seed=st.integers(0, 1000), count=st.integers(1, 7))
def test_no_order_is_shorter(seed: int, count: int) -> None:
    apart = squareform(pdist(np.random.default_rng(seed).normal(size=(count, 2)))) if count > 1 else np.zeros((1, 1))

    def length(order: tuple[int, ...] | list[int]) -> float:
        return sum(float(apart[one, other]) for one, other in itertools.pairwise(order))

    found = shortest_path(apart)
    assert sorted(found) == list(range(count))
    assert length(found) == pytest.approx(min(length(order) for order in itertools.permutations(range(count))))
