"""What whole images that excite a cluster have in common: brightness, colour, busyness, direction."""

import numpy as np
from jaxtyping import Float, UInt8
from scipy.stats import rankdata

from cnnvis.analysis.describe.colour import oklab
from cnnvis.analysis.describe.looks import Family, Said

IMAGE = 48
"""Side in pixels that images are brought to."""
LEAST = ((0.4, 0.3), (0.25, 0.5))
"""Rank correlations from which a quality is named: of the cluster, and of what it has beyond its layer; either pair."""
WORTH = 0.8
"""Strength of a correlation of 1, to be compared with differences of shares."""
ALIKE = 1e-3
"""A quality in which the images hardly differ (standard deviation) says nothing."""

QUALITIES: tuple[tuple[Family, str, str], ...] = (
    ("light", "bright images", "dark images"),
    ("colour", "colourful images", "grey images"),
    ("texture", "busy images", "smooth images"),
    ("contrast", "high-contrast images", "low-contrast images"),
    ("colour", "bluish images", "yellowish images"),
    ("colour", "reddish images", "greenish images"),
    ("edges", "images of upright lines", "images of level lines"),
)
"""Family, and the words for much and for little of each quality."""


def image_qualities(images: UInt8[np.ndarray, "images 48 48 3"]) -> Float[np.ndarray, "images 7"]:
    """Measure `QUALITIES`: mean lightness and chroma, gradient, contrast, blue, red, and the share of upright lines."""
    lab = oklab(images)
    light = lab[..., 0]
    down, right = np.gradient(light, axis=(1, 2))
    upright, level = (right**2).mean(axis=(1, 2)), (down**2).mean(axis=(1, 2))
    measured = [
        light.mean(axis=(1, 2)),
        np.hypot(lab[..., 1], lab[..., 2]).mean(axis=(1, 2)),
        np.sqrt(upright + level),
        light.std(axis=(1, 2)),
        -lab[..., 2].mean(axis=(1, 2)),
        lab[..., 1].mean(axis=(1, 2)),
        upright / np.maximum(upright + level, 1e-12),
    ]
    return np.stack(measured, axis=1).astype(np.float64)


def said_of_images(
    cluster: Float[np.ndarray, " images"],
    layer: Float[np.ndarray, " images"],
    qualities: Float[np.ndarray, "images 7"],
) -> list[Said]:
    """Return which images excite a cluster, strongest first: those with much or little of some quality.

    A quality is named when the cluster's activation rises with it (rank correlation of 0.4 or more) and does so beyond
    the layer as a whole (0.3 between the quality and the difference of the two), or clearly beyond it (0.25 and 0.5).

    Args:
        cluster: Mean over its neurons of their standardised activations on each image.
        layer: The same over all neurons of the layer.
        qualities: From `image_qualities`.

    """
    if len(cluster) < 3 or np.ptp(cluster) == 0:
        return []
    differ = qualities.std(axis=0) > ALIKE
    beyond = cluster - layer
    by_cluster = rank_correlations(cluster, qualities)
    by_rest = rank_correlations(beyond, qualities) if np.ptp(beyond) > 1e-9 else by_cluster
    found: list[Said] = []
    for place, (family, much, little) in enumerate(QUALITIES):
        text = much if by_cluster[place] > 0 else little
        here = abs(float(by_cluster[place]))
        rest = float(by_rest[place] * np.sign(by_cluster[place]))
        if differ[place] and any(here >= least and rest >= beyond_it for least, beyond_it in LEAST):
            found.append(Said(text=text, family=family, strength=WORTH * min(max(here, rest), 2 * min(here, rest))))
    return sorted(found, key=lambda one: (-one.strength, one.text))


def rank_correlations(
    values: Float[np.ndarray, " images"], others: Float[np.ndarray, "images columns"]
) -> Float[np.ndarray, " columns"]:
    """Return Spearman's correlation of some values with each column; 0 with one that does not vary."""
    one = rankdata(values)
    ranks = rankdata(others, axis=0)
    one, ranks = one - one.mean(), ranks - ranks.mean(axis=0)
    norms = np.sqrt((one**2).sum() * (ranks**2).sum(axis=0))
    return np.divide(one @ ranks, norms, out=np.zeros(others.shape[1]), where=norms > 0)
