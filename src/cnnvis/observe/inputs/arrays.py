"""Images that lie in memory as one array: converted batch by batch with whole-array operations."""

from collections.abc import Iterator, Sequence
from typing import final

import numpy as np
import torch
from jaxtyping import Int, Num, UInt8
from PIL import Image

from cnnvis.observe.inputs.example import Example, Item
from cnnvis.observe.inputs.measure import FunctionGeometry
from cnnvis.observe.inputs.order import reading_order
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.source import Batch, Picture
from cnnvis.observe.inputs.values import Values, find_values, to_picture
from cnnvis.observe.model_input import ModelInput
from cnnvis.schema.errors import DataError

_LOOKED_AT = 512
"""Images whose range tells what floating-point values mean: enough to see it, few enough to cost nothing."""


@final
class ArraySource:
    """Images [N, H, W], [N, H, W, C] or [N, C, H, W] with their labels; sample id: index in the array."""

    rereadable = True

    def __init__(
        self,
        images: np.ndarray | torch.Tensor,
        labels: object = None,
        *,
        name: str = "arrays",
        preprocess: Preprocess | None = None,
        batch_size: int = 64,
        limit: int | None = None,
        class_names: tuple[str, ...] | None = None,
    ) -> None:
        """Take the arrays as they are, without copying 8-bit or float32 values.

        Raises:
            DataError: When the arrays do not have a shape of images, or images and labels differ in number.

        """
        self._images = channels_first(images)
        self._labels = to_labels(labels, len(self._images))
        self._preprocess = preprocess or Preprocess()
        self._batch_size = batch_size
        self._values = self._look() if self._images.is_floating_point() else None
        self._measured = FunctionGeometry(self._preprocess.function) if self._preprocess.function else None
        self.name = name
        self.total: int | None = len(self._images) if limit is None else min(limit, len(self._images))
        self._order = reading_order(self._labels[: self.total])
        self.samples: Int[np.ndarray, " images"] | None = self._order
        self.class_names = class_names
        self.skipped: list[str] = []
        self.warnings: list[str] = []
        self.preprocessing = self._describe()

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield batches in the array's order (class by class in turn, if sorted), leaving out the first ``start``."""
        return self._batches(self._order[start * self._batch_size :])

    def select(self, samples: Int[np.ndarray, " images"]) -> Iterator[Batch]:
        """Yield the images of these indices."""
        return self._batches(samples)

    def picture(self, sample: int) -> Picture:
        """Return the array's own pixels and how the model's input lies in them."""
        image = self._images[sample]
        pixels = to_picture(image, self._values, self._preprocess.shown)
        if self._measured is not None:
            return self._measured.picture(pixels)
        return self._preprocess.geometry(image.shape[1], image.shape[2]).picture(pixels)

    def example(self) -> Example:
        """Return the first image, and what is done to images."""
        return Example(
            image=self._images[0], preprocess=self._preprocess, convert=self._converted_items, values=self._values
        )

    def _converted_items(self, images: Sequence[Item]) -> torch.Tensor:
        return self._converted(torch.stack([image for image in images if isinstance(image, torch.Tensor)]))

    def _batches(self, samples: Int[np.ndarray, " images"]) -> Iterator[Batch]:
        for first in range(0, len(samples), self._batch_size):
            rows = samples[first : first + self._batch_size]
            yield Batch(inputs=ModelInput((self._inputs(rows),)), labels=self._labels[rows], samples=rows)

    def _inputs(self, rows: Int[np.ndarray, " rows"]) -> torch.Tensor:
        # Neighbours are read without a copy.
        neighbours = len(rows) == 1 + int(rows[-1] - rows[0]) and bool((np.diff(rows) == 1).all())
        images = self._images[int(rows[0]) : int(rows[-1]) + 1] if neighbours else self._images[torch.from_numpy(rows)]
        return self._converted(images)

    def _converted(self, images: torch.Tensor) -> torch.Tensor:
        function = self._preprocess.function
        if function is not None:
            arrays = [to_picture(image, self._values, self._preprocess.shown) for image in images]
            return torch.stack([function(Image.fromarray(squeezed(pixels))).float() for pixels in arrays])
        return convert(images, self._preprocess, self._values)

    def _look(self) -> Values:
        step = max(1, len(self._images) // _LOOKED_AT)
        return find_values(self._images[::step], self._preprocess)

    def _describe(self) -> str:
        if self._values is None:
            return self._preprocess.describe()
        if self._values.ready:
            return self._values.describe()
        return f"{self._values.describe()}; {self._preprocess.describe()}"


def convert(
    images: Num[torch.Tensor, "images channels height width"], preprocess: Preprocess, values: Values | None
) -> torch.Tensor:
    """Return equally large images as the model takes them; ``values`` is None for 8-bit images."""
    if values is not None and (values.ready or not _asks_for_values(preprocess)):
        # The user's floats are the model's input already: only their size may change. A copy, since a model may
        # begin with an operation in place.
        return preprocess.fit(images).to(torch.float32, copy=True)
    full = 1.0 if values is not None and values.range == "0-1" else 255.0
    return preprocess.scaled(preprocess.fit(preprocess.recolour(images)), full)


def channels_first(images: np.ndarray | torch.Tensor) -> Num[torch.Tensor, "images channels height width"]:
    """Return images of any usual layout as a [N, C, H, W] view; 8-bit stays, everything else becomes float32.

    Raises:
        DataError: When the array does not have three or four axes, or no images or pixels.

    """
    is_tensor = isinstance(images, torch.Tensor)
    tensor = images if isinstance(images, torch.Tensor) else torch.from_numpy(_plain(images))
    if tensor.ndim not in (3, 4) or 0 in tensor.shape:
        message = (
            f"The images have the shape {tuple(tensor.shape)}; it must be [N, H, W], [N, H, W, C] or [N, C, H, W]."
        )
        raise DataError(message, "Give an array of images with the number of images first, and none of the sizes 0.")
    if tensor.ndim == 3:
        tensor = tensor[:, None]
    elif channels_are_last(tuple(tensor.shape[1:]), prefer_last=not is_tensor):
        tensor = tensor.permute(0, 3, 1, 2)
    tensor = tensor.detach()
    if tensor.dtype == torch.uint8:
        return tensor
    if (
        not tensor.is_floating_point()
        and tensor.dtype != torch.bool
        and int(tensor.min()) >= 0
        and 1 < int(tensor.max()) < 256
    ):
        return tensor.to(torch.uint8)
    return tensor.to(torch.float32)


def channels_are_last(shape: Sequence[int], *, prefer_last: bool) -> bool:
    """Say whether an image of three axes is [H, W, C]; ``prefer_last`` decides where both readings are usual."""
    for usual in ((1, 3), (1, 3, 4)):
        first, last = shape[0] in usual, shape[-1] in usual
        if first or last:
            break
    if first != last:
        return last
    if first:
        return prefer_last
    return prefer_last and shape[-1] < min(shape[0], shape[1])


def to_labels(labels: object, count: int) -> Int[np.ndarray, " images"]:
    """Return one class index per image; None gives -1 for all.

    Raises:
        DataError: When their number differs from the images', or they are not one whole number per image.

    """
    if labels is None:
        return np.full(count, -1, dtype=np.int64)
    array = labels.detach().cpu().numpy() if isinstance(labels, torch.Tensor) else np.asarray(labels)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if len(array.shape) != 1 or len(array) != count:
        message = f"The labels have the shape {array.shape}, but there are {count} images."
        raise DataError(message, "Give one class index per image (for one-hot labels: labels.argmax(1)).")
    if array.dtype.kind not in "iub" and not (array.dtype.kind == "f" and bool((array == np.floor(array)).all())):
        message = f"The labels are of the type {array.dtype}; they must be whole numbers."
        raise DataError(message, "Number the classes from 0 and give their names as class names.")
    whole = array.astype(np.int64)
    if whole.size and int(whole.min()) < -1:
        message = f"A label is {int(whole.min())}; labels count from 0, and -1 means unknown."
        raise DataError(message, "Number the classes from 0.")
    return whole


def squeezed(pixels: UInt8[np.ndarray, "height width channels"]) -> np.ndarray:
    """Return pixels as Pillow wants them: grey ones without a channel axis."""
    return pixels[:, :, 0] if pixels.shape[2] == 1 else pixels


def _asks_for_values(preprocess: Preprocess) -> bool:
    return any(v is not None for v in (preprocess.scale, preprocess.mean, preprocess.std, preprocess.colour))


def _plain(images: np.ndarray) -> np.ndarray:
    if images.dtype.kind not in "iufb":
        message = f"The images are of the type {images.dtype}; they must be numbers."
        raise DataError(message, "Give an array of uint8 or float32 values, all images of one size.")
    if images.dtype.kind == "u" and images.dtype.itemsize > 1:
        images = images.astype(np.int64)
    # PyTorch takes no negative strides and warns of read-only memory.
    return images if images.flags.writeable and min(images.strides, default=0) >= 0 else images.copy()
