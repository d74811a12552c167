"""Sides of tiles, proportional to importance (design: packing)."""

import math

import numpy as np
from jaxtyping import Float, Int
from scipy.stats import rankdata

SMALLEST = 12
"""Cells of the smallest side."""
TYPICAL = 24
"""Cells of a tile of reference importance."""
LARGEST = 48
FAITHFUL = 0.955
"""Rank correlation with importance up to which sides may be rounded: the design's 0.95 and a margin."""
FEW_TILES = 20
STEPS = (6, 4, 3, 2, 1)
"""Sides are multiples of one of these: the coarser, the tighter tiles fit together."""
STEPS_OF_FEW = (12, 6)


def neuron_sides(
    importance: Float[np.ndarray, " tiles"],
    *,
    reference: float | None = None,
    like: Int[np.ndarray, " others"] | None = None,
) -> Int[np.ndarray, " tiles"]:
    """Return sides proportional to importance, from 12 to 48 cells; the reference importance gets 24.

    Sides are rounded to the coarsest common step that keeps their rank correlation with importance, since tiles of
    few different sides leave fewer gaps. The cell is the same for every packing with the same reference.

    Args:
        importance: Any numbers; those at or below 0, and NaN, get the smallest tile.
        reference: Importance of a typical tile, the same for packings that are compared; by default the median of
            the positive values.
        like: Sides whose step is taken over, so that those of unchanged importance stay what they were.

    """
    values = np.where(np.isfinite(importance), importance, 0.0).astype(np.float64)
    positive = values[values > 0]
    typical = reference if reference is not None else float(np.median(positive)) if positive.size else 1.0
    if not (typical > 0 and math.isfinite(typical)):
        return np.full(len(values), SMALLEST, dtype=np.int64)
    with np.errstate(over="ignore"):  # a tiny median makes others infinitely large, which is clamped
        exact = np.clip(values / typical * TYPICAL, SMALLEST, LARGEST)
    steps = STEPS_OF_FEW if len(values) < FEW_TILES else STEPS
    if like is not None and len(like):
        common = int(np.gcd.reduce(like))
        return _rounded(exact, next(step for step in STEPS if common % step == 0))
    ranks = rankdata(values)
    rounded = [_rounded(exact, step) for step in steps]
    # Clamping alone may cost more than the margin; then rounding may cost a little on top of it.
    wanted = min(FAITHFUL, _agreement(ranks, rounded[-1]) - 0.005)
    return next((sides for sides in rounded if _agreement(ranks, sides) >= wanted), rounded[-1])


def _rounded(exact: Float[np.ndarray, " tiles"], step: int) -> Int[np.ndarray, " tiles"]:
    # Half a step is rounded up, so that equal importance never rounds to different sides.
    return (np.floor(exact / step + 0.5) * step).astype(np.int64)


def _agreement(ranks: Float[np.ndarray, " tiles"], sides: Int[np.ndarray, " tiles"]) -> float:
    """Return Spearman's correlation; 1 where all are equal, 0 where only the sides are."""
    if len(ranks) < 2 or np.ptp(ranks) == 0:
        return 1.0
    if np.ptp(sides) == 0:
        return 0.0
    return float(np.corrcoef(ranks, rankdata(sides))[0, 1])
