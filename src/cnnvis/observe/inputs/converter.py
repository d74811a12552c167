"""The items of any data set turned into the model's input and into pictures."""

from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from PIL import Image

from cnnvis.observe.inputs.arrays import convert
from cnnvis.observe.inputs.example import Example, Transform
from cnnvis.observe.inputs.folders import stack_equal
from cnnvis.observe.inputs.items import ImageItem, is_float, original, placed, sizes_of, to_pil
from cnnvis.observe.inputs.measure import FunctionGeometry
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.sample import Sample, to_model_input
from cnnvis.observe.inputs.source import Batch, Picture
from cnnvis.observe.inputs.values import Values, find_values, to_picture


@final
class Converter:
    """Applies one preprocessing to images that come one by one, whatever their form."""

    def __init__(
        self,
        preprocess: Preprocess,
        known: tuple[tuple[float, ...], tuple[float, ...]] | None,
        some: Sequence[ImageItem],
    ) -> None:
        """Look at some images to find out what floating-point values mean.

        Args:
            preprocess: What is done to each image.
            known: Mean and deviation of a Normalize in the data's own transforms.
            some: A few images of the data.

        """
        self._preprocess = preprocess
        self._values = _look(some, preprocess, known)
        self._measured = FunctionGeometry(preprocess.function) if preprocess.function else None

    def describe(self) -> str:
        """Say in words what is done to an image."""
        if self._values is None or self._measured is not None:
            return self._preprocess.describe()
        if self._values.ready:
            return self._values.describe()
        return f"{self._values.describe()}; {self._preprocess.describe()}"

    def example(self, image: ImageItem, transform: Transform | None) -> Example:
        """Return an image with what is done to it, and the data's own way to such images."""

        def convert(images: Sequence[ImageItem]) -> torch.Tensor:
            return self.inputs(images, [f"image {number}" for number in range(len(images))])

        return Example(
            image=image, preprocess=self._preprocess, convert=convert, values=self._values, transform=transform
        )

    def inputs(self, images: Sequence[ImageItem], names: Sequence[str]) -> torch.Tensor:
        """Return the model's input [images, channels, height, width].

        Args:
            images: The images of one batch.
            names: What to call each in a message.

        Raises:
            DataError: When images differ in size after preprocessing.

        """
        function = self._preprocess.function
        if function is not None:
            shown = self._preprocess.shown
            return stack_equal([function(to_pil(image, self._values, shown)) for image in images], names).float()
        tensors = [image for image in images if isinstance(image, torch.Tensor)]
        if len(tensors) == len(images) and all(tensor.shape == tensors[0].shape for tensor in tensors):
            return self._converted(torch.stack(tensors))
        return self._converted(stack_equal([placed(image, self._preprocess) for image in images], names))

    def batch(self, numbers: Sequence[int], samples: Sequence[Sample]) -> Batch:
        """Return samples as one batch.

        Args:
            numbers: Their sample ids.
            samples: What the data gave.

        Raises:
            DataError: When images differ in size after preprocessing, or other inputs in kind.

        """
        images = self.inputs([sample.image for sample in samples], [f"sample {number}" for number in numbers])
        return Batch(
            inputs=to_model_input(images, [sample.beside for sample in samples]),
            labels=np.array([sample.label for sample in samples], dtype=np.int64),
            samples=np.array(numbers, dtype=np.int64),
        )

    def picture(self, image: ImageItem) -> Picture:
        """Return the image as a person should see it, and how the model's input lies in it."""
        values = self._values if is_float(image) else None
        pixels = to_picture(original(image, self._preprocess), values, self._preprocess.shown)
        if isinstance(image, Image.Image) and image.mode not in ("L", "1") and pixels.shape[2] == 1:
            pixels = to_picture(original(image.convert("RGB"), Preprocess()), None, None)
        if self._measured is not None:
            return self._measured.picture(pixels)
        return self._preprocess.geometry(*sizes_of(image)).picture(pixels)

    def _converted(self, images: torch.Tensor) -> torch.Tensor:
        return convert(images, self._preprocess, self._values if images.is_floating_point() else None)


def _look(
    some: Sequence[ImageItem], preprocess: Preprocess, known: tuple[tuple[float, ...], tuple[float, ...]] | None
) -> Values | None:
    floats = [image for image in some if isinstance(image, torch.Tensor) and image.is_floating_point()]
    if not floats:
        return None
    channels = floats[0].shape[0]
    flat = torch.cat([image.reshape(channels, -1) for image in floats if image.shape[0] == channels], 1)
    return find_values(flat[None, :, None, :], preprocess, known)
