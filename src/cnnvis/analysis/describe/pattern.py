"""What a patch's lightness does: an edge, lines, a spot, a fine texture, or nothing."""

import numpy as np
from jaxtyping import Float, Int

SIDES = (
    "dark left of bright",
    "bright at top right",
    "bright above dark",
    "bright at top left",
    "bright left of dark",
    "bright at lower left",
    "dark above bright",
    "bright at lower right",
)
"""Patterns with a bright and a dark side, by where the bright one is: right, then against the clock."""
DIRECTIONS = ("vertical", "falling diagonal", "horizontal", "rising diagonal")
"""By the angle across the lines, against the clock."""
PATTERNS = (
    "flat",
    *SIDES,
    *(f"{direction} lines" for direction in DIRECTIONS),
    *(f"{direction} stripes" for direction in DIRECTIONS),
    "bright spot",
    "dark spot",
    "fine texture",
    "other",
)
FLAT = 0.03
"""Standard deviation of lightness (0 to 1) below which a patch shows no pattern."""
SIDED = 0.6
"""Correlation with an even ramp from which a patch has a bright side; a straight edge through the middle has 0.87."""
ORIENTED = 0.5
"""Coherence of the structure tensor from which a pattern has a direction (0: none, 1: perfect stripes)."""
STRIPES = 1.6
"""Cycles across the patch from which an oriented pattern is stripes, below it a line or two."""
SPOT = 0.5
"""Correlation with a soft round spot in the middle from which a patch shows a spot."""
SPOT_RADIUS = 0.45
"""Of that spot: where it has fallen to six tenths, in parts of half the patch."""
FINE = 2.2
"""Cycles across the patch from which a pattern without direction is a fine texture."""


def patterns(light: Float[np.ndarray, "patches size size"]) -> Int[np.ndarray, " patches"]:
    """Return the place in `PATTERNS` of what each patch's lightness does.

    A patch with a bright and a dark side is an edge, whatever else; else one with a direction has lines or stripes;
    else there may be a spot in its middle, or a texture of fine grain. The rest is ``other``: any picture of a thing.
    Cycles are the root mean square of the gradient over that of the deviation from the mean, exact for a sine.
    """
    size = light.shape[1]
    deviation = light - light.mean(axis=(1, 2), keepdims=True)
    spread = np.sqrt((deviation**2).mean(axis=(1, 2)))
    scale = np.maximum(spread, 1e-6)
    ramp = np.linspace(-1.0, 1.0, size)
    ramp /= ramp.std()
    right = (deviation * ramp[None, None, :]).mean(axis=(1, 2)) / scale
    down = (deviation * ramp[None, :, None]).mean(axis=(1, 2)) / scale
    spot = (deviation * _spot(size)).mean(axis=(1, 2)) / scale
    coherence, across, energy = _structure(deviation)
    cycles = np.sqrt(energy) / (2 * np.pi * scale) * size
    found = np.full(len(light), PATTERNS.index("other"))
    found[cycles > FINE] = PATTERNS.index("fine texture")
    found[spot > SPOT] = PATTERNS.index("bright spot")
    found[spot < -SPOT] = PATTERNS.index("dark spot")
    first = np.where(cycles > STRIPES, PATTERNS.index("vertical stripes"), PATTERNS.index("vertical lines"))
    found = np.where(coherence > ORIENTED, first + _sector(across, 180.0, 4), found)
    bright_side = np.degrees(np.arctan2(-down, right)) % 360.0
    found = np.where(np.hypot(right, down) > SIDED, 1 + _sector(bright_side, 360.0, 8), found)
    return np.where(spread < FLAT, 0, found).astype(np.int64)


def _structure(
    deviation: Float[np.ndarray, "patches size size"],
) -> tuple[Float[np.ndarray, " patches"], Float[np.ndarray, " patches"], Float[np.ndarray, " patches"]]:
    """Return coherence, angle across the lines (degrees, against the clock) and energy of the structure tensor."""
    down, right = np.gradient(deviation, axis=(1, 2))
    yy, xx, xy = ((one * other).mean(axis=(1, 2)) for one, other in ((down, down), (right, right), (down, right)))
    energy = yy + xx
    coherence = np.hypot(yy - xx, 2 * xy) / np.maximum(energy, 1e-12)
    # Image rows grow downwards.
    return coherence, np.degrees(0.5 * np.arctan2(-2 * xy, xx - yy)) % 180.0, energy


def _sector(angle: Float[np.ndarray, " patches"], turn: float, sectors: int) -> Int[np.ndarray, " patches"]:
    width = turn / sectors
    return np.floor((angle + width / 2) / width).astype(np.int64) % sectors


def _spot(size: int) -> Float[np.ndarray, "size size"]:
    along = np.linspace(-1.0, 1.0, size)
    spot = np.exp(-(along[:, None] ** 2 + along[None, :] ** 2) / (2 * SPOT_RADIUS**2))
    return (spot - spot.mean()) / spot.std()
