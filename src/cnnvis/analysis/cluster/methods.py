"""The three ways to group rows: Ward's tree, K-Means and MeanShift."""

import warnings

import numpy as np
from jaxtyping import Float, Int
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import cdist, squareform

from cnnvis.analysis.cluster.features import reduced

MEANSHIFT_COMPONENTS = 8
MEANSHIFT_QUANTILES = (0.05, 0.1, 0.2, 0.3, 0.45)
MEANSHIFT_SEEDS = 256
MOST_ROUNDS = 100


def ward_tree(apart: Float[np.ndarray, "rows rows"]) -> Float[np.ndarray, "merges 4"]:
    """Return Ward's merges in SciPy's linkage format, from a distance matrix."""
    if apart.shape[0] < 2:
        return np.zeros((0, 4))
    return linkage(squareform(apart, checks=False), method="ward")


def cut(tree: Float[np.ndarray, "merges 4"], k: int) -> Int[np.ndarray, " rows"]:
    """Undo the last k - 1 merges and number the parts by their first row; exactly k parts, also at ties."""
    rows = len(tree) + 1
    parts = {row: [row] for row in range(rows)}
    for index, merge in enumerate(tree[: rows - k]):
        parts[rows + index] = parts.pop(int(merge[0])) + parts.pop(int(merge[1]))
    assignment = np.empty(rows, dtype=np.int64)
    for number, members in enumerate(sorted(parts.values(), key=min)):
        assignment[members] = number
    return assignment


def kmeans(rows: Float[np.ndarray, "rows features"], start: Int[np.ndarray, " rows"]) -> Int[np.ndarray, " rows"]:
    """Run K-Means from the centres of a given clustering, Ward's: no luck involved, and good from the start."""
    # Imported when asked for: it takes a second, and the default method does without.
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    k = int(start.max()) + 1
    centres = np.stack([rows[start == cluster].mean(axis=0) for cluster in range(k)])
    with warnings.catch_warnings():
        # Fewer distinct rows than clusters: the result then simply has fewer clusters.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # scikit-learn has no types: pyright guesses them from the defaults.
        start_at = {"init": centres, "n_init": 1}
        found = KMeans(k, max_iter=MOST_ROUNDS, **start_at).fit_predict(rows)  # pyright: ignore[reportArgumentType]
    return renumbered(found.astype(np.int64))


def meanshifts(rows: Float[np.ndarray, "rows features"]) -> list[Int[np.ndarray, " rows"]]:
    """Run MeanShift on eight principal components at five bandwidths, and return the distinct clusterings.

    On raw profiles it collapses to one cluster. A bandwidth is the mean distance to the nearest 5, 10, 20, 30 or 45 %.
    """
    short = reduced(rows, MEANSHIFT_COMPONENTS)
    sorted_distances = np.sort(cdist(short, short), axis=1)
    found: list[Int[np.ndarray, " rows"]] = []
    for quantile in MEANSHIFT_QUANTILES:
        nearest = max(2, int(len(short) * quantile))
        bandwidth = float(sorted_distances[:, min(nearest, len(short)) - 1].mean())
        if bandwidth > 0:
            assignment = meanshift(short, bandwidth)
            if not any(np.array_equal(assignment, other) for other in found):
                found.append(assignment)
    return found


def meanshift(rows: Float[np.ndarray, "rows features"], bandwidth: float) -> Int[np.ndarray, " rows"]:
    """Run MeanShift with a flat kernel; above 256 rows every so many-th row is a seed."""
    from sklearn.cluster import MeanShift  # for the reason given above

    seeds = rows[:: max(1, -(-len(rows) // MEANSHIFT_SEEDS))]
    found = MeanShift(bandwidth=bandwidth, seeds=seeds, max_iter=MOST_ROUNDS).fit_predict(rows)
    return renumbered(found.astype(np.int64))


def renumbered(assignment: Int[np.ndarray, " rows"]) -> Int[np.ndarray, " rows"]:
    """Number the clusters 0, 1, ... by their first row."""
    _, first, inverse = np.unique(assignment, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse.reshape(-1)].astype(np.int64)
