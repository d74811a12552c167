"""What one pass over the data leaves per neuron: arrays, frozen, without torch."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitStatistics:
    """Finished statistics of one unit's neurons, as kept in the run folder.

    *Activation on an image* is the spatial mean of a neuron's map, read after (and before) the non-linearity.
    Classes without images hold NaN in the class means. Empty top-k places hold sample -1 and value -inf.
    Top-k ranks distinct images by the spatial maximum before the non-linearity, best first; ties: lower sample id.
    """

    after_mean: Float[np.ndarray, "classes neurons"]
    """Class profile: mean activation after the non-linearity, per class."""
    after_std: Float[np.ndarray, "classes neurons"]
    """Standard deviation of the activation within a class."""
    before_mean: Float[np.ndarray, "classes neurons"]
    mean: Float[np.ndarray, " neurons"]
    """Mean activation (after) over all images, and its standard deviation over images."""
    std: Float[np.ndarray, " neurons"]
    minimum: Float[np.ndarray, " neurons"]
    """Smallest and largest activation (after) on any image."""
    maximum: Float[np.ndarray, " neurons"]
    active: Float[np.ndarray, " neurons"]
    """Share of positions (over images) with a value above 0 after the non-linearity.

    Maps of 64 positions and more are counted on the images whose sample id is a multiple of 4 (of 16 in data of
    4,096 images and more); `slope` likewise.
    """
    slope: Float[np.ndarray, " neurons"]
    """Mean derivative of the non-linearity over images and positions; 1 without one."""
    nonfinite: Int[np.ndarray, " neurons"]
    """Activation values that were NaN or infinite; those images are left out of the sums."""
    top_value: Float[np.ndarray, "neurons k"]
    top_sample: Int[np.ndarray, "neurons k"]
    top_y: Int[np.ndarray, "neurons k"]
    top_x: Int[np.ndarray, "neurons k"]

    @property
    def never_active(self) -> Bool[np.ndarray, " neurons"]:
        """Neurons that never rise above 0 before their non-linearity on any image."""
        return ~(self.top_value[:, 0] > 0)


@dataclass(frozen=True, kw_only=True, eq=False)
class ProbeSet:
    """Up to 2,000 images chosen by hash of sample id, stratified by class (design: probe set)."""

    samples: Int[np.ndarray, " images"]
    labels: Int[np.ndarray, " images"]
    """-1 without a label."""
    predictions: Int[np.ndarray, " images"]
    means: dict[str, Float[np.ndarray, "images neurons"]]
    """Unit id to each image's neuron means (float16), for representative units."""

    def groups(self, classes: int, *, by_prediction: bool) -> Int[np.ndarray, " images"]:
        """Return the class that each image counts for: its label or, in data without labels, the predicted one."""
        return known_classes(self.predictions, classes) if by_prediction else self.labels


def known_classes(predictions: Int[np.ndarray, " images"], classes: int) -> Int[np.ndarray, " images"]:
    """Return the predictions; -1 where a network has more outputs than there are classes, and predicts one of those."""
    return np.where(predictions < classes, predictions, -1)


@dataclass(frozen=True, kw_only=True, eq=False)
class NeuronStatistics:
    """Everything that `collect` found in one snapshot."""

    units: dict[str, UnitStatistics]
    class_images: Int[np.ndarray, " classes"]
    confusion: Int[np.ndarray, "classes outputs"]
    """Images per (label, predicted output)."""
    probe: ProbeSet


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitContributions:
    """What one unit's neurons contribute to the classes: mean over probe images of sum over positions of a * dz/da.

    The activation a is that after the non-linearity, z a class's output before the softmax. The sign counts: above 0 a
    neuron speaks for the class, below 0 against it. NaN where there is no image.
    """

    values: Float[np.ndarray, "classes neurons"]
    """On the images labelled with the class, to the class itself."""
    confused_values: Float[np.ndarray, "classes confused neurons"]
    """On the same images, to each of the classes in `Contributions.confused`; NaN where there is none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Contributions:
    """What each neuron contributes to each class, on the probe set (design: contribution)."""

    units: dict[str, UnitContributions]
    images: Int[np.ndarray, " classes"]
    """Probe images per class that the means are over."""
    confused: Int[np.ndarray, "classes confused"]
    """The classes that each class is most often confused with, most often first; -1 where there is none."""
