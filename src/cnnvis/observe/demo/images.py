"""Handwritten digits that come with scikit-learn, as pictures of a size worth looking at."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int, UInt8
from sklearn.datasets import load_digits
from torch.nn import functional

SIZE = 32
NAMES = tuple(str(digit) for digit in range(10))
HELD_OUT = 4
"""Every fourth image is held out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DemoImages:
    """1,797 grey pictures of handwritten digits (Alpaydin and Kaynak 1998, the UCI test set)."""

    pixels: UInt8[np.ndarray, "images height width channels"]
    labels: Int[np.ndarray, " images"]
    names: tuple[str, ...]
    held_out: Int[np.ndarray, " held"]
    """Indices of the images that training leaves out."""

    @property
    def trained(self) -> Int[np.ndarray, " trained"]:
        """Indices of the images to train on."""
        return np.setdiff1d(np.arange(len(self.labels)), self.held_out)


def demo_images() -> DemoImages:
    """Return the digits as 32 x 32 grey pictures, smoothly enlarged from 8 x 8.

    Of each digit every fourth image is held out, so that all digits are held out alike.
    """
    rows, digits = load_digits(return_X_y=True)
    small = torch.from_numpy(np.asarray(rows, dtype=np.float32).reshape(-1, 1, 8, 8)) * (255.0 / 16.0)
    large = functional.interpolate(small, size=(SIZE, SIZE), mode="bicubic", align_corners=False)
    pixels = large.clamp(0, 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
    labels = np.asarray(digits, dtype=np.int64)
    held_out = np.concatenate([np.flatnonzero(labels == digit)[::HELD_OUT] for digit in range(len(NAMES))])
    return DemoImages(pixels=pixels, labels=labels, names=NAMES, held_out=np.sort(held_out))


def demo_inputs(pixels: UInt8[np.ndarray, "images height width channels"]) -> torch.Tensor:
    """Return the network's input for these pictures: float [images, 1, height, width] from -1 to 1."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div(127.5).sub(1.0)
