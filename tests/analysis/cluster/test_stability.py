"""The adjusted Rand index against a count of pairs, and stability on clear and on random data."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from cnnvis.analysis.cluster import Method, adjusted_rand, cluster_neurons, profile_features, stability


def slow_adjusted_rand(one: np.ndarray, other: np.ndarray) -> float:
    """Count pairs of items: together in both, in one, in the other (Hubert and Arabie 1985)."""
    pairs = list(itertools.combinations(range(len(one)), 2))
    both = sum(one[a] == one[b] and other[a] == other[b] for a, b in pairs)
    first = sum(one[a] == one[b] for a, b in pairs)
    second = sum(other[a] == other[b] for a, b in pairs)
    expected = first * second / len(pairs)
    most = (first + second) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


@given(data=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=12))
def test_adjusted_rand_equals_the_count_of_pairs(data: list[tuple[int, int]]) -> None:
    one, other = (np.array(side, dtype=np.int64) for side in zip(*data, strict=True))
    assert adjusted_rand(one, other) == pytest.approx(slow_adjusted_rand(one, other))
    assert adjusted_rand(one, other) == pytest.approx(adjusted_rand_score(one, other))


def probe(noise: float, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images whose neurons answer to one of three groups of classes, and the features of all of them."""
    rng = np.random.default_rng(seed)
    labels = np.arange(200) % classes
    kind = np.arange(30) % 3
    means = (labels[:, None] % 3 == kind[None, :]) + noise * rng.normal(size=(200, 30))
    per_class = np.stack([means[labels == index].mean(axis=0) for index in range(classes)])
    counts = np.bincount(labels, minlength=classes)
    return means, labels, profile_features(per_class, means.mean(axis=0), means.std(axis=0), counts)


@pytest.mark.parametrize("method", ["ward", "kmeans", "meanshift"])
@pytest.mark.parametrize("classes", [9, 3])
def test_clear_clusters_are_stable_with_and_without_enough_classes(method: Method, classes: int) -> None:
    means, labels, features = probe(0.1, classes)
    found = cluster_neurons(features, np.zeros(30, dtype=np.bool_), method=method)
    assert found.k == 3
    assert stability(means, labels, found, classes=classes) == pytest.approx(1.0, abs=0.02)


def test_noise_is_not_stable_and_the_seed_decides() -> None:
    rng = np.random.default_rng(0)
    means, labels = rng.normal(size=(100, 40)), np.arange(100) % 10
    found = cluster_neurons(rng.normal(size=(40, 5)), np.zeros(40, dtype=np.bool_), k=4)
    first = stability(means, labels, found, classes=10)
    assert first is not None
    assert abs(first) < 0.3
    assert first == stability(means, labels, found, classes=10)
    assert first != stability(means, labels, found, classes=10, seed=1)


def test_images_without_labels_are_left_out_of_profiles() -> None:
    means, labels, features = probe(0.1, 9)
    labels = np.where(np.arange(200) < 100, -1, labels)
    found = cluster_neurons(features, np.zeros(30, dtype=np.bool_))
    assert stability(means, labels, found, classes=9) == pytest.approx(1.0)


def test_never_active_neurons_and_large_layers_are_judged_on_some_that_fire() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 10
    truth = np.arange(500) % 3
    means = (labels[:, None] % 3 == truth[None, :]) + 0.05 * rng.normal(size=(60, 500))
    found = cluster_neurons(np.eye(3)[truth] + 0.01 * rng.normal(size=(500, 3)), np.arange(500) < 4)
    assert stability(means, labels, found, classes=10) == pytest.approx(1.0)


def test_nothing_to_agree_on_has_no_stability() -> None:
    single = cluster_neurons(np.ones((4, 2)), np.zeros(4, dtype=np.bool_))
    assert stability(np.ones((9, 4)), np.zeros(9, dtype=np.int64), single, classes=1) is None
    two = cluster_neurons(np.array([[0.0], [0.1], [9.0], [9.1]]), np.zeros(4, dtype=np.bool_))
    assert stability(np.ones((1, 4)), np.zeros(1, dtype=np.int64), two, classes=1) is None
