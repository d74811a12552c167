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
STILL = 1e-3
"""A seed of MeanShift has arrived when it moves by less than this part of the bandwidth."""
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
    ranks = [min(max(2, int(len(short) * quantile)), len(short)) - 1 for quantile in MEANSHIFT_QUANTILES]
    # Every so many-th row will do: a mean over hundreds of distances says what one over thousands does.
    nearest = np.partition(cdist(_thinned(short), short), sorted(set(ranks)), axis=1)
    found: list[Int[np.ndarray, " rows"]] = []
    for rank in ranks:
        bandwidth = float(nearest[:, rank].mean())
        if bandwidth > 0:
            assignment = meanshift(short, bandwidth)
            if not any(np.array_equal(assignment, other) for other in found):
                found.append(assignment)
    return found


def meanshift(rows: Float[np.ndarray, "rows features"], bandwidth: float) -> Int[np.ndarray, " rows"]:
    """Run MeanShift with a flat kernel; above 256 rows every so many-th row is a seed.

    What scikit-learn's `MeanShift` does, but for all seeds at once: that takes a twentieth of the time. A seed moves to
    the mean of the rows within the bandwidth until it moves by less than a thousandth of it. Of the places reached,
    those with the most rows around are centres, and no other within the bandwidth of one; each row joins the nearest.
    """
    centres = _thinned(rows)
    moving = np.arange(len(centres))
    around = np.zeros(len(centres), np.int64)
    for _ in range(MOST_ROUNDS + 1):
        near = cdist(centres[moving], rows) <= bandwidth
        counts = near.sum(axis=1)
        around[moving] = counts
        # A seed is a row, and moves to a mean of rows around it: there is always one near, but for rounding.
        means = (near @ rows) / np.maximum(counts, 1)[:, None]
        means[counts == 0] = centres[moving][counts == 0]
        far = np.linalg.norm(means - centres[moving], axis=1) > STILL * bandwidth
        centres[moving] = means
        moving = moving[far]
        if not len(moving):
            break
    order = np.lexsort((*(-centres.T[::-1]), -around))
    places = _apart(centres[order], bandwidth)
    return renumbered(cdist(rows, places).argmin(axis=1).astype(np.int64))


def _thinned(rows: Float[np.ndarray, "rows features"]) -> Float[np.ndarray, "seeds features"]:
    return rows[:: max(1, -(-len(rows) // MEANSHIFT_SEEDS))].copy()


def _apart(places: Float[np.ndarray, "seeds features"], bandwidth: float) -> Float[np.ndarray, "centres features"]:
    """Return each place that is not within the bandwidth of one before it that is returned."""
    kept: list[int] = []
    free = np.ones(len(places), np.bool_)
    near = cdist(places, places) <= bandwidth
    for place in range(len(places)):
        if free[place]:
            kept.append(place)
            free[near[place]] = False
    return places[kept]


def renumbered(assignment: Int[np.ndarray, " rows"]) -> Int[np.ndarray, " rows"]:
    """Number the clusters 0, 1, ... by their first row."""
    _, first, inverse = np.unique(assignment, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse.reshape(-1)].astype(np.int64)
