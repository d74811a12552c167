"""What a cluster's patches have in common, when that can be measured."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, UInt8

from cnnvis.analysis.describe.colour import GREY_WORDS, colour_word, oklab
from cnnvis.analysis.describe.pattern import pattern_word, ramp_words

SHARED = 0.6
"""A word is said when it fits at least this share of the patches; two words joined by "or" when they do together."""
LEAST_SHARE = 0.25
"""Each of two words joined by "or" must fit at least this share by itself."""
MIXED = "mixed"


def describe_patches(patches: Sequence[UInt8[np.ndarray, "_height _width _channels"]]) -> str:
    """Say in a few words what most patches share: colour, then pattern; ``mixed`` when they share nothing.

    Colour is the mean in OKLab against grey, direction the structure tensor of lightness, fineness its spatial
    frequency. A word is used when it fits at least 60 % of the patches, or two do together; of a compound such as
    ``dark green`` or ``vertical stripes`` the part that is shared is kept. Grey is said of flat patches only.

    Args:
        patches: Pixels of each patch, 1 or 3 channels, any size; patches without a pixel are left out.

    """
    return describe_looks([patch_look(patch) for patch in patches if patch.size])


class PatchLook(NamedTuple):
    """The words for one patch."""

    colour: str
    pattern: str
    ramp: str


def patch_look(patch: UInt8[np.ndarray, "_height _width _channels"]) -> PatchLook:
    """Return the words for one patch of at least one pixel, so that those of many clusters need be found only once."""
    lab = oklab(patch)
    return PatchLook(_mean_colour(lab), pattern_word(lab[..., 0]), ramp_words(lab[..., 0]))


def describe_looks(looks: Sequence[PatchLook]) -> str:
    """Say what most patches share, see `describe_patches`, from the words for each."""
    if not looks:
        return MIXED
    pattern = _pattern([look.pattern for look in looks])
    colour = _colour([look.colour for look in looks])
    ramp = _most([look.ramp for look in looks]) if pattern.endswith("edges") or not pattern else ""
    says_grey = all(word in GREY_WORDS for word in colour.split(" or "))
    words = [colour] if colour and (pattern == "flat" or not says_grey) else []
    words += [word for word in (ramp, pattern) if word and word != "flat"]
    return ", ".join(words) or MIXED


def _mean_colour(lab: Float[np.ndarray, "height width 3"]) -> str:
    lightness, green_red, blue_yellow = (float(value) for value in lab.reshape(-1, 3).mean(axis=0))
    return colour_word(lightness, green_red, blue_yellow)


def _colour(words: Sequence[str]) -> str:
    """Return the shared colour, else the shared hue, else two of them, else whether all are dark or bright."""
    hues = [word.rpartition(" ")[2] for word in words]
    tones = [word.partition(" ")[0] if word.startswith(("dark ", "bright ")) else "" for word in words]
    tone = _most(tones)
    return _most(words) or _most(hues) or _either(hues) or (f"{tone} colours" if tone else "")


def _pattern(words: Sequence[str]) -> str:
    """Return the shared pattern, else the shared direction, else the kind of pattern, else two directions."""
    kinds = [word.rpartition(" ")[2] for word in words]
    lines = [word.rpartition(" ")[0] for word in words]
    directions = [
        f"{line} lines" if kind in {"edges", "stripes"} else "" for line, kind in zip(lines, kinds, strict=True)
    ]
    kind = _most([kind if kind in {"edges", "stripes"} else "" for kind in kinds])
    either = _either([line if directions[index] else "" for index, line in enumerate(lines)])
    return _most(words) or _most(directions) or (f"{either} {kind or 'lines'}" if either else kind)


def _most(words: Sequence[str]) -> str:
    """Return the word that enough patches share, or nothing."""
    word, count = max(Counter(words).items(), key=lambda item: (item[1], item[0]))
    return word if count >= SHARED * len(words) - 1e-9 else ""


def _either(words: Sequence[str]) -> str:
    """Return the two words that enough patches share together, the commoner first, or nothing."""
    common = sorted(Counter(word for word in words if word).items(), key=lambda item: (-item[1], item[0]))[:2]
    if len(common) < 2 or sum(count for _, count in common) < SHARED * len(words) - 1e-9:
        return ""
    return f"{common[0][0]} or {common[1][0]}" if common[1][1] >= LEAST_SHARE * len(words) - 1e-9 else ""
