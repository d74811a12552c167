"""Activation maps of chosen neurons on chosen images: arrays, frozen, without torch."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int, UInt8

TYPICAL = (0.75, 0.5, 0.25)
"""Quantiles of a neuron's activation over the probe images; each is shown by the image nearest to it."""
LEAST = 3
"""Images per neuron on which it is excited least."""
LONGEST_SIDE = 28
"""A map is stored with at most this many cells along its longer side."""


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitMaps:
    """What one unit's neurons did on chosen images: one entry per neuron and image, by neuron, then sample id.

    A map holds the values after the non-linearity, larger ones shrunk by the mean over each cell's area, in 256 even
    steps: 0 stands for 0 and below, 255 for `maximum`.
    """

    neuron: Int[np.ndarray, " entries"]
    sample: Int[np.ndarray, " entries"]
    value: Float[np.ndarray, " entries"]
    """Largest value before the non-linearity, and its place in the neuron's full-size map."""
    y: Int[np.ndarray, " entries"]
    x: Int[np.ndarray, " entries"]
    mean: Float[np.ndarray, " entries"]
    """Activation on the image: mean after the non-linearity over all positions."""
    maximum: Float[np.ndarray, " entries"]
    """What 255 stands for; 0 when no cell is above 0."""
    values: UInt8[np.ndarray, "entries height width"]
    typical: Int[np.ndarray, "neurons quantiles"]
    """Sample ids of the images nearest to the quantiles `TYPICAL`; -1 where there is none."""
    least: Int[np.ndarray, "neurons least"]
    """Sample ids of the images with the lowest `value`, lowest first (ties: lower id); -1 where there is none."""

    @cached_property
    def _rows(self) -> dict[tuple[int, int], int]:
        pairs = zip(self.neuron.tolist(), self.sample.tolist(), strict=True)
        return {pair: row for row, pair in enumerate(pairs)}

    def row(self, neuron: int, sample: int) -> int | None:
        """Return the entry of this neuron on this image; None when it was not kept."""
        return self._rows.get((neuron, sample))


@dataclass(frozen=True, kw_only=True, eq=False)
class ActivationMaps:
    """The kept maps of one snapshot."""

    units: dict[str, UnitMaps]

    @property
    def samples(self) -> Int[np.ndarray, " images"]:
        """Sample ids of all images that a map is kept of, rising."""
        return np.unique(np.concatenate([np.zeros(0, np.int64), *(unit.sample for unit in self.units.values())]))
