"""Orders of columns: against all orders, never worse than given, and steady under small changes."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.analysis.arrange import arrange
from cnnvis.analysis.arrange.columns import Columns
from tests.analysis.arrange.test_columns import picture


def least_crossings(columns: Columns) -> float:
    """Try all orders of the first of two columns; for the second, build up sets of clusters from the top."""
    first, second = columns.sizes
    least = np.inf
    for order in itertools.permutations(range(first)):
        pairs = columns.pairs(1, [list(order), list(range(second))])
        best = [0.0] * (1 << second)
        for inside in range(1, 1 << second):
            members = [cluster for cluster in range(second) if inside >> cluster & 1]
            best[inside] = min(
                best[inside ^ 1 << last] + sum(pairs[above, last] for above in members if above != last)
                for last in members
            )
        least = min(least, best[-1])
    return float(least) / 256**2


def test_small_pictures_are_nearly_always_optimal() -> None:
    ours, best, hits = 0.0, 0.0, 0
    for seed in range(16):
        first, second = np.random.default_rng(seed).integers(2, 6, 2).tolist()
        heights, links = picture(seed, [first, second])
        found, least = arrange(heights, links).crossings, least_crossings(Columns(heights, links))
        assert found >= least - 1e-9
        ours, best, hits = ours + found, best + least, hits + (found <= least + 1e-9)
    assert ours <= 1.02 * best
    assert hits >= 14


@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(0, 6), min_size=0, max_size=5))
def test_never_more_crossings_than_given(seed: int, sizes: list[int]) -> None:
    heights, links = picture(seed, sizes)
    found = arrange(heights, links)
    columns = Columns(heights, links)
    assert [sorted(order.tolist()) for order in found.orders] == columns.given()
    assert found.unordered == columns.crossings(columns.given())
    assert found.crossings == columns.crossings([order.tolist() for order in found.orders]) <= found.unordered
    assert found.moved is None
    again = arrange(heights, links)
    assert [order.tolist() for order in again.orders] == [order.tolist() for order in found.orders]


def test_hidden_order_is_found() -> None:
    rng = np.random.default_rng(0)
    hidden = [rng.permutation(8) for _ in range(4)]
    band = np.eye(8) + 0.5 * np.eye(8, k=1)
    links = {(one, one + 1): band[np.ix_(hidden[one], hidden[one + 1])] for one in range(3)}
    links[0, 3] = np.eye(8)[np.ix_(hidden[0], hidden[3])]
    found = arrange([np.ones(8)] * 4, links)
    assert found.unordered > 20
    assert found.crossings == 0.0


def places(orders: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    return [np.argsort(order).astype(float) for order in orders]


def test_small_changes_move_few_clusters() -> None:
    heights, links = picture(1, [8] * 5, density=0.4)
    first = arrange(heights, links)
    changed = {
        pair: matrix * np.random.default_rng(9).uniform(0.8, 1.2, matrix.shape) for pair, matrix in links.items()
    }
    warm, cold = arrange(heights, changed, previous=places(first.orders)), arrange(heights, changed)
    assert warm.moved is not None
    assert warm.moved <= 2
    assert warm.crossings <= 1.1 * cold.crossings
    same = arrange(heights, links, previous=places(first.orders))
    assert same.moved == 0


def test_new_cluster_finds_its_place_and_the_others_stay() -> None:
    links = {(0, 1): np.eye(5)}
    previous = [np.arange(5.0), np.array([0.0, 1.0, np.nan, 2.0, 3.0])]
    found = arrange([np.ones(5)] * 2, links, previous=previous)
    assert [order.tolist() for order in found.orders] == [list(range(5))] * 2
    assert (found.crossings, found.moved) == (0.0, 0)


def test_much_better_places_are_taken_from_an_earlier_order() -> None:
    links = {(0, 1): np.eye(5)}
    previous = [np.arange(5.0), np.array([4.0, 0.0, 1.0, 2.0, 3.0])]
    found = arrange([np.ones(5)] * 2, links, previous=previous)
    assert found.crossings == 0.0
    assert found.moved == 1


def test_new_columns_are_put_in_order_among_those_that_stay() -> None:
    heights, links = picture(3, [6] * 4, density=0.5)
    first = places(arrange(heights, links).orders)
    found = arrange(heights, links, previous=[first[0], np.full(6, np.nan), np.full(6, np.nan), first[3]])
    assert found.moved == 0
    assert found.crossings <= 1.1 * arrange(heights, links).crossings


def test_large_pictures() -> None:
    found = arrange(*picture(2, [12] * 20, density=0.1))
    assert found.crossings == pytest.approx(found.unordered * 0.75, rel=0.25)
