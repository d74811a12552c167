"""Labels of neurons and their agreement with clusters, against slow definitions and planted neurons."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factors.images import COMBINATIONS, FACTORS
from tests.factors.measure import agreement, explained_by, labels_of


def slow_explained(profile: np.ndarray, factor: int) -> float:
    """Sum of squares between the values of a factor over the whole sum of squares, class by class."""
    mean = sum(profile) / 48
    whole = sum((value - mean) ** 2 for value in profile)
    between = 0.0
    for value in range(len(list(FACTORS.values())[factor])):
        members = [profile[number] for number, combination in enumerate(COMBINATIONS) if combination[factor] == value]
        between += len(members) * (sum(members) / len(members) - mean) ** 2
    return between / whole if whole else 0.0


@given(seed=st.integers(0, 1000), neurons=st.integers(1, 6))
def test_explained_variance_is_eta_squared(seed: int, neurons: int) -> None:
    profiles = np.random.default_rng(seed).gamma(1.0, 1.0, (neurons, 48))
    expected = [[slow_explained(profile, factor) for factor in range(3)] for profile in profiles]
    found = explained_by(profiles)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert (found.sum(axis=1) <= 1 + 1e-12).all()


def planted(values: list[tuple[int, int]], noise: float, seed: int = 0) -> np.ndarray:
    """Profiles of neurons that fire for one value of one factor."""
    rows = [[float(combination[factor] == value) for combination in COMBINATIONS] for factor, value in values]
    return np.array(rows) + np.random.default_rng(seed).normal(0.0, noise, (len(values), 48))


EVERY_VALUE = [(factor, value) for factor, values in enumerate(FACTORS.values()) for value in range(len(values))]


def test_planted_neurons_get_their_factor_and_value() -> None:
    factor, value = labels_of(planted(EVERY_VALUE, noise=0.2))
    assert factor.tolist() == [factor for factor, _ in EVERY_VALUE]
    assert value.tolist() == list(range(11))
    assert explained_by(planted(EVERY_VALUE, noise=0.0)).max(axis=1) == pytest.approx(np.ones(11))


def test_a_neuron_that_does_not_vary_explains_nothing() -> None:
    np.testing.assert_array_equal(explained_by(np.ones((1, 48))), np.zeros((1, 3)))


def test_agreement_is_one_for_the_planted_clusters_and_none_for_shuffled_labels() -> None:
    values = EVERY_VALUE * 6
    clusters = np.array([EVERY_VALUE.index(value) for value in values])
    found = agreement("planted", planted(values, noise=0.1), clusters, seed=0)
    assert found.by_value == 1.0
    assert found.by_factor < 0.5, "eleven clusters are not three factors"
    assert abs(found.shuffled) <= 0.05
    assert found.shuffled < found.highest_shuffled < 0.2
    assert (found.neurons, found.clusters) == (66, 11)
