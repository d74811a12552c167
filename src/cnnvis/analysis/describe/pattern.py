"""Pattern words from the structure tensor and the spatial frequency of a patch's lightness."""

import math

import numpy as np
from jaxtyping import Float

FLAT = 0.03
"""Standard deviation of lightness (0 to 1) below which a patch shows no pattern."""
ORIENTED = 0.5
"""Coherence of the structure tensor from which a pattern has a direction (0: none, 1: perfect stripes)."""
STRIPES = 1.25
"""Cycles across the patch from which an oriented pattern is stripes, below it an edge."""
FINE = 8.0
"""Pixels per cycle below which a texture without direction is fine; white noise measures 6.3."""


def pattern_word(light: Float[np.ndarray, "height width"]) -> str:
    """Return what a patch's lightness does: ``flat``, ``vertical edges``, ``diagonal stripes`` or ``fine texture``.

    Nothing is said of what is coarse and has no direction: that is any picture of a thing. An edge that runs up and
    down is called vertical. Frequency is the root mean square of the gradient over that of the deviation from the
    mean, which is exact for a sine.
    """
    if min(light.shape) < 3 or float(light.std()) < FLAT:
        return "flat"
    down, right = np.gradient(light)
    yy, xx, xy = float((down * down).mean()), float((right * right).mean()), float((down * right).mean())
    energy = yy + xx
    coherence = math.hypot(yy - xx, 2 * xy) / energy if energy > 0 else 0.0
    frequency = math.sqrt(energy) / (2 * math.pi * float(light.std()))
    if coherence < ORIENTED:
        return "fine texture" if frequency * FINE > 1 else ""
    across = math.degrees(0.5 * math.atan2(2 * xy, xx - yy)) % 180.0
    cycles = frequency * min(light.shape)
    return f"{_direction(across)} {'stripes' if cycles > STRIPES else 'edges'}"


def ramp_words(light: Float[np.ndarray, "height width"]) -> str:
    """Return which side of a patch is bright, such as ``bright above dark``; empty without a clear side."""
    if min(light.shape) < 2 or float(light.std()) < FLAT:
        return ""
    height, width = light.shape
    top, bottom = float(light[: height // 2].mean()), float(light[-(height // 2) :].mean())
    left, right = float(light[:, : width // 2].mean()), float(light[:, -(width // 2) :].mean())
    vertical, horizontal = top - bottom, left - right
    clear = 1.2 * float(light.std())
    if max(abs(vertical), abs(horizontal)) < clear:
        return ""
    if abs(vertical) >= abs(horizontal):
        return "bright above dark" if vertical > 0 else "dark above bright"
    return "bright left of dark" if horizontal > 0 else "dark left of bright"


def _direction(across: float) -> str:
    """Name the direction in which an edge runs, from the angle across it (image rows grow downwards)."""
    if across < 22.5 or across >= 157.5:
        return "vertical"
    if across < 67.5:
        return "rising diagonal"
    return "horizontal" if across < 112.5 else "falling diagonal"
