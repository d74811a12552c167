"""Columns: crossings of a whole picture against single curves, heights, and new clusters put in."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.analysis.arrange import crossings
from cnnvis.analysis.arrange.columns import FINENESS, Columns, ranked

Picture = tuple[list[np.ndarray], dict[tuple[int, int], np.ndarray]]


def picture(seed: int, sizes: list[int], density: float = 0.6) -> Picture:
    """Columns with connections between all, those that jump columns among them."""
    rng = np.random.default_rng(seed)
    links = {
        (one, other): rng.normal(size=(sizes[one], sizes[other])) * (rng.random((sizes[one], sizes[other])) < density)
        for one, other in itertools.combinations(range(len(sizes)), 2)
    }
    return [rng.uniform(1, 4, size) for size in sizes], links


def plain_crossings(
    heights: list[np.ndarray], links: dict[tuple[int, int], np.ndarray], orders: list[list[int]]
) -> float:
    total = 0.0
    for (source, target), matrix in links.items():
        place = [np.argsort(orders[column]).astype(float) for column in (source, target)]
        starts, ends = np.nonzero(matrix)
        weights = np.abs(matrix[starts, ends])
        if len(weights):
            total += crossings(place[0][starts], place[1][ends], weights / weights.mean())
    return total


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(0, 5), min_size=1, max_size=4))
def test_crossings_of_a_picture(seed: int, sizes: list[int]) -> None:
    heights, links = picture(seed, sizes)
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(size).tolist() for size in sizes]
    expected = plain_crossings(heights, links, orders)
    # Weights are rounded to a part of the mean one.
    assert Columns(heights, links).crossings(orders) == pytest.approx(expected, rel=8 / FINENESS, abs=8 / FINENESS)


def test_every_gap_has_the_same_say() -> None:
    heights, links = picture(0, [4, 4, 4])
    orders = [[2, 0, 1, 3], [0, 1, 2, 3], [3, 1, 0, 2]]
    scaled = {pair: matrix * 1000 ** pair[0] for pair, matrix in links.items()}
    assert Columns(heights, links).crossings(orders) == Columns(heights, scaled).crossings(orders)


def test_columns_are_centred_and_stacked() -> None:
    columns = Columns([np.array([2.0, 4.0]), np.array([1.0])], {})
    assert columns.centres([[1, 0], [0]]).tolist() == [2.0, -1.0, 0.0]
    assert columns.crossings([[1, 0], [0]]) == 0.0


def test_sweep_puts_clusters_at_the_mean_of_what_they_join() -> None:
    links = {(0, 1): np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])}
    columns = Columns([np.ones(3), np.ones(3)], links)
    assert columns.aims(1, columns.given()).tolist() == [1.0, 0.0, -1.0]
    assert columns.aims(1, columns.given(), side=1).tolist() == [-1.0, 0.0, 1.0]
    orders = columns.given()
    columns.sweep(orders, [0, 1], -1)
    assert orders == [[0, 1, 2], [2, 1, 0]]
    assert columns.crossings(orders) == 0.0
    assert columns.crossings(columns.given()) == pytest.approx(3.0)


def test_sift_leaves_no_column_that_could_be_better_by_one_move() -> None:
    columns = Columns(*picture(4, [5, 5, 5]))
    orders = columns.given()
    columns.sift(orders)
    least = columns.crossings(orders)
    assert least < columns.crossings(columns.given())
    for column in range(3):
        for place, to in itertools.permutations(range(5), 2):
            other = [list(order) for order in orders]
            other[column].insert(to, other[column].pop(place))
            assert columns.crossings(other) >= least


def test_new_clusters_are_put_where_they_aim() -> None:
    places = np.array([2.0, np.nan, 0.0, 1.0, np.nan])
    assert ranked(places, np.array([30.0, 15.0, 10.0, 20.0, 99.0])).tolist() == [2, 1, 3, 0, 4]
    assert ranked(np.full(3, np.nan), np.array([3.0, 1.0, 2.0])).tolist() == [1, 2, 0]
