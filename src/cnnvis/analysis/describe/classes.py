"""What a cluster answers to, when it is a class or a few."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

SELECTIVE = 0.5
"""A cluster is titled by classes when its mean profile reaches half a standard deviation for one of them."""
ALSO = 0.7
"""Further classes are named from this share of the strongest on."""
MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class ClassWords:
    """The classes that a cluster answers to."""

    title: str
    """Class names, strongest first, joined by commas; empty when the cluster prefers no class."""
    classes: tuple[int, ...]


def describe_cluster(
    profiles: Float[np.ndarray, "neurons classes"], class_names: Sequence[str], *, threshold: float = SELECTIVE
) -> ClassWords:
    """Name the classes a cluster's neurons answer to most, if they answer to any more than to the rest.

    The strongest class is named when the members' mean profile reaches the threshold there, up to two more when they
    reach 70 % of the strongest. Ties go to the lower class index.

    Args:
        profiles: (class mean - neuron mean) / neuron deviation; NaN for classes without images.
        class_names: One name per class.
        threshold: Standard deviations above the average that make a cluster selective.

    """
    finite = np.isfinite(profiles)
    counts = finite.sum(axis=0)
    mean = np.where(finite, profiles, 0.0).sum(axis=0) / np.maximum(counts, 1)
    mean[counts == 0] = -np.inf
    if not mean.size or mean.max() < threshold:
        return ClassWords(title="", classes=())
    strongest = np.argsort(-mean, kind="stable")[:MOST_NAMED]
    named = tuple(int(index) for index in strongest if mean[index] >= ALSO * mean[strongest[0]])
    return ClassWords(title=", ".join(class_names[index] for index in named), classes=named)
