"""Which connections are strong enough to be drawn."""

import numpy as np
from jaxtyping import Bool, Float


def keep(weights: Float[np.ndarray, "sources targets"], share: float = 0.8) -> Bool[np.ndarray, "sources targets"]:
    """Mark the fewest connections that carry a share of the absolute weight.

    Among equals the one with the lower source, then the lower target, comes first. A weight of zero is no connection.

    Args:
        weights: Connections of one sign; that of each is not looked at.
        share: Part of the sum of absolute weights, 0 to 1; 0 keeps none.

    Raises:
        ValueError: When the share is not from 0 to 1.

    """
    if not 0 <= share <= 1:
        raise ValueError(f"keep: share must be from 0 to 1, not {share}.")
    strength = np.abs(weights).ravel()
    if share == 1:
        # Not by the sum, in which the weakest may be lost by rounding.
        return (strength > 0).reshape(weights.shape)
    order = np.argsort(-strength, kind="stable")
    carried = np.cumsum(strength[order], dtype=np.float64)
    kept = np.zeros(len(strength), dtype=bool)
    if share > 0 and len(carried) and carried[-1] > 0:
        kept[order[: int(np.searchsorted(carried, share * carried[-1])) + 1]] = True
    return kept.reshape(weights.shape)
