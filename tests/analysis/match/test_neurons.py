"""Counterparts: against all permutations, and found again when a layer is shuffled."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.match import match_neurons
from cnnvis.analysis.match.neurons import BY_CHANCE, WEAKEST, _least, _turned, normalised


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def profiles(seed: int, neurons: int, classes: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(neurons, classes))


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 5))
def test_no_assignment_is_better(seed: int, rows: int, columns: int) -> None:
    """The definition, tried out: of all ways to pair neurons the one with the largest sum, without chance pairs."""
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
        assert np.trace(alike) >= max(0.8 * sum(alike[pair] for pair in best), WEAKEST * rows) - 1e-9
    else:
        expected = np.full(rows, -1)
        for row, column in best:
            kept = found.least is not None and alike[row, column] >= found.least - 1e-9
            expected[row] = column if kept else -1
        np.testing.assert_array_equal(found.target, expected)
        assert found.least is None or found.least >= WEAKEST


@pytest.mark.parametrize(("neurons", "classes"), [(64, 10), (64, 4), (16, 10), (40, 100)])
def test_unrelated_layers_have_hardly_a_counterpart(neurons: int, classes: int) -> None:
    """Random profiles over 10 classes once gave 58 "counterparts" of 64 neurons, of a mean correlation of 0.70."""
    found = [
        match_neurons(profiles(seed, neurons, classes), profiles(seed + 100, neurons, classes)) for seed in range(8)
    ]
    assert not any(each.identity for each in found)
    assert np.mean([(each.target >= 0).sum() for each in found]) < 0.01 * neurons + 0.5


@pytest.mark.parametrize("neurons", [2, 3, 5])
def test_small_unrelated_layers_are_not_taken_to_be_the_same(neurons: int) -> None:
    same = [
        match_neurons(profiles(seed, neurons, 10), profiles(seed + 100, neurons, 10)).identity for seed in range(60)
    ]
    assert sum(same) <= 3


def test_what_is_alike_is_found_among_what_is_not() -> None:
    """Half the neurons have a counterpart, noisy and shuffled; the other half has none."""
    rng = np.random.default_rng(4)
    shared, order = profiles(1, 24, 20), rng.permutation(48)
    source = np.concatenate([shared, profiles(2, 24, 20)])
    target = np.concatenate([shared + 0.3 * profiles(3, 24, 20), profiles(5, 24, 20)])[order]
    found = match_neurons(source, target)
    there = np.flatnonzero(found.target >= 0)
    right = there[order[found.target[there]] == there]
    assert set(range(24)) == set(right.tolist())
    assert len(there) - len(right) <= 3


def threshold_by_definition(values: np.ndarray, chance: list[np.ndarray]) -> float | None:
    fitting = [
        value
        for value in values
        if value >= WEAKEST
        and np.mean([(each >= value).sum() for each in chance]) <= BY_CHANCE * (values >= value).sum()
    ]
    return min(fitting, default=None)


correlations = st.integers(1, 6).flatmap(
    lambda pairs: st.lists(st.lists(st.floats(0, 1), min_size=pairs, max_size=pairs), min_size=2, max_size=6)
)


@given(correlations)
def test_the_threshold_is_that_of_the_definition(rows: list[list[float]]) -> None:
    values, *arrays = (np.array(each) for each in rows)
    assert _least(values, arrays) == threshold_by_definition(values, arrays)


@given(st.integers(0, 1000), st.integers(2, 6), st.integers(4, 9))
def test_turning_keeps_how_profiles_differ_from_one_another(seed: int, neurons: int, classes: int) -> None:
    rows = normalised(profiles(seed, neurons, classes))
    one, two = _turned(rows, times=2)
    for turned in (one, two):
        np.testing.assert_allclose(turned @ turned.T, rows @ rows.T, atol=1e-9)
        np.testing.assert_allclose(turned.sum(axis=1), 0, atol=1e-9)
        assert not np.allclose(turned, rows)
    assert not np.allclose(one, two)


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
