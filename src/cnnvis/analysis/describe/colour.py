"""Colour words from measured colour, in OKLab, a space where equal steps look equal."""

import math

import numpy as np
from jaxtyping import Float, UInt8

COLOURFUL = 0.05
"""Chroma in OKLab from which a patch has a colour and not a grey (pure red has 0.26)."""
STRONG = 0.17
# Hue angles of OKLab at which one colour word gives way to the next, in degrees.
_HUES = (
    (10.0, "pink"),
    (38.0, "red"),
    (82.0, "orange"),
    (115.0, "yellow"),
    (165.0, "green"),
    (215.0, "cyan"),
    (285.0, "blue"),
    (330.0, "purple"),
    (360.0, "pink"),
)
_GREYS: tuple[tuple[float, str], ...] = ((0.25, "black"), (0.45, "dark grey"), (0.72, "grey"), (0.9, "light grey"))

GREY_WORDS = frozenset({"black", "dark grey", "grey", "light grey", "white"})


def oklab(pixels: UInt8[np.ndarray, "height width channels"]) -> Float[np.ndarray, "height width 3"]:
    """Convert sRGB (or grey) pixels to OKLab: lightness 0 to 1, green-red, blue-yellow (Ottosson 2020)."""
    colour = pixels[..., :3] if pixels.shape[-1] >= 3 else np.repeat(pixels[..., :1], 3, axis=-1)
    encoded = colour.astype(np.float64) / 255.0
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T


def colour_word(lightness: float, green_red: float, blue_yellow: float) -> str:
    """Return one or two words for a mean colour, such as ``dark green``, ``bright blue`` or ``light grey``."""
    chroma = math.hypot(green_red, blue_yellow)
    if chroma < COLOURFUL:
        return next((word for limit, word in _GREYS if lightness < limit), "white")
    angle = math.degrees(math.atan2(blue_yellow, green_red)) % 360.0
    hue = next(word for limit, word in _HUES if angle <= limit)
    if hue in {"orange", "yellow", "red"} and lightness < 0.55 and chroma < STRONG and angle > 30.0:
        return "brown" if lightness > 0.3 else "dark brown"
    if hue in {"orange", "yellow"} and lightness > 0.6 and chroma < 0.09:
        return "beige"
    if lightness < 0.42:
        return f"dark {hue}"
    if chroma >= STRONG and lightness > 0.5:
        return f"bright {hue}"
    return f"pale {hue}" if lightness > 0.8 and chroma < 0.1 else hue


_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
