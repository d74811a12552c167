"""Neuron clusters: the rules of the design, and the cases at the border."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.cluster import Method, NeuronClusters, adjusted_rand, cluster_neurons

METHODS = get_args(Method)


def alive(count: int) -> np.ndarray:
    return np.zeros(count, dtype=np.bool_)


def planted(seed: int, clusters: int, each: int = 8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.permutation(np.repeat(np.arange(clusters), each))
    return 12 * np.eye(clusters, 14)[truth] + rng.normal(size=(len(truth), 14)), truth


def check_is_sound(found: NeuronClusters, dead: np.ndarray) -> None:
    sizes = np.bincount(found.assignment)
    assert (sizes > 0).all()
    assert len(sizes) == found.k + (found.never_active is not None)
    firing = sizes[: found.k]
    assert (np.diff(firing) <= 0).all(), "largest first"
    if dead.any():
        assert found.never_active == found.k
        np.testing.assert_array_equal(found.assignment == found.k, dead)
    else:
        assert found.never_active is None
    assert (found.silhouette is None) == (found.k < 2)


@pytest.mark.parametrize(
    ("method", "clusters"),
    [
        (method, clusters)
        for method in METHODS
        for clusters in (2, 3, 5, 9, 12)
        if (method, clusters) != ("meanshift", 12)
    ],
)
def test_planted_clusters_are_found_with_their_number(method: Method, clusters: int) -> None:
    features, truth = planted(clusters, clusters)
    found = cluster_neurons(features, alive(len(features)), method=method)
    assert found.k == clusters
    assert adjusted_rand(found.assignment, truth) == 1.0
    assert found.automatic
    check_is_sound(found, alive(len(features)))


@given(
    seed=st.integers(0, 300),
    neurons=st.integers(0, 20),
    dead_share=st.sampled_from([0.0, 0.3, 1.0]),
    method=st.sampled_from(METHODS),
    copies=st.booleans(),
)
def test_any_layer_is_clustered_soundly_and_alike_in_any_order(
    seed: int, neurons: int, dead_share: float, method: Method, copies: bool
) -> None:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(neurons, 4))
    if copies:
        features = features[rng.integers(0, max(1, neurons // 2), neurons)] if neurons else features
    dead = rng.uniform(size=neurons) < dead_share
    found = cluster_neurons(features, dead, method=method)
    check_is_sound(found, dead)
    assert found.k <= max(1, min(12, int((~dead).sum()) - 1)) or method == "meanshift"
    order = rng.permutation(neurons)
    again = cluster_neurons(features[order], dead[order], method=method)
    np.testing.assert_array_equal(again.assignment, found.assignment[order])


def test_few_neurons_without_structure_are_one_cluster() -> None:
    features = np.random.default_rng(0).normal(size=(30, 200))
    found = cluster_neurons(features, alive(30))
    assert (found.k, found.silhouette) == (1, None)


@pytest.mark.parametrize(("method", "neurons", "k"), [("ward", 60, 2), ("kmeans", 144, 3), ("ward", 600, 6)])
def test_many_neurons_without_structure_are_cut_for_overview(method: Method, neurons: int, k: int) -> None:
    features = np.random.default_rng(0).normal(size=(neurons, 200))
    found = cluster_neurons(features, alive(neurons), method=method)
    assert (found.k, found.automatic) == (k, True)
    assert found.silhouette is not None
    assert found.silhouette < 0.1


@pytest.mark.parametrize("method", METHODS)
def test_equal_neurons_are_one_cluster(method: Method) -> None:
    found = cluster_neurons(np.ones((6, 3)), alive(6), method=method)
    np.testing.assert_array_equal(found.assignment, 0)


@pytest.mark.parametrize("method", ["ward", "kmeans"])
def test_number_given_by_the_user_is_kept(method: Method) -> None:
    features = np.random.default_rng(1).normal(size=(30, 5))
    found = cluster_neurons(features, alive(30), method=method, k=7)
    assert (found.k, found.automatic) == (7, False)


def test_more_clusters_than_neurons_that_differ_cannot_be() -> None:
    features = np.repeat(np.arange(3.0), 4)[:, None]
    assert cluster_neurons(features, alive(12), k=5).k == 3


def test_bad_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="k must be 1 or more"):
        cluster_neurons(np.ones((3, 1)), alive(3), k=0)
    with pytest.raises(ValueError, match="finds the number itself"):
        cluster_neurons(np.ones((3, 1)), alive(3), method="meanshift", k=2)


def test_classes_without_images_are_left_out() -> None:
    features, truth = planted(0, 3)
    features[:, 13] = np.nan
    found = cluster_neurons(features, alive(len(features)))
    assert adjusted_rand(found.assignment, truth) == 1.0


def test_layer_without_features_is_one_cluster() -> None:
    found = cluster_neurons(np.zeros((3, 0)), np.array([False, True, False]))
    np.testing.assert_array_equal(found.assignment, [0, 1, 0])


def test_layer_that_never_fires_is_one_cluster_of_never_active_neurons() -> None:
    found = cluster_neurons(np.zeros((3, 2)), ~alive(3))
    np.testing.assert_array_equal(found.assignment, 0)
    assert (found.k, found.never_active, found.tree) == (0, 0, None)


def test_tree_covers_the_neurons_that_fire() -> None:
    features, _ = planted(3, 3)
    dead = np.arange(len(features)) % 5 == 0
    found = cluster_neurons(features, dead)
    assert found.tree is not None
    assert len(found.tree) == (~dead).sum() - 1
    np.testing.assert_array_equal(np.sort(found.tree_neurons), np.flatnonzero(~dead))
