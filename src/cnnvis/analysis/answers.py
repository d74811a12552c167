"""How neurons answer: each cluster to each image, and how much of it goes with the class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from cnnvis.schema.statistics import UnitStatistics


@dataclass(frozen=True, eq=False)
class Scale:
    """What the activations of each neuron are measured by: their mean and standard deviation over the probe images.

    Neurons that are the same on all images, or were not finite on one, say nothing: their deviation is 0.
    """

    mean: Float[np.ndarray, " neurons"]
    deviation: Float[np.ndarray, " neurons"]

    @classmethod
    def of(cls, values: Float[np.ndarray, "images neurons"]) -> "Scale":
        """Return the scale of some images' activations."""
        exact = np.where(np.isfinite(values).all(axis=0), values, 0).astype(np.float64)
        return cls(exact.mean(axis=0), exact.std(axis=0))

    def deviations(self, values: Float[np.ndarray, "rows neurons"]) -> Float[np.ndarray, "rows neurons"]:
        """Return values in standard deviations from the mean; 0 for neurons that say nothing, and for NaN."""
        away = np.where(np.isfinite(values), values, self.mean).astype(np.float64) - self.mean
        return np.divide(away, self.deviation, out=np.zeros_like(away), where=self.deviation > 0)


def cluster_means(
    values: Float[np.ndarray, "rows neurons"], clusters: Sequence[Sequence[int]]
) -> Float[np.ndarray, "rows clusters"]:
    """Return the mean of each cluster's neurons."""
    return np.stack([values[:, list(members)].mean(axis=1) for members in clusters], axis=1)


def cluster_answers(
    values: Float[np.ndarray, "images neurons"], clusters: Sequence[Sequence[int]]
) -> Float[np.ndarray, "images clusters"]:
    """Return each image's activation of each cluster: the mean over its neurons, each in its own standard deviations.

    Neurons that are the same on all images, or were not finite on one, say nothing and count as their mean.
    """
    return cluster_means(Scale.of(values).deviations(values), clusters)


def set_answers(
    values: Float[np.ndarray, "chosen neurons"],
    labels: Int[np.ndarray, " chosen"],
    profiles: Float[np.ndarray, "classes neurons"],
    *,
    scale: Scale,
    clusters: Sequence[Sequence[int]],
) -> tuple[Float[np.ndarray, " clusters"], Float[np.ndarray, " clusters"]]:
    """Return how clusters answer to some images, and how they would if each image were an average one of its class.

    Args:
        values: Activations on the images, at least one.
        labels: Class of each image, -1 for none: such an image is expected to be an average one of all.
        profiles: Class profiles; NaN for a class without images.
        scale: What activations are measured by.
        clusters: Neurons of each cluster.

    """
    answers = cluster_means(scale.deviations(values), clusters).mean(axis=0)
    present, counts = np.unique(labels[labels >= 0], return_counts=True)
    promised = cluster_means(scale.deviations(profiles[present]), clusters)
    return answers, (counts[:, None] * promised).sum(axis=0) / len(labels)


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
