"""What the side of a neuron's tile says: mean of its top activations, its contribution, or nothing."""

import numpy as np
from jaxtyping import Float

from cnnvis.schema.scene import Importance
from cnnvis.schema.statistics import UnitStatistics

Importances = dict[Importance, Float[np.ndarray, " neurons"]]


def importances(statistics: UnitStatistics, contributions: Float[np.ndarray, "classes neurons"] | None) -> Importances:
    """Return a layer's importance of each kind, by activation first; by contribution only where there are any.

    Args:
        statistics: The layer's statistics.
        contributions: Of its neurons to each class, NaN for a class without images; None where not computed.

    """
    found: Importances = {"activation": by_activation(statistics)}
    if contributions is not None:
        found["contribution"] = by_contribution(contributions)
    found["uniform"] = np.ones(len(statistics.mean))
    return found


def by_activation(statistics: UnitStatistics) -> Float[np.ndarray, " neurons"]:
    """Return the mean of each neuron's top activations (design: packing); 0 for what never fires."""
    valid = np.isfinite(statistics.top_value) & (statistics.top_sample >= 0)
    positive = np.where(valid, np.maximum(statistics.top_value, 0.0), 0.0).astype(np.float64)
    return positive.sum(axis=1) / np.maximum(valid.sum(axis=1), 1)


def by_contribution(contributions: Float[np.ndarray, "classes neurons"]) -> Float[np.ndarray, " neurons"]:
    """Return the mean over classes of the size of each neuron's contribution, whatever its sign."""
    finite = np.isfinite(contributions)
    sizes = np.where(finite, np.abs(contributions), 0.0).astype(np.float64)
    return sizes.sum(axis=0) / np.maximum(finite.sum(axis=0), 1)
