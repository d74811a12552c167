"""Neuron clusters: neurons of one layer with alike class profiles (design: clustering)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from cnnvis.analysis.cluster.features import reduced
from cnnvis.analysis.cluster.methods import cut, kmeans, meanshifts, ward_tree
from cnnvis.analysis.cluster.silhouette import distances, silhouettes

Scores = Float[np.ndarray, " choices"]
Method = Literal["ward", "kmeans", "meanshift"]
MOST_CLUSTERS = 12
KMEANS_COMPONENTS = 32
SORTED_FEATURES = 32
WEAKEST_SILHOUETTE = 0.1
"""A clustering whose mean silhouette is below this finds no groups that stand apart."""
OVERVIEW_NEURONS = 16
OVERVIEW_CLUSTERS = 8
"""Many neurons without clear groups are cut for overview: about the square root of their number / 16, at most 8."""
PEAK_SHARE = 0.85
"""The mean silhouette favours two clusters: a finer clustering is taken when it is a peak nearly as high."""


@dataclass(frozen=True, kw_only=True, eq=False)
class NeuronClusters:
    """A layer's neurons in clusters.

    Clusters are numbered by size, largest first; equal sizes by their strongest mean feature (lowest class index
    first, then the larger value). The cluster of never-active neurons comes last.
    """

    assignment: Int[np.ndarray, " neurons"]
    """Cluster of each neuron, from 0 without gaps."""
    k: int
    """Number of clusters, the never-active one not counted."""
    silhouette: float | None
    """Mean silhouette of the neurons that fire; None with fewer than two clusters."""
    method: Method
    automatic: bool
    """Whether k was found, not given."""
    never_active: int | None
    """Number of the cluster of never-active neurons; None when every neuron fires."""
    tree: Float[np.ndarray, "merges 4"] | None
    """Ward's merges in SciPy's linkage format over ``tree_neurons``; None with fewer than two neurons that fire."""
    tree_neurons: Int[np.ndarray, " leaves"]
    """Neuron of each leaf of the tree."""


def cluster_neurons(
    features: Float[np.ndarray, "neurons features"],
    never_active: Bool[np.ndarray, " neurons"],
    *,
    method: Method = "ward",
    k: int | None = None,
    seed: int = 0,
) -> NeuronClusters:
    """Group neurons by alike features; neurons that never fire are a cluster of their own.

    Without k, the number from 1 to min(12, n - 1) is found by the mean silhouette: the finest peak of its curve that
    is at least 85 % of the best. When the best is below 0.1 there are no clear groups: fewer than 36 neurons are then
    one cluster, more are cut for overview into the square root of a sixteenth of their number, at most 8. K-Means
    starts from Ward's centres. MeanShift finds its number itself; its bandwidth is the one with the best silhouette.
    The result does not depend on the order of the neurons.

    Args:
        features: From `profile_features` or `probe_features`; columns with a NaN (classes without images) do not count.
        never_active: Neurons that never rise above 0.
        method: ``ward`` (default), ``kmeans`` or ``meanshift``.
        k: Number of clusters wanted; there are fewer when fewer neurons differ.
        seed: Kept for methods that draw lots; none of the present ones does.

    Raises:
        ValueError: k is below 1, or given together with ``meanshift``.

    """
    del seed
    if k is not None and (k < 1 or method == "meanshift"):
        allowed = "MeanShift finds the number itself, leave k out" if k >= 1 else "k must be 1 or more"
        raise ValueError(f"{k} clusters were asked for with the method {method!r}, but {allowed}.")
    features = np.asarray(features, dtype=np.float64)
    features = features[:, np.isfinite(features).all(axis=0)]
    firing = np.flatnonzero(~np.asarray(never_active))
    # In the order of their features, neurons are grouped alike however the layer numbers them.
    keys = features[firing][:, :SORTED_FEATURES].T[::-1]
    members = firing[np.lexsort(keys)] if len(keys) else firing
    rows = features[members]
    apart = distances(rows)
    tree = ward_tree(apart)
    choices = _choices(rows, tree, method=method, k=k)
    best, score = _best(apart, choices, automatic=k is None, peak=_finest_peak if method != "meanshift" else _highest)
    assignment = np.zeros(len(features), dtype=np.int64)
    assignment[members] = best
    assignment, found = _ordered(assignment, members, features)
    dead = found if len(firing) < len(features) else None
    assignment[np.asarray(never_active)] = found
    return NeuronClusters(
        assignment=assignment,
        k=found,
        silhouette=score if found > 1 else None,
        method=method,
        automatic=k is None,
        never_active=dead,
        tree=tree if len(tree) else None,
        tree_neurons=members.astype(np.int64),
    )


def _choices(
    rows: Float[np.ndarray, "rows features"], tree: Float[np.ndarray, "merges 4"], *, method: Method, k: int | None
) -> list[Int[np.ndarray, " rows"]]:
    """Return the clusterings to choose from, the coarsest first; the first is always a single cluster if k is open."""
    count = len(rows)
    single = np.zeros(count, dtype=np.int64)
    # Equal neurons merge at height 0: there cannot be more clusters than neurons that differ.
    distinct = 1 + int(np.count_nonzero(tree[:, 2] > 0))
    if distinct < 2:
        return [single]
    if method == "meanshift":
        fit = [choice for choice in meanshifts(rows) if 1 < choice.max() + 1 < count]
        few = [choice for choice in fit if choice.max() + 1 <= MOST_CLUSTERS]
        return [single, *sorted(few or fit, key=lambda choice: int(choice.max()))]
    wanted = range(2, min(MOST_CLUSTERS, count - 1, distinct) + 1) if k is None else [min(k, distinct)]
    cuts = [cut(tree, clusters) for clusters in wanted]
    short = rows if rows.shape[1] <= KMEANS_COMPONENTS else reduced(rows, KMEANS_COMPONENTS)
    made = cuts if method == "ward" else [kmeans(short, start) for start in cuts]
    return [single, *made] if k is None else made


def _best(
    apart: Float[np.ndarray, "rows rows"],
    choices: list[Int[np.ndarray, " rows"]],
    *,
    automatic: bool,
    peak: Callable[[Scores], int],
) -> tuple[Int[np.ndarray, " rows"], float]:
    scores = silhouettes(apart, np.stack(choices))
    if not automatic:
        return choices[0], float(scores[0])
    clear = scores.max() >= WEAKEST_SILHOUETTE
    index = peak(scores[1:]) + 1 if clear else _for_overview(len(apart), choices)
    return choices[index], float(scores[index])


def _for_overview(neurons: int, choices: list[Int[np.ndarray, " rows"]]) -> int:
    """Return which clustering to show where none finds groups: a thousand neurons in one box tell nothing."""
    wanted = min(OVERVIEW_CLUSTERS, round((neurons / OVERVIEW_NEURONS) ** 0.5))
    sizes = [int(choice.max(initial=0)) + 1 for choice in choices]
    return max((index for index, size in enumerate(sizes) if size <= max(wanted, 1)), key=sizes.__getitem__)


def _highest(scores: Scores) -> int:
    return int(np.argmax(np.round(scores, 12)))


def _finest_peak(scores: Scores) -> int:
    """Return the last local maximum of at least 85 % of the largest score; the scores run from coarse to fine."""
    padded = np.concatenate([[-np.inf], np.round(scores, 12), [-np.inf]])
    peaks = (padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:])
    good = scores >= max(WEAKEST_SILHOUETTE, PEAK_SHARE * float(scores.max()))
    return int(np.flatnonzero(peaks & good)[-1])


def _ordered(
    assignment: Int[np.ndarray, " neurons"],
    members: Int[np.ndarray, " rows"],
    features: Float[np.ndarray, "neurons features"],
) -> tuple[Int[np.ndarray, " neurons"], int]:
    """Renumber the clusters of ``members`` by size, then by strongest mean feature."""
    count = int(assignment[members].max(initial=-1)) + 1
    keys: list[tuple[float, ...]] = []
    for cluster in range(count):
        inside = members[assignment[members] == cluster]
        mean = features[inside].mean(axis=0)
        strongest = int(mean.argmax()) if mean.size else 0
        peak = float(mean[strongest]) if mean.size else 0.0
        keys.append((-len(inside), strongest, -peak, cluster))
    ranks = np.empty(count, dtype=np.int64)
    ranks[sorted(range(count), key=lambda cluster: keys[cluster])] = np.arange(count)
    renamed = assignment.copy()
    renamed[members] = ranks[assignment[members]]
    return renamed, count
