"""Image files from elsewhere, made what the images of some data are: dropped images go the way of the run's own."""

import io
from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from cnnvis.observe.inputs.example import Example, GivesExample, Item, Transform
from cnnvis.observe.inputs.folders import UNREADABLE, upright
from cnnvis.observe.inputs.items import as_image
from cnnvis.observe.inputs.source import Batch, ImageSource
from cnnvis.observe.inputs.values import Values
from cnnvis.observe.model_input import ModelInput
from cnnvis.schema.errors import DataError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
MOST_PIXELS = 40_000_000
"""Of one image: beyond any camera that takes pictures for networks, far below what fills the memory."""


def prepare(source: ImageSource, images: Sequence[Image.Image]) -> Batch:
    """Return images from elsewhere as the model takes those of some data; without labels, ids by place in the list.

    Args:
        source: The data.
        images: Grey or RGB.

    Raises:
        DataError: They cannot be made what the data's images are.

    """
    if not isinstance(source, GivesExample):
        message = "This data can only be read from its beginning to its end, so other images cannot be prepared alike."
        raise DataError(message, "Open the run with data that can be read by index.")
    example = source.example()
    inputs = example.convert(alike(images, example))
    count = len(images)
    batch = Batch(inputs=ModelInput((inputs,)), labels=np.full(count, -1, np.int64), samples=np.arange(count))
    return example.fit(batch)


def decode_image(name: str, data: bytes) -> Image.Image:
    """Return the image in a file that came from elsewhere, grey or RGB and upright.

    Raises:
        DataError: It is no image of a known kind, or too large.

    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as file:
            width, height = file.size
            if width * height <= MOST_PIXELS:
                return upright(file)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        width = height = 0
    except UNREADABLE as problem:
        message = f"{name} is not an image that can be read here."
        raise DataError(message, "Give a PNG, JPEG, WebP or BMP file that opens elsewhere.") from problem
    size = f" ({width:,} × {height:,} pixels)" if width else ""
    raise DataError(f"{name} is too large{size}.", f"Give images of at most {MOST_PIXELS // 10**6} million pixels.")


def alike(images: Sequence[Image.Image], example: Example) -> list[Item]:
    """Return images in the form in which the data give theirs.

    The data's own transform is used where it gives images of the same shape as theirs. Else images are brought to the
    size of the data's, unless what is done to these afterwards takes any size.

    Args:
        images: Grey or RGB.
        example: An image of the data, and what is done to it.

    Raises:
        DataError: The data's images have other channels, or their values are not known.

    """
    like, preprocess = example.image, example.preprocess
    if isinstance(like, Image.Image):
        free = preprocess.resize is not None or preprocess.crop is not None or preprocess.function is not None
        mode = like.mode if like.mode in ("L", "RGB") else "RGB"
        return [_in(image if free else covering(image, (like.height, like.width)), mode) for image in images]
    channels = like.shape[0]
    if channels not in (1, 3):
        message = f"The images of this data have {channels} channels; an image file has 1 or 3."
        raise DataError(message, "Only probe images can be looked at here.")
    mode = "L" if channels == 1 else "RGB"
    return [_as_tensor(_in(image, mode), like, example) for image in images]


def _in(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _as_tensor(image: Image.Image, like: torch.Tensor, example: Example) -> torch.Tensor:
    if example.transform is not None:
        found = _transformed(image, example.transform)
        if found is not None and found.shape == like.shape and found.dtype == like.dtype:
            return found
    height, width = like.shape[1:]
    pixels = np.array(covering(image, (height, width)), dtype=np.uint8)
    whole = torch.from_numpy(pixels[:, :, None] if pixels.ndim == 2 else pixels).permute(2, 0, 1)
    return whole if not like.is_floating_point() else _in_range(whole, example.values)


def _in_range(pixels: torch.Tensor, values: Values | None) -> torch.Tensor:
    """Return 8-bit pixels in the range of the data's floating-point values: the way back from `Values.pixels`."""
    brightness = pixels.float()
    if values is None or values.range == "0-1":
        return brightness / 255.0
    if values.range == "0-255":
        return brightness
    if not values.std:
        message = "The data give values that are prepared in an unknown way, so other images cannot be prepared alike."
        raise DataError(message, "Give the mean and deviation that they were normalised with as --mean and --std.")
    brightness = brightness.flip(0) if values.bgr and len(brightness) == 3 else brightness
    mean, std = (torch.tensor(each).view(-1, 1, 1) for each in (values.mean, values.std))
    return (brightness * (values.full / 255.0) - mean) / std


def _transformed(image: Image.Image, transform: Transform) -> torch.Tensor | None:
    try:
        found = as_image(transform(image), "The data's transform")
    except Exception:  # noqa: BLE001 - the user's own code may raise anything on images it was not written for
        return None
    return found if isinstance(found, torch.Tensor) else None


def covering(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return an image of this height and width: its middle in that shape, scaled."""
    height, width = size
    if (image.height, image.width) == size:
        return image
    scale = max(height / image.height, width / image.width)
    box_height, box_width = max(1, round(height / scale)), max(1, round(width / scale))
    left, top = (image.width - box_width) // 2, (image.height - box_height) // 2
    # Cut first: what lies beside the middle must not shine in.
    middle = image.crop((left, top, left + box_width, top + box_height))
    return middle.resize((width, height), Image.Resampling.BILINEAR)
