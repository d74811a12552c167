"""Histograms as they are logged, and what can be said of the values that they are of."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

_NARROW = 1e-9
"""Width of a bucket at 0 up to which all values in it are taken for exactly 0."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """How values were spread: counts between limits, and sums over the values themselves where these were logged."""

    low: Float[np.ndarray, " buckets"]
    """Lower limit of each bucket."""
    high: Float[np.ndarray, " buckets"]
    counts: Float[np.ndarray, " buckets"]
    minimum: float
    maximum: float
    total: float | None = None
    """Sum of the values; None: only the buckets are known."""
    squares: float | None = None


def moments(values: Histogram) -> tuple[float, float, float]:
    """Return count, mean and sum of squares: of the values where these were logged, else of the buckets' middles."""
    count = float(values.counts.sum())
    middle = (values.low + values.high) / 2
    total = float((middle * values.counts).sum()) if values.total is None else values.total
    squares = float((middle**2 * values.counts).sum()) if values.squares is None else values.squares
    return count, total / count, squares


def share_below_zero(values: Histogram) -> float:
    """Return the share of values below 0; of the bucket that 0 is in, the part of its width."""
    width = np.maximum(values.high - values.low, 1e-300)
    below = np.clip(-values.low / width, 0.0, 1.0)
    below = np.where(values.high <= 0, 1.0, np.where(values.low >= 0, 0.0, below))
    return float((below * values.counts).sum() / values.counts.sum())


def share_of_zeros(values: Histogram) -> float | None:
    """Return the share of values in the narrow bucket at 0; None where the buckets do not tell zeros from others."""
    if values.minimum == values.maximum == 0:
        return 1.0
    at_zero = (values.low <= 0) & (values.high >= 0) & (values.counts > 0)
    if not at_zero.any():
        return 0.0
    if float((values.high - values.low)[at_zero].max()) > _NARROW:
        return None
    return float(values.counts[at_zero].sum() / values.counts.sum())
