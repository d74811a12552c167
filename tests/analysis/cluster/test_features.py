"""What neurons are compared by."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.cluster import has_profiles, probe_features, profile_features
from cnnvis.analysis.cluster.features import reduced


def test_profile_is_in_deviations_and_leaves_unseen_classes_out() -> None:
    after = np.array([[1.0, 2.0], [3.0, 2.0], [np.nan, np.nan]])
    profile = profile_features(after, np.array([2.0, 2.0]), np.array([0.5, 1.0]), np.array([4, 4, 0]))
    np.testing.assert_array_equal(profile, [[-2.0, 2.0, np.nan], [0.0, 0.0, np.nan]])


@given(seed=st.integers(0, 1000), neurons=st.integers(1, 6), classes=st.integers(1, 6))
def test_profile_equals_its_formula(seed: int, neurons: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    after, mean, std = rng.normal(size=(classes, neurons)), rng.normal(size=neurons), rng.uniform(0.1, 2, neurons)
    images = rng.integers(0, 3, classes)
    profile = profile_features(after, mean, std, images)
    for neuron in range(neurons):
        for index in range(classes):
            expected = (after[index, neuron] - mean[neuron]) / std[neuron] if images[index] else np.nan
            np.testing.assert_allclose(profile[neuron, index], expected)


def test_constant_neuron_has_a_flat_profile() -> None:
    """Rounding in the class means must not become a strong preference."""
    after = np.array([[0.1 + 1e-17], [0.1 - 1e-17]])
    for deviation in (0.0, 1e-17, np.nan):
        profile = profile_features(after, np.array([0.1]), np.array([deviation]), np.array([1, 1]))
        np.testing.assert_array_equal(profile, [[0.0, 0.0]])


def test_value_that_is_not_finite_takes_the_mean_of_the_others() -> None:
    after = np.array([[np.nan, 1.0, 3.0], [0.0, 0.0, 0.0]])
    profile = profile_features(after, np.zeros(3), np.ones(3), np.array([1, 1]))
    np.testing.assert_array_equal(profile[:, 0], [2.0, 1.0, 3.0])


def test_neuron_without_any_finite_number_is_like_the_average() -> None:
    after = np.array([[np.nan, 1.0], [np.nan, -1.0]])
    profile = profile_features(after, np.array([np.nan, 0.0]), np.array([np.nan, 1.0]), np.array([1, 1]))
    np.testing.assert_array_equal(profile, [[1.0, -1.0], [1.0, -1.0]])


@pytest.mark.parametrize(("images", "neurons"), [(40, 7), (7, 40), (1, 3), (50, 50), (3, 1)])
def test_probe_features_keep_the_distances_between_standardised_neurons(images: int, neurons: int) -> None:
    means = np.random.default_rng(images).normal(size=(images, neurons)) ** 2
    features = probe_features(means, components=64)
    varies = means.std(axis=0) > 0
    rows = np.where(varies, (means - means.mean(axis=0)) / np.where(varies, means.std(axis=0), 1), 0).T
    rows /= np.sqrt(images)
    apart = np.linalg.norm(rows[:, None] - rows[None], axis=-1)
    np.testing.assert_allclose(np.linalg.norm(features[:, None] - features[None], axis=-1), apart, atol=1e-6)


def test_probe_features_have_at_most_32_components_largest_first() -> None:
    features = probe_features(np.random.default_rng(0).normal(size=(100, 60)))
    assert features.shape == (60, 32)
    spread = (features**2).sum(axis=0)
    assert (np.diff(spread) <= 1e-9).all()


def test_probe_features_of_no_images_are_empty() -> None:
    assert probe_features(np.zeros((0, 4))).shape == (4, 0)
    assert reduced(np.zeros((0, 4)), 2).shape == (0, 2)


def test_profiles_need_eight_classes_with_images() -> None:
    assert has_profiles(np.array([1] * 8))
    assert not has_profiles(np.array([1] * 7 + [0] * 5))
