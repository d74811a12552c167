"""Which images stand for a neuron's ordinary activation: those nearest to its quantiles."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int


def choose_typical(
    means: Float[np.ndarray, "images neurons"], candidates: Int[np.ndarray, " candidates"], quantiles: Sequence[float]
) -> Int[np.ndarray, "neurons quantiles"]:
    """Return for each neuron the candidates nearest to the quantiles of its activation; -1 where none is left.

    No image is taken twice for a neuron; the quantiles choose in their order, ties go to the first candidate.

    Args:
        means: Each neuron's activation on each probe image.
        candidates: Rows that may be chosen.
        quantiles: Shares between 0 and 1.

    """
    neurons = means.shape[1]
    chosen = np.full((neurons, len(quantiles)), -1, np.int64)
    if not len(candidates) or not neurons:
        return chosen
    wanted = np.quantile(means.astype(np.float64), quantiles, axis=0)
    values = means[candidates].astype(np.float64)
    taken = np.zeros(values.shape, bool)
    each = np.arange(neurons)
    for number in range(min(len(quantiles), len(candidates))):
        distance = np.where(taken, np.inf, np.abs(values - wanted[number]))
        nearest = distance.argmin(axis=0)
        taken[nearest, each] = True
        chosen[:, number] = candidates[nearest]
    return chosen
