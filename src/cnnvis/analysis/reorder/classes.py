"""One order of the classes for the whole scene: the leaves of a class tree (design: classes)."""

import numpy as np
from jaxtyping import Float, Int
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from cnnvis.analysis.reorder.distances import distances
from cnnvis.analysis.reorder.leaves import best_leaves

MOST_OPTIMAL = 1200
"""The exact order takes half a second with 1000 classes, and grows with the cube of their number."""
MOST_ENDS = 100
"""Ends kept of each branch with more classes than that: a second for 2000 classes."""


def class_tree(columns: Float[np.ndarray, "classes features"]) -> Float[np.ndarray, "merges 4"]:
    """Return Ward's tree over classes, in SciPy's linkage format, from each class's activations at the last layer.

    Every feature is standardised over the classes first, so that a neuron with large values does not decide alone.
    """
    if len(columns) < 2:
        return np.zeros((0, 4))
    return linkage(squareform(distances(_standardised(columns)), checks=False), method="ward")


def leaf_order(
    tree: Float[np.ndarray, "merges 4"], columns: Float[np.ndarray, "classes features"]
) -> Int[np.ndarray, " classes"]:
    """Return the classes in an order that keeps every branch of the tree together.

    Up to 1200 classes it is the one with the least sum of distances between neighbours among all such orders, above it
    nearly so. The end that holds the smaller class index comes first.
    """
    if len(columns) < 2:
        return np.arange(len(columns))
    most_ends = None if len(columns) <= MOST_OPTIMAL else MOST_ENDS
    leaves = best_leaves(tree, distances(_standardised(columns)), most_ends=most_ends)
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
