"""How well neuron clusters line up with the factors that the images are made of."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from cnnvis.analysis.cluster import adjusted_rand, cluster_neurons, profile_features
from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.observe.inputs import from_dataset
from cnnvis.observe.trace import trace
from tests.factors.images import COMBINATIONS, FACTORS, FactorImages
from tests.factors.network import FactorNetwork

SHUFFLES = 200


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """One layer: its clusters against what its neurons tell apart."""

    layer: str
    neurons: int
    """Those that fire."""
    clusters: int
    explained: float
    """Mean over the neurons of the part of the profile's variance that the best factor explains alone."""
    by_factor: float
    """Adjusted Rand index between clusters and each neuron's best factor (three labels)."""
    by_value: float
    """The same with the value of that factor for which the neuron fires most (eleven labels)."""
    shuffled: float
    """Mean of the second index when the labels are shuffled among the neurons."""
    highest_shuffled: float
    """Its 95 % quantile over the shuffles."""


def explained_by(profiles: Float[np.ndarray, "neurons 48"]) -> Float[np.ndarray, "neurons factors"]:
    """Return eta squared: the part of each profile's variance over classes that lies between a factor's values.

    Classes are all combinations of values, each once, so the parts of all factors add up to at most 1.
    """
    total = profiles.var(axis=1)
    between = [np.repeat(means, 48 // means.shape[1], axis=1).var(axis=1) for means in _means_by_value(profiles)]
    return np.stack(between, axis=1) / np.where(total > 0, total, 1.0)[:, None]


def labels_of(
    profiles: Float[np.ndarray, "neurons 48"],
) -> tuple[Int[np.ndarray, " neurons"], Int[np.ndarray, " neurons"]]:
    """Return each neuron's best factor, and the value of it (counted through all factors) it fires most for."""
    factor = explained_by(profiles).argmax(axis=1)
    means = _means_by_value(profiles)
    starts = np.cumsum([0, *(len(values) for values in FACTORS.values())])
    best = np.stack([part.argmax(axis=1) for part in means], axis=1)
    return factor, starts[factor] + best[np.arange(len(factor)), factor]


def _means_by_value(profiles: np.ndarray) -> list[np.ndarray]:
    values_of = np.array(COMBINATIONS).T
    return [
        np.stack([profiles[:, of_class == value].mean(axis=1) for value in range(len(values))], axis=1)
        for of_class, values in zip(values_of, FACTORS.values(), strict=True)
    ]


def agreements(network: FactorNetwork, images: FactorImages, *, seed: int = 0) -> list[Agreement]:
    """Watch the network on the images and compare the clusters of each layer with its neurons' factors."""
    source = from_dataset((images.inputs, images.labels))
    graph = trace(network, torch.from_numpy(images.inputs[:1]))
    options = CollectOptions(classes=len(COMBINATIONS), probe_images=96, device="cpu")
    found = collect(network, source, graph, options=options).statistics
    results: list[Agreement] = []
    for unit in graph.units:
        one = found.units[unit.id]
        dead = one.never_active if unit.rectified else np.zeros(len(one.mean), dtype=np.bool_)
        features = profile_features(one.after_mean, one.mean, one.std, found.class_images)
        clusters = cluster_neurons(features, dead).assignment[~dead]
        results.append(agreement(unit.id, features[~dead], clusters, seed=seed))
    return results


def agreement(
    layer: str, profiles: Float[np.ndarray, "neurons 48"], clusters: Int[np.ndarray, " neurons"], *, seed: int
) -> Agreement:
    """Compare clusters with labels, and with the same labels shuffled."""
    factor, value = labels_of(profiles)
    rng = np.random.default_rng(seed)
    shuffled = [adjusted_rand(clusters, rng.permutation(value)) for _ in range(SHUFFLES)]
    return Agreement(
        layer=layer,
        neurons=len(profiles),
        clusters=len(np.unique(clusters)),
        explained=float(explained_by(profiles).max(axis=1).mean()),
        by_factor=adjusted_rand(clusters, factor),
        by_value=adjusted_rand(clusters, value),
        shuffled=float(np.mean(shuffled)),
        highest_shuffled=float(np.quantile(shuffled, 0.95)),
    )
