"""What `collect` needs of any data: batches in a fixed order, and the original pixels of chosen images."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Int, UInt8

from cnnvis.observe.model_input import ModelInput


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """Some images as the model takes them."""

    inputs: ModelInput
    """What the model is called with: float images [images, channels, height, width], and what else it takes."""
    labels: Int[np.ndarray, " images"]
    """Class index per image, -1 where unknown."""
    samples: Int[np.ndarray, " images"]
    """Sample id per image: its index in the data set, or its running number in a stream."""

    def take(self, rows: Int[np.ndarray, " rows"] | slice) -> "Batch":
        """Return some of the images."""
        return Batch(inputs=self.inputs.take(rows), labels=self.labels[rows], samples=self.samples[rows])

    def followed_by(self, other: "Batch") -> "Batch":
        """Return these images and others of the same shape."""
        return Batch(
            inputs=self.inputs.followed_by(other.inputs),
            labels=np.concatenate([self.labels, other.labels]),
            samples=np.concatenate([self.samples, other.samples]),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """An image as a person should see it, and how the model's input lies in it.

    Input pixel edge coordinates (x, y) lie at ``(left + x * scale_x, top + y * scale_y)`` of these pixels.
    """

    pixels: UInt8[np.ndarray, "height width channels"]
    """1 channel (grey) or 3 (RGB)."""
    left: float = 0.0
    top: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0


@runtime_checkable
class ImageSource(Protocol):
    """Any data that can be analysed."""

    name: str
    total: int | None
    """Images to expect; None when unknown."""
    samples: Int[np.ndarray, " images"] | None
    """Sample ids in the order in which they are read; None when they are not known beforehand."""
    class_names: tuple[str, ...] | None
    preprocessing: str
    """In words, for the run folder."""
    skipped: list[str]
    """Images that could not be read, with the reason; grows while batches are read."""
    warnings: list[str]
    """What a person should know of the data, in sentences; grows while batches are read."""
    rereadable: bool
    """Whether `picture` works for any sample at any time (a map-style data set). If not, `collect` asks for the
    pictures of samples that enter a top-k while their batch is the latest."""

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield batches in a fixed order, leaving out the first ``start`` *batches* (for resuming)."""
        ...

    def select(self, samples: Int[np.ndarray, " images"]) -> Iterator[Batch]:
        """Yield the images of these sample ids in batches of any size, reading no others where that is possible."""
        ...

    def picture(self, sample: int) -> Picture:
        """Return the image of this sample id as a person should see it.

        Raises:
            DataError: When it cannot be read any more.

        """
        ...


def scan(batches: Iterator[Batch], samples: Int[np.ndarray, " images"]) -> Iterator[Batch]:
    """Yield the images of these sample ids from data that can only be run through; stops after the last of them."""
    missing = len(samples)
    for batch in batches:
        rows = np.flatnonzero(np.isin(batch.samples, samples))
        if len(rows):
            yield batch.take(rows)
        missing -= len(rows)
        if not missing:
            return
