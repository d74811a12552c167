"""Sides of tiles, proportional to importance (design: packing)."""

import math

import numpy as np
from jaxtyping import Float, Int, Shaped
from scipy.stats import rankdata

SMALLEST = 24
"""Cells of the smallest side."""
TYPICAL = 48
"""Cells of a tile of reference importance."""
LARGEST = 96
LEAST = 0.95
"""The design's rank correlation with importance."""
FAITHFUL = 0.955
"""The same with a margin: up to which sides may be rounded."""
STEPS = (12, 8, 6, 4, 2, 1)
"""Sides are multiples of one of these: the coarser, the tighter tiles fit together."""
ROOMY = 0.97
"""What clamping should leave, so that sides can be rounded coarsely."""
ROUNDING = 0.005
"""Rank correlation that rounding to a coarser step may cost on top of clamping."""
PLAY = 0.1
"""A side may differ from what its importance says by a tenth, where that closes gaps or keeps tiles in place."""
PLACES = (0.5, 0.25, 0.75)
"""Where between two places at which a tile becomes clamped the typical importance is tried, in logarithms."""
MOST_CANDIDATES = 64
"""Values tried for the typical importance: a few milliseconds, and only where the median does not do."""


def typical_importance(importance: Float[np.ndarray, " tiles"]) -> float:
    """Return the importance whose tile gets 48 cells: the median of the positive ones, or a value near it.

    Sides are clamped to 1:4, so unequal importances may lose their ranks to the clamp. Where the median costs more than
    the rank correlation of 0.95 allows, the nearest value that does not is taken, or the one that costs least.

    Args:
        importance: Any numbers; those at or below 0, and NaN, do not count. 1 without any that does.

    """
    values = _finite(importance)
    positive = values[values > 0]
    if not positive.size:
        return 1.0
    median, ranks = float(np.median(positive)), rankdata(values)
    wanted = ROOMY
    best = _agreement(ranks, _rounded(_exact(values, median), 1))
    if best >= wanted:
        return median
    chosen = median
    for place in PLACES:
        for typical in _candidates(positive, median, place):
            agreement = _agreement(ranks, _rounded(_exact(values, typical), 1))
            if agreement > best:
                best, chosen = agreement, typical
            if best >= wanted:
                return chosen
        # Elsewhere between the same places other neighbours are rounded to one side, which can be the last straw.
        if best >= LEAST:
            break
    return chosen


def exact_sides(
    importance: Float[np.ndarray, " tiles"], *, reference: float | None = None
) -> Float[np.ndarray, " tiles"]:
    """Return sides in proportion to importance, clamped to 24 to 96 cells, not rounded; see `neuron_sides`."""
    typical = reference if reference is not None else typical_importance(importance)
    if not (typical > 0 and math.isfinite(typical)):
        return np.full(len(importance), float(SMALLEST))
    return _exact(_finite(importance), typical)


def neuron_sides(
    importance: Float[np.ndarray, " tiles"], *, reference: float | None = None
) -> Int[np.ndarray, " tiles"]:
    """Return sides proportional to importance, from 24 to 96 cells; the reference importance gets 48.

    Sides are rounded to the coarsest common step that keeps their rank correlation with importance, since tiles of
    few different sides leave fewer gaps. The cell is the same for every packing with the same reference.

    Args:
        importance: Any numbers; those at or below 0, and NaN, get the smallest tile.
        reference: Importance of a typical tile, the same for packings that are compared; by default
            `typical_importance`.

    """
    values, exact = _finite(importance), exact_sides(importance, reference=reference)
    ranks = rankdata(values)
    rounded = [_rounded(exact, step) for step in STEPS]
    # Clamping alone may cost more than the margin; then rounding may cost a little on top of it.
    finest = _agreement(ranks, rounded[-1])
    wanted = min(FAITHFUL, max(finest - ROUNDING, LEAST) if finest >= LEAST else finest - ROUNDING)
    return next((sides for sides in rounded if _agreement(ranks, sides) >= wanted), rounded[-1])


def sides_like(exact: Float[np.ndarray, " tiles"], before: Int[np.ndarray, " tiles"]) -> Int[np.ndarray, " tiles"]:
    """Return sides for tiles that were packed before: what is within a tenth of what it should be stays as it was.

    Args:
        exact: What each importance asks for.
        before: The side each tile had, 0 for new ones; others are rounded to the step that these have in common.

    """
    common = int(np.gcd.reduce(before))
    rounded = _rounded(exact, next((step for step in STEPS if common % step == 0), 1))
    return np.where((before > 0) & (np.abs(before - exact) <= PLAY * exact), before, rounded)


def _candidates(positive: Float[np.ndarray, " tiles"], median: float, place: float) -> list[float]:
    """Return values for the typical importance, nearest first; of two equally near the lower one.

    Which tiles are clamped changes only where the typical importance is twice or half that of a tile, so one value
    between any two such places stands for all.
    """
    with np.errstate(over="ignore"):
        places = np.unique(np.concatenate([positive * 2, positive / 2]))
    between = places[1:] ** place * places[:-1] ** (1 - place)
    between = between[np.isfinite(between) & (between > 0)]
    apart = np.abs(np.log(between) - math.log(median))
    return between[np.argsort(apart, kind="stable")[:MOST_CANDIDATES]].tolist()


def _finite(importance: Float[np.ndarray, " tiles"]) -> Float[np.ndarray, " tiles"]:
    return np.where(np.isfinite(importance), importance, 0.0).astype(np.float64)


def _exact(values: Float[np.ndarray, " tiles"], typical: float) -> Float[np.ndarray, " tiles"]:
    with np.errstate(over="ignore"):  # a tiny typical value makes others infinitely large, which is clamped
        return np.clip(values / typical * TYPICAL, SMALLEST, LARGEST)


def _rounded(exact: Float[np.ndarray, " tiles"], step: int) -> Int[np.ndarray, " tiles"]:
    # Half a step is rounded up, so that equal importance never rounds to different sides.
    return (np.floor(exact / step + 0.5) * step).astype(np.int64)


def _agreement(ranks: Float[np.ndarray, " tiles"], sides: Shaped[np.ndarray, " tiles"]) -> float:
    """Return Spearman's correlation; 1 where all are equal, 0 where only the sides are."""
    if len(ranks) < 2 or np.ptp(ranks) == 0:
        return 1.0
    if np.ptp(sides) == 0:
        return 0.0
    return float(np.corrcoef(ranks, rankdata(sides))[0, 1])
