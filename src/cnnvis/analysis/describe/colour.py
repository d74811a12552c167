"""Colours by name, measured in OKLab, a space where equal steps look equal."""

import numpy as np
from jaxtyping import Float, Int, UInt8

COLOURS = ("black", "grey", "white", "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown")
GREYS = 3
"""So many of the names, the first, are of no hue."""
COLOURFUL = 0.045
"""Chroma in OKLab from which a colour is no grey (pure red has 0.26)."""
PALE, DEEP = 0.88, 0.35
"""Lightness from which a grey is white, and below which it is black."""
NIGHT, NIGHTLY = 0.25, 0.08
"""Below this lightness a colour of less than this chroma looks black."""
VIVID = 0.17
"""Dark orange and yellow of less chroma are brown."""
# Hue angles of OKLab at which one colour gives way to the next, in degrees, and the colours' places in COLOURS.
_BORDERS = np.array([10.0, 38.0, 72.0, 115.0, 165.0, 215.0, 285.0, 330.0])
_HUES = np.array([10, 3, 4, 5, 6, 7, 8, 9, 10])
_BROWN_AT = (30.0, 115.0)
_LINEAR = np.array(
    [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in np.arange(256) / 255.0],
    np.float32,
)
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)


def oklab(pixels: UInt8[np.ndarray, "*places 3"]) -> Float[np.ndarray, "*places 3"]:
    """Convert sRGB pixels to OKLab: lightness 0 to 1, green-red, blue-yellow (Ottosson 2020)."""
    return np.cbrt(_LINEAR[pixels] @ _TO_CONES.T) @ _TO_LAB.T


def colour_names(lab: Float[np.ndarray, "*places 3"]) -> Int[np.ndarray, "*places"]:
    """Return the place in `COLOURS` of each colour's name."""
    lightness, green_red, blue_yellow = lab[..., 0], lab[..., 1], lab[..., 2]
    chroma = np.hypot(green_red, blue_yellow)
    angle = np.degrees(np.arctan2(blue_yellow, green_red)) % 360.0
    named = _HUES[np.searchsorted(_BORDERS, angle)]
    is_brown = (angle > _BROWN_AT[0]) & (angle <= _BROWN_AT[1]) & (lightness < 0.6) & (chroma < VIVID)
    named = np.where(is_brown, COLOURS.index("brown"), named)
    grey = np.where(lightness < DEEP, 0, np.where(lightness > PALE, 2, 1))
    no_hue = (chroma < COLOURFUL) | ((lightness < NIGHT) & (chroma < NIGHTLY))
    return np.where(no_hue, grey, named).astype(np.int64)


def colour_shares(lab: Float[np.ndarray, "pictures cells 3"]) -> Float[np.ndarray, "pictures 12"]:
    """Return the share of each picture's cells that have each of the `COLOURS`."""
    names = colour_names(lab)
    return np.stack([(names == place).mean(axis=1) for place in range(len(COLOURS))], axis=1)
