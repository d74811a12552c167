"""Words for what patches look like, and what neurons' patches have in common that others' do not."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, UInt8

from cnnvis.analysis.describe.colour import COLOURS, GREYS, colour_shares, oklab
from cnnvis.analysis.describe.pattern import DIRECTIONS, FLAT, PATTERNS, SIDES, patterns

PATCH = 24
"""Side in pixels that patches are brought to."""
CELLS = 8
"""Colours are told in so many cells along a side."""
CONTAINED, PAIRED = 0.25, 0.2
"""A patch is said to show a colour from this share of it on, and two colours from this share each."""
COLOURFUL, COLOURLESS = 0.09, 0.03
STRONG, WEAK = 0.22, 0.08
"""Standard deviation of lightness above which contrast is strong, and below which it is weak."""
DARK, BRIGHT = 0.38, 0.82

MOST = 0.6
"""A word is said plainly when it fits at least this share of the patches."""
OFTEN, OFTENER = 0.35, 0.12
"""It is said with "often" from this share on, where that is more than the layer's share by so much."""
DISTINCT = 0.08
"""What fits most patches tells a cluster apart where its share exceeds the layer's by this much."""
FINER = 0.1
"""What each step of detail is worth in shares: "dark above bright" says more than "edges"."""
HEDGED = 0.15
ALL = 0.9
"""What fits nearly all patches of a layer, such as grey where there is no colour, is not worth saying of a cluster."""

Family = Literal["edges", "texture", "colour", "contrast", "light"]
"""Words of one family say much the same; a title has one of each at most."""


@dataclass(frozen=True)
class Word:
    """A word for patches."""

    text: str
    family: Family
    detail: int
    """0 for the most general words to 3 for the most particular."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A word that fits a cluster, and how well it tells it apart: about the difference of two shares."""

    text: str
    family: Family
    strength: float


def patch_words(patches: UInt8[np.ndarray, "patches 24 24 3"]) -> Bool[np.ndarray, "patches words"]:
    """Return which of `WORDS` fit each patch."""
    lab = oklab(patches)
    light = lab[..., 0]
    cell = PATCH // CELLS
    cells = lab.reshape(len(patches), CELLS, cell, CELLS, cell, 3).mean(axis=(2, 4)).reshape(len(patches), -1, 3)
    spread = light.std(axis=(1, 2))
    chroma = np.hypot(lab[..., 1], lab[..., 2]).mean(axis=(1, 2))
    mean = light.mean(axis=(1, 2))
    shares = colour_shares(cells)
    pattern = patterns(light)
    # Colours that are equally bright are seen all the same.
    of_colours = lab[..., 1:].std(axis=(1, 2)).max(axis=1) >= FLAT
    pattern[(pattern == PATTERNS.index("flat")) & of_colours] = PATTERNS.index("other")
    fits = [_MEMBERS[pattern], shares[:, GREYS:] >= CONTAINED]
    fits += [((shares[:, one] >= PAIRED) & (shares[:, other] >= PAIRED))[:, None] for one, other in _PAIRS]
    fits += [np.any(shares[:, group] >= CONTAINED, axis=1, keepdims=True) for group in _TEMPERATURES.values()]
    tones = [chroma > COLOURFUL, chroma < COLOURLESS, spread > STRONG, spread < WEAK, mean < DARK, mean > BRIGHT]
    return np.concatenate([*fits, np.stack(tones, axis=1)], axis=1)


