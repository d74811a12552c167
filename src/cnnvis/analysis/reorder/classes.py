"""One order of the classes for the whole scene: the leaves of a class tree (design: classes)."""

import numpy as np
from jaxtyping import Float, Int
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import pdist, squareform

from cnnvis.analysis.reorder.leaves import best_leaves

MOST_OPTIMAL = 500
"""The exact order takes well under a second here, and grows with the cube of the classes above."""


def class_tree(columns: Float[np.ndarray, "classes features"]) -> Float[np.ndarray, "merges 4"]:
    """Return Ward's tree over classes, in SciPy's linkage format, from each class's activations at the last layer.

    Every feature is standardised over the classes first, so that a neuron with large values does not decide alone.
    """
    if len(columns) < 2:
        return np.zeros((0, 4))
    return linkage(_standardised(columns), method="ward")


def leaf_order(
    tree: Float[np.ndarray, "merges 4"], columns: Float[np.ndarray, "classes features"]
) -> Int[np.ndarray, " classes"]:
    """Return the classes in an order that keeps every branch of the tree together.

    Up to 500 classes it is the one with the least sum of distances between neighbours among all such orders, above it
    the tree's own. The end that holds the smaller class index comes first.
    """
    if len(columns) < 2:
        return np.arange(len(columns))
    if len(columns) <= MOST_OPTIMAL:
        leaves = best_leaves(tree, squareform(pdist(_standardised(columns))))
    else:
        leaves = leaves_list(tree).astype(np.int64)
    return leaves if leaves[0] < leaves[-1] else leaves[::-1].copy()


def class_order(columns: Float[np.ndarray, "classes features"]) -> Int[np.ndarray, " classes"]:
    """Order classes so that alike ones are neighbours; classes without images (a NaN in their row) come last."""
    present = np.flatnonzero(np.isfinite(columns).all(axis=1))
    absent = np.flatnonzero(~np.isfinite(columns).all(axis=1))
    rows = columns[present]
    return np.concatenate([present[leaf_order(class_tree(rows), rows)], absent]).astype(np.int64)


def _standardised(columns: Float[np.ndarray, "classes features"]) -> Float[np.ndarray, "classes features"]:
    rows = np.asarray(columns, dtype=np.float64)
    deviation = rows.std(axis=0)
    varies = deviation > 1e-12 * np.maximum(np.abs(rows).max(axis=0), 1e-300)
    return np.where(varies, (rows - rows.mean(axis=0)) / np.where(varies, deviation, 1.0), 0.0)
