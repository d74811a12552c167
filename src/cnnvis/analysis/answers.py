"""How neurons answer: each cluster to each image, and how much of it goes with the class."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from cnnvis.schema.statistics import UnitStatistics


def cluster_answers(
    values: Float[np.ndarray, "images neurons"], clusters: Sequence[Sequence[int]]
) -> Float[np.ndarray, "images clusters"]:
    """Return each image's activation of each cluster: the mean over its neurons, each in its own standard deviations.

    Neurons that are the same on all images, or were not finite on one, say nothing and count as their mean.
    """
    exact = np.where(np.isfinite(values).all(axis=0), values, 0).astype(np.float64)
    spread = exact.std(axis=0)
    scaled = np.divide(exact - exact.mean(axis=0), spread, out=np.zeros_like(exact), where=spread > 0)
    return np.stack([scaled[:, list(members)].mean(axis=1) for members in clusters], axis=1)


def class_share(statistics: UnitStatistics, images: Int[np.ndarray, " classes"]) -> float:
    """Return the share of the variance over images that lies between classes (eta squared), mean over the neurons.

    Neurons that never vary, or that gave values that are not finite, are left out; NaN when none is left.

    Args:
        statistics: Those of a layer.
        images: Images per class.

    """
    seen = images > 0
    weights: Float[np.ndarray, " seen"] = images[seen] / max(1, int(images.sum()))
    means = statistics.after_mean[seen].astype(np.float64)
    between = weights @ (means - weights @ means) ** 2
    variance = statistics.std.astype(np.float64) ** 2
    good = np.isfinite(between) & (variance > 0) & (statistics.nonfinite == 0)
    return float(np.clip(between[good] / variance[good], 0, 1).mean()) if good.any() else float("nan")