def said_of_patches(
    shares: Float[np.ndarray, "members words"], layer: Float[np.ndarray, " words"]
) -> tuple[list[Said], str]:
    """Return the words that tell a cluster's patches apart, and the best word that fits most of them at all.

    Args:
        shares: For each neuron of the cluster the share of its patches that each word fits.
        layer: The mean share over all neurons of the layer.

    Returns:
        The words, strongest first, and a plain one, perhaps as true of the layer's other neurons; empty when there is
        none.

    """
    found: list[Said] = []
    plain: list[tuple[float, str]] = []
    for word, share, usual in zip(WORDS, shares.mean(axis=0).tolist(), layer.tolist(), strict=True):
        more = share - usual
        if share >= MOST:
            if usual <= ALL or word.family == "edges":
                plain.append((more + FINER * word.detail, word.text))
            if more >= DISTINCT:
                found.append(Said(text=word.text, family=word.family, strength=more + FINER * word.detail))
        elif share >= OFTEN and more >= OFTENER:
            strength = more + FINER * word.detail - HEDGED
            found.append(Said(text=f"often {word.text}", family=word.family, strength=strength))
    found.sort(key=lambda one: (-one.strength, one.text))
    return found, max(plain, default=(0.0, ""))[1]


_OF_DIRECTION = {
    "vertical": (SIDES[0], SIDES[4]),
    "falling diagonal": (SIDES[1], SIDES[5]),
    "horizontal": (SIDES[2], SIDES[6]),
    "rising diagonal": (SIDES[3], SIDES[7]),
}
_LINED = {one: (f"{one} lines", f"{one} stripes") for one in DIRECTIONS}
_EDGED = {one: (*_OF_DIRECTION[one], *_LINED[one]) for one in DIRECTIONS}
_BRIGHT_AT = {"top": (1, 2, 3), "left": (3, 4, 5), "bottom": (5, 6, 7), "right": (7, 0, 1)}
_UNIONS: tuple[tuple[Word, tuple[str, ...]], ...] = (
    *((Word(side, "edges", 3), (side,)) for side in SIDES),
    *((Word(f"{one} stripes", "edges", 3), (f"{one} stripes",)) for one in DIRECTIONS),
    *((Word(f"{one} lines", "edges", 2), lined) for one, lined in _LINED.items()),
    *((Word(f"{one} edges", "edges", 2), edged) for one, edged in _EDGED.items()),
    *(
        (Word(f"bright at the {side}", "edges", 2), tuple(SIDES[place] for place in places))
        for side, places in _BRIGHT_AT.items()
    ),
    (Word("diagonal edges", "edges", 1), (*_EDGED["rising diagonal"], *_EDGED["falling diagonal"])),
    (Word("lines and stripes", "edges", 1), tuple(name for lined in _LINED.values() for name in lined)),
    (Word("edges", "edges", 0), tuple(name for edged in _EDGED.values() for name in edged)),
    (Word("bright spots", "texture", 3), ("bright spot",)),
    (Word("dark spots", "texture", 3), ("dark spot",)),
    (Word("spots", "texture", 1), ("bright spot", "dark spot")),
    (Word("fine texture", "texture", 2), ("fine texture",)),
    (Word("flat areas", "texture", 2), ("flat",)),
)
_MEMBERS = np.array([[name in members for _, members in _UNIONS] for name in PATTERNS])
_PAIRS = tuple(
    (one, other)
    for other in range(len(COLOURS))
    for one in range(other)
    if other >= GREYS or (one, other) == (COLOURS.index("black"), COLOURS.index("white"))
)
_TEMPERATURES = {
    "warm colours": [COLOURS.index(name) for name in ("red", "orange", "yellow", "brown")],
    "cool colours": [COLOURS.index(name) for name in ("green", "cyan", "blue", "purple")],
}
WORDS: tuple[Word, ...] = (
    *(word for word, _ in _UNIONS),
    *(Word(name, "colour", 2) for name in COLOURS[GREYS:]),
    *(Word(f"{COLOURS[one]}-{COLOURS[other]}", "colour", 3) for one, other in _PAIRS),
    *(Word(name, "colour", 1) for name in _TEMPERATURES),
    Word("colourful", "colour", 0),
    Word("grey tones", "colour", 0),
    Word("high contrast", "contrast", 0),
    Word("low contrast", "contrast", 0),
    Word("dark", "light", 0),
    Word("bright", "light", 0),
)
"""What can be said of a patch, in the order of `patch_words`."""
