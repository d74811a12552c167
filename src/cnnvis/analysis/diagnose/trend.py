"""Whether a noisy curve still changes, and how sure that is: a line through the means of its blocks."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

BLOCKS = 8
"""Neighbouring losses hang together, means over an eighth of the curve hardly do."""
FEWEST = 2 * BLOCKS
SURE = 1.943
"""Student's t with six degrees of freedom that is exceeded by chance one time in twenty."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A line through a stretch of a curve."""

    level: float
    """Mean over the stretch."""
    fall: float
    """Share of its value at the start by which the line is lower at the end."""
    margin: float
    """By so much the fall may be wrong to either side, at odds of 19 to 1 on each."""

    @property
    def start(self) -> float:
        """Where the line begins."""
        return self.level / (1.0 - self.fall / 2.0)

    def flat(self, by: float) -> bool:
        """Whether it surely falls by less than this share."""
        return self.fall + self.margin < by

    def rises(self, by: float) -> bool:
        """Whether it surely rises by more than this share."""
        return -self.fall - self.margin > by


def trend(values: Float[np.ndarray, " points"]) -> Trend | None:
    """Return the line through the means of eight equal blocks; None with fewer than two points in each.

    The margin is that of the slope's t-statistic: what the blocks' means scatter around the line tells how far the line
    may be from the truth. Values that are not finite make it None too.
    """
    if len(values) < FEWEST or not np.isfinite(values).all():
        return None
    means = np.array([float(np.mean(block)) for block in np.array_split(values, BLOCKS)])
    place = np.arange(BLOCKS) - (BLOCKS - 1) / 2
    spread = float(np.sum(place**2))
    slope = float(np.sum(place * means)) / spread
    level = float(np.mean(means))
    scatter = math.sqrt(float(np.sum((means - level - slope * place) ** 2)) / (BLOCKS - 2))
    start = level - slope * BLOCKS / 2
    if start <= 0:
        return None
    margin = SURE * scatter / math.sqrt(spread)
    return Trend(level=level, fall=-slope * BLOCKS / start, margin=margin * BLOCKS / start)
