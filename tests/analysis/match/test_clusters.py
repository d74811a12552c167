"""Clusters at two moments: against all assignments, and by numpy's own correlation."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.match import alike, match_clusters


def parts(rng: np.random.Generator, neurons: int, clusters: int) -> list[list[int]]:
    assignment = rng.integers(0, clusters, neurons)
    found = [np.flatnonzero(assignment == cluster).tolist() for cluster in range(clusters)]
    return [members for members in found if members]


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 4))
def test_no_assignment_keeps_more_neurons(seed: int, before: int, after: int) -> None:
    rng = np.random.default_rng(seed)
    known, new = parts(rng, 14, before), parts(rng, 14, after)
    shared = [[len(set(one) & set(other)) for other in known] for one in new]
    size = max(len(new), len(known))
    padded = np.zeros((size, size), np.int64)
    padded[: len(new), : len(known)] = shared
    best = max(sum(padded[row, column] for row, column in enumerate(order)) for order in permutations(range(size)))
    found = match_clusters(known, new)
    taken = [int(column) for column in found if column >= 0]
    assert len(taken) == len(set(taken))
    for row, column in enumerate(found):
        if column >= 0:
            assert 2 * shared[row][column] >= min(len(new[row]), len(known[column]))
    # What was left out is at most what the weak pairs carry: less than half of the smaller one's neurons each.
    kept = sum(shared[row][column] for row, column in enumerate(found) if column >= 0)
    weak = sum(min(len(new[row]), max(map(len, known))) / 2 for row, column in enumerate(found) if column < 0)
    assert best - weak <= kept <= best


def test_clusters_that_stay_are_found_and_a_new_one_is_born() -> None:
    known = [[0, 1, 2, 3], [4, 5]]
    new = [[4, 5, 6], [0, 1, 2], [7, 8, 9]]
    assert match_clusters(known, new).tolist() == [1, 0, -1]
    assert match_clusters([], new).tolist() == [-1, -1, -1]
    assert match_clusters(known, []).tolist() == []


@given(st.integers(0, 10_000), st.integers(4, 8))
def test_alike_is_a_correlation_of_a_half(seed: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    now = rng.normal(size=(9, classes))
    later = now + rng.normal(size=(9, classes))
    now[3], later[4] = 0.0, 2.0
    missing = np.full((9, 1), np.nan)
    found = alike(np.hstack([now, missing]), np.hstack([later, later[:, :1]]))
    assert found is not None
    for neuron in range(9):
        one, other = now[neuron], later[neuron]
        expected = np.ptp(one) > 0 and np.ptp(other) > 0 and np.corrcoef(one, other)[0, 1] >= 0.5
        assert found[neuron] == expected


def test_three_classes_say_nothing() -> None:
    assert alike(np.ones((2, 3)), np.ones((2, 3))) is None
