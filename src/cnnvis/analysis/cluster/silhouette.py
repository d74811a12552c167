"""Silhouettes of several clusterings of the same neurons at once."""

import numpy as np
from jaxtyping import Float, Int


def distances(rows: Float[np.ndarray, "neurons features"]) -> Float[np.ndarray, "neurons neurons"]:
    """Return Euclidean distances, exactly symmetric, exactly zero between equal rows."""
    centred = rows - rows.mean(axis=0) if rows.size else rows
    squares = np.einsum("nf,nf->n", centred, centred)
    squared = squares[:, None] + squares[None, :] - 2.0 * (centred @ centred.T)
    squared = np.maximum(squared, squared.T)
    # What is left between equal rows is rounding: below its level every distance is taken as zero.
    squared[squared < 1e-13 * (squares[:, None] + squares[None, :])] = 0.0
    np.fill_diagonal(squared, 0.0)
    return np.sqrt(squared, out=squared)


def silhouettes(
    apart: Float[np.ndarray, "neurons neurons"], assignments: Int[np.ndarray, "clusterings neurons"]
) -> Float[np.ndarray, " clusterings"]:
    """Return the mean silhouette of each clustering (Rousseeuw 1987); neurons alone in their cluster count 0.

    Clusters are numbered from 0. A clustering with a single cluster, or of no neurons, scores 0.
    """
    count = apart.shape[0]
    sizes = [int(assignment.max(initial=-1)) + 1 for assignment in assignments]
    memberships = np.zeros((count, sum(sizes)))
    offsets = np.cumsum([0, *sizes])
    for offset, assignment in zip(offsets, assignments, strict=False):
        memberships[np.arange(count), offset + assignment] = 1.0
    # One product for all clusterings: the distance matrix is read once.
    sums = apart @ memberships
    scores = np.zeros(len(assignments))
    for index, assignment in enumerate(assignments):
        if sizes[index] > 1:
            part = slice(offsets[index], offsets[index + 1])
            scores[index] = _silhouette(sums[:, part], assignment, memberships[:, part].sum(axis=0)).mean()
    return scores


def _silhouette(
    sums: Float[np.ndarray, "neurons clusters"],
    assignment: Int[np.ndarray, " neurons"],
    sizes: Float[np.ndarray, " clusters"],
) -> Float[np.ndarray, " neurons"]:
    own = np.arange(len(assignment)), assignment
    within = sums[own] / np.maximum(sizes[assignment] - 1, 1)
    others = sums / np.maximum(sizes, 1)
    others[:, sizes == 0] = np.inf
    others[own] = np.inf
    nearest = others.min(axis=1)
    larger = np.maximum(within, nearest)
    scores = np.where(larger > 0, (nearest - within) / np.where(larger > 0, larger, 1.0), 0.0)
    return np.where(sizes[assignment] > 1, scores, 0.0)
