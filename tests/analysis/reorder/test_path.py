"""Paths against the exact shortest one, and what holds for any rows."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import pdist, squareform

from cnnvis.analysis.reorder import path_length, path_order
from cnnvis.analysis.reorder.exact import shortest_path
from cnnvis.analysis.reorder.path import MOST_EXACT, _searched


def rows_of(seed: int, count: int, features: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, features))


@given(seed=st.integers(0, 1000), count=st.integers(1, 7), features=st.integers(1, 3))
def test_few_rows_get_the_shortest_path_of_all(seed: int, count: int, features: int) -> None:
    rows = rows_of(seed, count, features)
    order = path_order(rows)
    assert sorted(order.tolist()) == list(range(count))
    shortest = min(path_length(rows, np.array(other)) for other in itertools.permutations(range(count)))
    assert path_length(rows, order) == pytest.approx(shortest)


@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 1000), count=st.integers(MOST_EXACT + 1, 11), features=st.integers(1, 4))
def test_search_comes_close_to_the_shortest_path_of_eleven_rows(seed: int, count: int, features: int) -> None:
    rows = rows_of(seed, count, features)
    exact = path_length(rows, np.array(shortest_path(squareform(pdist(rows)))))
    assert path_length(rows, path_order(rows)) <= exact * 1.06


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 1000), count=st.integers(0, 60), kind=st.sampled_from(["any", "equal", "line", "few values"])
)
def test_never_longer_than_the_order_given_and_the_same_twice(seed: int, count: int, kind: str) -> None:
    rows = rows_of(seed, count, 3)
    if kind == "equal":
        rows = np.ones_like(rows)
    elif kind == "line":
        rows = np.arange(float(count))[:, None]
    elif kind == "few values":
        rows = np.round(rows)
    order = path_order(rows)
    assert sorted(order.tolist()) == list(range(count))
    if count:
        assert path_length(rows, order) <= path_length(rows, np.arange(count)) + 1e-9
    np.testing.assert_array_equal(order, path_order(rows))
    if kind in {"equal", "line"}:
        np.testing.assert_array_equal(order, np.arange(count))


@pytest.mark.parametrize("count", [50, 300])
@pytest.mark.parametrize("features", [2, 10, 100])
def test_shorter_than_what_one_would_use_instead(count: int, features: int) -> None:
    rows = rows_of(count, count, features)
    ours = path_length(rows, path_order(rows))
    leaves = leaves_list(optimal_leaf_ordering(linkage(rows, "average"), pdist(rows)))
    assert ours < path_length(rows, leaves)
    assert ours < 0.95 * path_length(rows, np.arange(count))


def test_more_effort_is_never_worse() -> None:
    rows = rows_of(0, 200, 3)
    lengths = [path_length(rows, path_order(rows, effort=effort)) for effort in (0.0, 0.5, 1.0, 4.0)]
    assert lengths == sorted(lengths, reverse=True)


def test_scale_and_missing_features_do_not_matter() -> None:
    rows = rows_of(1, 40, 5)
    order = path_order(rows)
    np.testing.assert_array_equal(order, path_order(rows * 1024.0))
    missing = np.concatenate([rows, np.full((40, 1), np.nan)], axis=1)
    np.testing.assert_array_equal(order, path_order(missing))
    assert path_length(missing, order) == pytest.approx(path_length(rows, order))


def test_search_ends_where_no_single_change_helps() -> None:
    """2-opt from its definition: no reversal of a stretch shortens the path, but for links beyond the nearest."""
    rows = rows_of(2, 9, 2)
    apart = squareform(pdist(rows))
    order = np.array(_searched(apart, looks=0, seed=0))
    length = path_length(rows, order)
    for first, last in itertools.combinations(range(9), 2):
        other = np.concatenate([order[:first], order[first : last + 1][::-1], order[last + 1 :]])
        if first > 0 and last < 8:
            assert path_length(rows, other) >= length - 1e-5
