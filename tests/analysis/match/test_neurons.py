"""Counterparts: against all permutations, and found again when a layer is shuffled."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.match import match_neurons
from cnnvis.analysis.match.neurons import WEAKEST


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def profiles(seed: int, neurons: int, classes: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(neurons, classes))


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 5))
def test_no_assignment_is_better(seed: int, rows: int, columns: int) -> None:
    """The definition, tried out: of all ways to pair neurons the one with the largest sum, without weak pairs."""
    source, target = profiles(seed, rows), profiles(seed + 1, columns)
    alike = np.array([[correlation(one, other) for other in target] for one in source])
    if rows <= columns:
        pairings = [list(enumerate(order)) for order in permutations(range(columns), rows)]
    else:
        pairings = [[(row, place) for place, row in enumerate(order)] for order in permutations(range(rows), columns)]
    best = max(pairings, key=lambda pairs: sum(alike[pair] for pair in pairs))
    found = match_neurons(source, target)
    if found.identity:
        assert rows == columns
        assert np.trace(alike) >= 0.8 * sum(alike[pair] for pair in best) - 1e-9
    else:
        expected = np.full(rows, -1)
        for row, column in best:
            expected[row] = column if alike[row, column] >= WEAKEST else -1
        np.testing.assert_array_equal(found.target, expected)


@given(st.integers(0, 10_000), st.integers(3, 12))
def test_a_shuffled_layer_is_found_again(seed: int, neurons: int) -> None:
    rng = np.random.default_rng(seed)
    source = profiles(seed, neurons, classes=10)
    order = rng.permutation(neurons)
    # Scale and offset of a neuron say nothing about what it answers to.
    target = source[order] * rng.uniform(0.5, 2.0, (neurons, 1)) + rng.normal(size=(neurons, 1))
    found = match_neurons(source, target)
    if found.identity:
        assert np.mean([correlation(*pair) for pair in zip(source, target, strict=True)]) >= 0.8 - 1e-9
    else:
        np.testing.assert_array_equal(order[found.target], np.arange(neurons))
        assert found.agreement == pytest.approx(1.0)


def test_the_same_layer_is_matched_by_number_dead_neurons_included() -> None:
    source = profiles(0, 6)
    source[3] = 0.25
    found = match_neurons(source, source + 0.01 * profiles(1, 6))
    assert found.identity
    np.testing.assert_array_equal(found.target, np.arange(6))


def test_a_neuron_that_does_not_vary_has_no_counterpart_elsewhere() -> None:
    source = profiles(0, 6, classes=10)
    source[3] = 0.1
    found = match_neurons(source, source[::-1])
    assert not found.identity
    np.testing.assert_array_equal(found.target, [5, 4, 3, -1, 1, 0])


def test_classes_without_images_do_not_count() -> None:
    source = profiles(0, 5, classes=8)
    missing = source.copy()
    missing[:, 2] = np.nan
    np.testing.assert_array_equal(match_neurons(source[::-1], missing).target, [4, 3, 2, 1, 0])


@pytest.mark.parametrize(("columns", "target"), [(3, [0, 1, 2, 3]), (0, [0, 1, 2, 3])])
def test_few_classes_leave_only_the_number(columns: int, target: list[int]) -> None:
    source = profiles(0, 4, classes=columns)
    found = match_neurons(source, source[::-1])
    assert found.identity
    assert found.agreement is None
    np.testing.assert_array_equal(found.target, target)
    np.testing.assert_array_equal(match_neurons(source, source[:3]).target, [-1] * 4)
