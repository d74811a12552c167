"""Ward, K-Means and MeanShift against slow or independent versions."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import MeanShift

from cnnvis.analysis.cluster import adjusted_rand
from cnnvis.analysis.cluster.methods import (
    MEANSHIFT_SEEDS,
    MOST_ROUNDS,
    cut,
    kmeans,
    meanshift,
    meanshifts,
    renumbered,
    ward_tree,
)
from cnnvis.analysis.cluster.silhouette import distances


def slow_ward(rows: np.ndarray, k: int) -> np.ndarray:
    """Join, again and again, the two clusters whose union raises the sum of squares least (Ward 1963)."""
    clusters = [[index] for index in range(len(rows))]

    def squares(members: list[int]) -> float:
        return float(((rows[members] - rows[members].mean(axis=0)) ** 2).sum())

    while len(clusters) > k:
        first, second = min(
            itertools.combinations(range(len(clusters)), 2),
            key=lambda pair: (
                squares(clusters[pair[0]] + clusters[pair[1]]) - squares(clusters[pair[0]]) - squares(clusters[pair[1]])
            ),
        )
        clusters[first] += clusters.pop(second)
    assignment = np.empty(len(rows), dtype=np.int64)
    for number, members in enumerate(clusters):
        assignment[members] = number
    return assignment


@given(seed=st.integers(0, 500), neurons=st.integers(2, 10), k=st.integers(1, 5))
def test_ward_equals_its_definition(seed: int, neurons: int, k: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(neurons, 3))
    found = cut(ward_tree(distances(rows)), min(k, neurons))
    assert adjusted_rand(found, slow_ward(rows, min(k, neurons))) == 1.0
    assert found.max() + 1 == min(k, neurons)


def slow_kmeans(rows: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Lloyd's two steps in turn, until nothing moves."""
    found = start.copy()
    while True:
        centres = [rows[found == cluster].mean(axis=0) for cluster in range(start.max() + 1)]
        again = np.array([min(range(len(centres)), key=lambda c: ((row - centres[c]) ** 2).sum()) for row in rows])
        if (again == found).all():
            return found
        found = again


def slow_meanshift(rows: np.ndarray, bandwidth: float) -> np.ndarray:
    """Move every row to the mean of its neighbours until it rests; rows that rest together belong together."""
    resting = rows.copy()
    for place in range(len(rows)):
        for _ in range(500):
            near = np.linalg.norm(rows - resting[place], axis=1) <= bandwidth
            resting[place] = rows[near].mean(axis=0)
    found = np.full(len(rows), -1)
    for place in range(len(rows)):
        if found[place] < 0:
            together = (found < 0) & (np.linalg.norm(resting - resting[place], axis=1) <= bandwidth)
            found[together] = found.max() + 1
    return found


@given(seed=st.integers(0, 200), k=st.integers(1, 4))
def test_kmeans_equals_the_slow_one(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(20, 4)) + 8 * rng.integers(0, 3, 20)[:, None]
    start = cut(ward_tree(distances(rows)), k)
    assert adjusted_rand(kmeans(rows, start), slow_kmeans(rows, start).astype(np.int64)) == 1.0


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("bandwidth", [0.8, 1.5, 3.0])
def test_meanshift_finds_the_modes_of_the_slow_one(seed: int, bandwidth: float) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(40, 2)) * 0.2 + 6 * rng.integers(0, 3, (40, 1))
    assert adjusted_rand(meanshift(rows, bandwidth), slow_meanshift(rows, bandwidth).astype(np.int64)) == 1.0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("count", "bandwidth"), [(50, 1.0), (250, 2.5), (700, 1.5), (700, 3.0)])
def test_meanshift_equals_scikit_learns(seed: int, count: int, bandwidth: float) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, 5)) + 4 * rng.normal(size=(6, 5))[rng.integers(0, 6, count)]
    seeds = rows[:: max(1, -(-count // MEANSHIFT_SEEDS))]
    theirs = MeanShift(bandwidth=bandwidth, seeds=seeds, max_iter=MOST_ROUNDS).fit_predict(rows)
    np.testing.assert_array_equal(meanshift(rows, bandwidth), renumbered(theirs.astype(np.int64)))


def test_meanshifts_finds_well_separated_groups() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(4), 12)
    rows = 10 * np.eye(4, 20)[truth] + rng.normal(size=(48, 20))
    assert max(adjusted_rand(found, truth) for found in meanshifts(rows)) == 1.0


def test_meanshifts_of_equal_rows_finds_nothing_to_split() -> None:
    assert meanshifts(np.ones((5, 3))) == []


def test_renumbered_counts_by_first_row() -> None:
    np.testing.assert_array_equal(renumbered(np.array([7, 3, 7, 9])), [0, 1, 0, 2])
