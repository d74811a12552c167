"""How good a bundle is: what it carries, and how alike its connections are."""

import numpy as np
from jaxtyping import Float

FINENESS = 2**16
"""Weights are rounded to this fraction of the largest: sums of them and of their squares are then exact, whatever the
order of summation, so that the same bundles are chosen on every machine."""


def whole_weights(weights: Float[np.ndarray, "sources targets"]) -> Float[np.ndarray, "sources targets"]:
    """Return absolute weights as whole numbers up to `FINENESS`."""
    strength = np.abs(weights).astype(np.float64)
    return np.rint(strength * (FINENESS / max(float(strength.max(initial=0.0)), 1e-300)))


def scores(
    counts: Float[np.ndarray, "*any"], sums: Float[np.ndarray, "*any"], squares: Float[np.ndarray, "*any"]
) -> Float[np.ndarray, "*any"]:
    """Return carried weight x coherence from the number of connections, their sum and their sum of squares.

    Coherence is 1 - standard deviation / mean, at least 0, so the product is the sum less n standard deviations.
    """
    return np.maximum(sums - np.sqrt(np.maximum(counts * squares - sums**2, 0.0)), 0.0)
