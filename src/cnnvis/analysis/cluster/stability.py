"""How far a clustering can be trusted: it is made again from resampled probe images."""

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.cluster.features import has_profiles, probe_features, profile_features
from cnnvis.analysis.cluster.neurons import NeuronClusters, cluster_neurons

MOST_NEURONS = 384
MOST_IMAGES = 1000


def adjusted_rand(one: Int[np.ndarray, " items"], other: Int[np.ndarray, " items"]) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985): 1 for equal partitions, about 0 for unrelated ones."""
    _, first = np.unique(one, return_inverse=True)
    _, second = np.unique(other, return_inverse=True)
    table = np.zeros((first.max(initial=-1) + 1, second.max(initial=-1) + 1))
    np.add.at(table, (first.reshape(-1), second.reshape(-1)), 1)
    together, pairs = _pairs(table), _pairs(np.array([float(len(one))]))
    rows, columns = _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    expected = rows * columns / pairs if pairs else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def _pairs(counts: Float[np.ndarray, "..."]) -> float:
    return float((counts * (counts - 1)).sum()) / 2


def stability(
    means: Float[np.ndarray, "images neurons"],
    labels: Int[np.ndarray, " images"],
    clusters: NeuronClusters,
    *,
    classes: int,
    resamples: int = 10,
    seed: int = 0,
) -> float | None:
    """Return the mean adjusted Rand index between a clustering and those made from bootstrapped probe images.

    Each time as many probe images are drawn with replacement, features are computed from them alone, and the neurons
    that fire are clustered anew with the same method and number of clusters. Layers of more than 384 such neurons are
    judged on 384 of them, evenly spread over the clustering's order; probe sets of more than 1,000 images on 1,000
    per draw; there are half as many draws above 128 neurons.

    Args:
        means: Each probe image's neuron means.
        labels: Class per image, -1 without one.
        clusters: The clustering to judge.
        classes: Number of classes.
        resamples: Number of draws.
        seed: Same seed, same number.

    Returns:
        None when there is nothing to agree on: fewer than two clusters, or fewer than two probe images.

    """
    if clusters.k < 2 or len(means) < 2:
        return None
    chosen = _spread(clusters)
    values = np.asarray(means, dtype=np.float64)[:, chosen]
    known = np.asarray(labels)
    enough = has_profiles(np.bincount(known[known >= 0], minlength=classes))
    rng = np.random.default_rng(seed)
    alive = np.zeros(len(chosen), dtype=np.bool_)
    agreements: list[float] = []
    for _ in range(resamples if len(chosen) <= 128 else -(-resamples // 2)):
        drawn = rng.integers(0, len(values), size=min(len(values), MOST_IMAGES))
        rows = _features(values[drawn], known[drawn], classes=classes if enough else 0)
        fixed = None if clusters.method == "meanshift" else clusters.k
        again = cluster_neurons(rows, alive, method=clusters.method, k=fixed)
        agreements.append(adjusted_rand(clusters.assignment[chosen], again.assignment))
    return float(np.mean(agreements))


def _spread(clusters: NeuronClusters) -> Int[np.ndarray, " chosen"]:
    members = clusters.tree_neurons
    if len(members) <= MOST_NEURONS:
        return members
    return members[np.linspace(0, len(members) - 1, MOST_NEURONS).round().astype(np.int64)]


def _features(
    values: Float[np.ndarray, "images neurons"], labels: Int[np.ndarray, " images"], *, classes: int
) -> Float[np.ndarray, "neurons features"]:
    if classes == 0:
        return probe_features(values)
    kept = labels >= 0
    values, labels = values[kept], labels[kept]
    counts = np.bincount(labels, minlength=classes)
    order = np.argsort(labels, kind="stable")
    present = np.flatnonzero(counts)
    sums = np.zeros((classes, values.shape[1]))
    starts = np.concatenate([[0], np.cumsum(counts[present])[:-1]])
    sums[present] = np.add.reduceat(values[order], starts, axis=0)
    with np.errstate(invalid="ignore"):
        class_means = sums / counts[:, None]
    return profile_features(class_means, values.mean(axis=0), values.std(axis=0), counts)[:, counts > 0]
