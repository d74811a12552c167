"""Clusters of one layer at two moments of a training: which is which, and who was alike already (design: match)."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.optimize import linear_sum_assignment

from cnnvis.analysis.match.neurons import FEWEST_CLASSES, WEAKEST, normalised


def match_clusters(known: Sequence[Sequence[int]], new: Sequence[Sequence[int]]) -> Int[np.ndarray, " new"]:
    """Find for each new cluster the known one that it goes on with; -1 for one that is born.

    The neurons are the same at both moments. Clusters are assigned one to one so that as many neurons as possible
    stay in theirs; pairs that share less than half of the smaller one's neurons are left out. Of equally good
    assignments one is taken by the order of the clusters.

    Args:
        known: Neurons of each cluster at the one moment.
        new: Those at the other.

    """
    sets = [set(members) for members in known]
    shared = np.array([[len(one.intersection(members)) for one in sets] for members in new], np.int64)
    found = np.full(len(new), -1)
    if not shared.size:
        return found
    for row, column in zip(*linear_sum_assignment(-shared), strict=True):
        if 2 * shared[row, column] >= min(len(new[row]), len(known[column])):
            found[row] = column
    return found


def alike(
    profiles: Float[np.ndarray, "neurons classes"], later: Float[np.ndarray, "neurons classes"]
) -> Bool[np.ndarray, " neurons"] | None:
    """Say which neurons answer to the classes as they do at another moment.

    So it is when their class profiles correlate at least 0.5. None where fewer than four classes are known: such
    profiles tell nothing apart.

    Args:
        profiles: Mean activation per class at this moment; NaN for a class without images.
        later: The same at the other.

    """
    known = np.isfinite(profiles).all(axis=0) & np.isfinite(later).all(axis=0)
    if int(known.sum()) < FEWEST_CLASSES:
        return None
    return (normalised(profiles[:, known]) * normalised(later[:, known])).sum(axis=1) >= WEAKEST
