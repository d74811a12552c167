"""Of which images positions are counted: of all where maps are small, of some where they are large.

Positions above 0, and the derivative of a non-linearity, cost more to count than sums and maxima, and some images are
enough: they leave hundreds of thousands of positions per neuron. Which they are depends on their sample ids, the number
of positions and the size and lowest id of the data alone, so every split of the data counts the same ones.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int

Counted = slice | Int[torch.Tensor, "_"]
"""Which images of a batch are counted."""

EVERY: Counted = slice(None)
LARGE_MAP, HUGE_MAP = 64, 1024
"""From so many positions on a map is large, or huge; smaller ones are counted on every image."""
TOGETHER = 16
"""Images in a row that are counted or not together: counting then happens in few batches, which saves its calls."""


@dataclass(frozen=True)
class CountPlan:
    """Of how many times sixteen neighbours sixteen are counted, where maps are large and where they are huge."""

    large: int = 4
    huge: int = 4
    first: int = 0
    """A block that is counted, so that some are, wherever in a data set the images lie."""

    @staticmethod
    def of_data(images: int | None, samples: Int[np.ndarray, " images"] | None = None) -> "CountPlan":
        """Return the plan for data of so many images (None: unknown): at least 256 of 1,024, at least 32 of 128.

        The block of the lowest sample id is counted; where the ids are not known beforehand they count from 0.
        """
        first = 0 if samples is None or not len(samples) else int(samples.min()) // TOGETHER
        if images is None:
            return CountPlan(first=first)
        return CountPlan(large=_every(images, 256), huge=_every(images, 32), first=first)


def _every(images: int, least: int) -> int:
    """Return of how many blocks one is counted, so that about ``least`` images are; one of 4 to one of 16."""
    return next((every for every in (16, 8) if images >= least * every), 4)


@dataclass(frozen=True, eq=False)
class CountedImages:
    """Which images of one batch are counted."""

    large: Counted
    huge: Counted

    @staticmethod
    def of_batch(plan: CountPlan, samples: Int[np.ndarray, " images"], device: torch.device) -> "CountedImages":
        """Return what a plan means for these sample ids."""
        large = chosen_images(samples, plan.large, device, first=plan.first)
        if plan.huge == plan.large:
            return CountedImages(large, large)
        return CountedImages(large, chosen_images(samples, plan.huge, device, first=plan.first))

    def where(self, positions: int) -> Counted:
        """Return the images that are counted where maps have so many positions."""
        if positions < LARGE_MAP:
            return EVERY
        return self.large if positions < HUGE_MAP else self.huge


def chosen_images(samples: Int[np.ndarray, " images"], every: int, device: torch.device, *, first: int = 0) -> Counted:
    """Return the images in every so many-th block of sixteen; a slice, which costs nothing, if possible."""
    chosen = np.flatnonzero((samples // TOGETHER - first) % every == 0)
    if not len(chosen):
        return slice(0, 0)
    steps = np.diff(chosen)
    if len(chosen) == 1 or (steps == steps[0]).all():
        step = int(steps[0]) if len(steps) else 1
        return slice(int(chosen[0]), int(chosen[-1]) + 1, step)
    return torch.from_numpy(chosen).to(device)
