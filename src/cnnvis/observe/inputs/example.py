"""What the images of some data are, so that images from elsewhere can be made like them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast, runtime_checkable

import torch
from PIL import Image

from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.source import Batch
from cnnvis.observe.inputs.values import Values

Item = Image.Image | torch.Tensor
"""An image as data give it: a PIL image, or a tensor [channels, height, width] of bytes or floats."""
Transform = Callable[[Image.Image], object]


def _as_it_is(batch: Batch) -> Batch:
    return batch


@dataclass(frozen=True, kw_only=True, eq=False)
class Example:
    """One image of some data, and what the data do to such images."""

    image: Item
    preprocess: Preprocess
    convert: Callable[[Sequence[Item]], torch.Tensor]
    """Makes images like this one the model's input [images, channels, height, width]."""
    values: Values | None = None
    """What floating-point values mean."""
    transform: Transform | None = None
    """The data's own way from a PIL image to theirs."""
    fit: Callable[[Batch], Batch] = _as_it_is
    """Gives a batch the form in which the model takes it."""


@runtime_checkable
class GivesExample(Protocol):
    """Data that can show one of their images at any time."""

    def example(self) -> Example:
        """Return one of the images, and what is done to them.

        Raises:
            DataError: It cannot be read.

        """
        ...


def find_transform(data: object) -> Transform | None:
    """Return the transform of a torchvision-style data set, also of one inside others; None without one."""
    for _ in range(8):
        found = cast("object", getattr(data, "transform", None))
        if callable(found):
            return cast("Transform", found)
        data = cast("object", getattr(data, "dataset", None))
        if data is None:
            return None
    return None
