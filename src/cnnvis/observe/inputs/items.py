"""Single images and labels of any usual form, as the user's data set gives them."""

from collections.abc import Sequence
from typing import Literal, cast

import numpy as np
import torch
from PIL import Image

from cnnvis.observe.inputs.arrays import channels_first, squeezed, to_labels
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.values import Values, to_picture
from cnnvis.schema.errors import DataError

ImageItem = Image.Image | torch.Tensor
"""An image as it came: a PIL image, or a tensor [channels, height, width] of bytes or floats."""


def as_image(value: object, where: str) -> ImageItem:
    """Return one image as PIL image or as tensor [channels, height, width].

    Raises:
        DataError: When the value is not an image.

    """
    if isinstance(value, Image.Image):
        return value
    if isinstance(value, (np.ndarray, torch.Tensor)) and value.ndim in (2, 3):
        return channels_first(value[None])[0]
    shape = f" of shape {tuple(value.shape)}" if isinstance(value, (np.ndarray, torch.Tensor)) else ""
    message = f"{where} gives a {type(value).__name__}{shape} as its image."
    raise DataError(message, "Return a PIL image or an array [channels, height, width], then the class index.")


def as_images(value: object, where: str) -> list[ImageItem]:
    """Return the images of a batch.

    Raises:
        DataError: When the value is not a batch of images.

    """
    if isinstance(value, (np.ndarray, torch.Tensor)) and value.ndim in (3, 4):
        return list(channels_first(value))
    if isinstance(value, (list, tuple)):
        return [as_image(image, where) for image in cast("Sequence[object]", value)]
    return [as_image(value, where)]


def as_label(value: object, where: str, remedy: str = "") -> int:
    """Return a label as class index, -1 for None.

    Args:
        value: The label as it came.
        where: What to call the sample in messages.
        remedy: What else may be wrong where the label is no single number.

    Raises:
        DataError: When it is not one whole number.

    """
    if value is None:
        return -1
    if isinstance(value, str):
        message = f"{where} has the label {value!r}; labels must be class indices."
        raise DataError(message, "Number the classes from 0 and give their names as class names.")
    array = np.asarray(value.detach().cpu() if isinstance(value, torch.Tensor) else value)
    if array.size != 1:
        message = f"{where} has a label of shape {array.shape}; one class index per image is needed."
        raise DataError(message, f"For one-hot labels return label.argmax(). {remedy}".strip())
    return int(to_labels(array.reshape(1), 1)[0])


def to_pil(image: ImageItem, values: Values | None, shown: tuple[int, ...] | None) -> Image.Image:
    """Return an item as PIL image, for a user's own preprocessing function."""
    if isinstance(image, Image.Image):
        return image
    return Image.fromarray(squeezed(to_picture(image, values if image.is_floating_point() else None, shown)))


def sizes_of(image: ImageItem) -> tuple[int, int]:
    """Return height and width."""
    return (image.height, image.width) if isinstance(image, Image.Image) else (image.shape[1], image.shape[2])


def is_float(image: ImageItem) -> bool:
    """Say whether the image came as floating-point values."""
    return isinstance(image, torch.Tensor) and image.is_floating_point()


def placed(image: ImageItem, preprocess: Preprocess) -> torch.Tensor:
    """Return an item as tensor [channels, height, width] in the model's size; bytes stay bytes, grey stays grey."""
    if isinstance(image, torch.Tensor):
        return preprocess.fit(image[None])[0]
    return torch.from_numpy(preprocess.place(image, _mode(image, preprocess))).permute(2, 0, 1)


def original(image: ImageItem, preprocess: Preprocess) -> torch.Tensor:
    """Return an item as tensor [channels, height, width] in its own size."""
    if isinstance(image, torch.Tensor):
        return image
    mode = _mode(image, preprocess)
    pixels = np.array(image if image.mode == mode else image.convert(mode), dtype=np.uint8)
    return torch.from_numpy(pixels[:, :, None] if pixels.ndim == 2 else pixels).permute(2, 0, 1)


def _mode(image: Image.Image, preprocess: Preprocess) -> Literal["L", "RGB"]:
    return "L" if image.mode in ("L", "1") and preprocess.colour is None else preprocess.mode
