"""What a user's data set gives per sample or per batch: the image, its label, and what else goes into the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from PIL import Image
from torch.utils.data import default_collate

from cnnvis.observe.inputs.items import ImageItem, as_image, as_images, as_label
from cnnvis.observe.model_input import ModelInput
from cnnvis.schema.errors import DataError

IMAGE_KEYS = ("image", "pixel_values", "images", "img", "x", "input", "inputs", "data")
LABEL_KEYS = ("label", "labels", "target", "targets", "y", "class", "fine_label")
_NESTED = "For several inputs give ((image, other), label), or a dict."


@dataclass(frozen=True, eq=False)
class Beside:
    """The inputs of a model beside the image, with the image's own place left out."""

    values: tuple[object, ...] | dict[str, object]
    place: int | str
    """Where the image belongs: its position among the values, or its key."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One image with what belongs to it."""

    image: ImageItem
    label: int
    """Class index; -1 without one."""
    beside: Beside | None = None


def to_sample(item: object, where: str, image: str | None = None) -> Sample:
    """Take one sample of a data set apart.

    Args:
        item: An image; (inputs, label); or a dict with both. The inputs are the image, a tuple or a dict of several.
        where: What to call the sample in messages.
        image: Which of several inputs is the image: a key, or a position; None: by the usual keys, else by shape.

    Raises:
        DataError: When there is no image in it, or the label is no class index.

    """
    inputs, label, beside = _split(item, where, image, batched=False)
    return Sample(as_image(inputs, where), as_label(label, where, _NESTED), beside)


def to_samples(batch: object, where: str, image: str | None = None) -> list[Sample]:
    """Take a batch apart, as a collate function made it; arguments and errors as for `to_sample`."""
    inputs, labels, beside = _split(batch, where, image, batched=True)
    images = as_images(inputs, where)
    each = cast("Sequence[object]", [None] * len(images) if labels is None else labels)
    if len(each) != len(images):
        message = f"{where} has {len(images)} images and {len(each)} labels."
        raise DataError(message, f"Let each batch hold one label per image. {_NESTED}")
    return [
        Sample(image, as_label(label, where, _NESTED), None if beside is None else _row(beside, row))
        for row, (image, label) in enumerate(zip(images, each, strict=True))
    ]


def to_model_input(images: torch.Tensor, besides: Sequence[Beside | None]) -> ModelInput:
    """Return what a model is called with for these images: several inputs by position, or by name.

    Args:
        images: The images as the model takes them.
        besides: What each image comes with.

    Raises:
        DataError: When the other inputs differ in kind or size from image to image.

    """
    first = besides[0]
    if first is None:
        return ModelInput((images,))
    if any(beside is None or beside.place != first.place for beside in besides):
        message = "The samples do not all hold the same inputs."
        raise DataError(message, "Give every sample the same inputs in the same places.")
    rows = [beside.values for beside in besides if beside is not None]
    if isinstance(first.values, dict):
        columns = {key: [cast("dict[str, object]", row).get(key) for row in rows] for key in first.values}
        named: dict[str, object] = {key: _stacked(column) for key, column in columns.items()}
        known = {key: value for key, value in named.items() if value is not None}
        return ModelInput((), {str(first.place): images, **known}, (str(first.place),))
    tuples = cast("list[tuple[object, ...]]", rows)
    stacked = [_stacked(list(column)) for column in zip(*tuples, strict=True)]
    missing = [place for place, value in enumerate(stacked) if value is None]
    if missing:
        message = f"Input {missing[0]} beside the image differs in size or kind from sample to sample."
        raise DataError(message, "Give every sample inputs of the same size.")
    place = int(first.place)
    return ModelInput((*stacked[:place], images, *stacked[place:]), path=(place,))


def _split(item: object, where: str, image: str | None, *, batched: bool) -> tuple[object, object, Beside | None]:
    """Return the image or images, the label or labels (None without) and what else there is for the model."""
    if isinstance(item, Mapping):
        return _from_dict(cast("Mapping[str, object]", item), where, image, batched=batched)
    if not isinstance(item, (tuple, list)):
        return item, None, None
    parts = cast("Sequence[object]", item)
    if not parts:
        message = f"{where} is empty."
        raise DataError(message, "Return an image and its class index.")
    inputs, label = parts[0], parts[1] if len(parts) > 1 else None
    if isinstance(inputs, Mapping):
        inputs, own, beside = _from_dict(cast("Mapping[str, object]", inputs), where, image, batched=batched)
        return inputs, own if label is None else label, beside
    if isinstance(inputs, (tuple, list)) and _are_several(cast("Sequence[object]", inputs), batched=batched):
        return (*_from_tuple(cast("Sequence[object]", inputs), where, image, label, batched=batched),)
    return inputs, label, None


def _from_dict(
    given: Mapping[str, object], where: str, image: str | None, *, batched: bool
) -> tuple[object, object, Beside | None]:
    entries = {str(key): value for key, value in given.items()}
    label = next((key for key in LABEL_KEYS if key in entries), None)
    # The name may be meant for the model's forward; then the usual keys tell.
    keys = (*([] if image is None else [image]), *IMAGE_KEYS)
    place = next((key for key in keys if key in entries), None)
    if place is None:
        found = _by_shape({key: value for key, value in entries.items() if key != label}, batched=batched)
        place = None if found is None else str(found)
    if place is None:
        message = f"{where} has the keys {', '.join(entries)}, none of which is an image."
        raise DataError(
            message, f"Name the image {' or '.join(IMAGE_KEYS[:2])} and its class label, or give --input-name."
        )
    others = {key: value for key, value in entries.items() if key not in (label, place)}
    beside = Beside(others, place) if others else None
    return entries[place], None if label is None else entries[label], beside


def _from_tuple(
    values: Sequence[object], where: str, image: str | None, label: object, *, batched: bool
) -> tuple[object, object, Beside]:
    found = image if image is not None else _by_shape(dict(enumerate(values)), batched=batched)
    place = int(found) if found is not None and str(found).isdigit() else len(values)
    if place >= len(values):
        what = "an image" if image is None else f"number {image}"
        message = f"{where} has {len(values)} inputs by position, none of which is {what}."
        raise DataError(message, "Say which one is the image: --input-name 0 (input_name=0 in Python) for the first.")
    return values[place], label, Beside((*values[:place], *values[place + 1 :]), place)


def _are_several(values: Sequence[object], *, batched: bool) -> bool:
    """Whether a tuple or list is several inputs, and not the images of a batch."""
    if not batched:
        return any(_axes(value) >= 2 for value in values)
    return any(_axes(value) == 4 or _is_image_list(value) for value in values)


def _by_shape(values: Mapping[str, object] | Mapping[int, object], *, batched: bool) -> str | int | None:
    """Return where the image is: a picture, else the array of most axes, of several the largest; None without any."""
    least = 3 if batched else 2
    sizes = {
        place: (isinstance(value, Image.Image) or _is_image_list(value), _axes(value), _numbers(value))
        for place, value in values.items()
        if _axes(value) >= least or _is_image_list(value)
    }
    return max(sizes, key=lambda place: sizes[place]) if sizes else None


def _is_image_list(value: object) -> bool:
    return isinstance(value, (list, tuple)) and any(
        isinstance(item, Image.Image) for item in cast("Sequence[object]", value)
    )


def _axes(value: object) -> int:
    if isinstance(value, Image.Image):
        return 3
    return value.ndim if isinstance(value, (np.ndarray, torch.Tensor)) else 0


def _numbers(value: object) -> int:
    return int(np.prod(value.shape)) if isinstance(value, (np.ndarray, torch.Tensor)) else 0


def _row(beside: Beside, row: int) -> Beside:
    """Return what one image of a batch comes with."""
    values = beside.values
    if isinstance(values, dict):
        return Beside({key: _item(value, row) for key, value in values.items()}, beside.place)
    return Beside(tuple(_item(value, row) for value in values), beside.place)


def _item(value: object, row: int) -> object:
    if isinstance(value, Mapping):
        return {key: _item(item, row) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, (np.ndarray, torch.Tensor)):
        return value[row] if value.ndim else value
    if isinstance(value, (tuple, list)):
        items = cast("Sequence[object]", value)
        nested = any(isinstance(item, (np.ndarray, torch.Tensor, Mapping, tuple)) for item in items)
        return [_item(item, row) for item in items] if nested else items[row]
    return value


def _stacked(values: list[object]) -> object:
    """Return one value per image as PyTorch's own loader puts them together; None when they do not fit together."""
    try:
        return default_collate(values)
    except (TypeError, RuntimeError, ValueError, KeyError):
        plain = not any(isinstance(value, (np.ndarray, torch.Tensor, Mapping, tuple, list)) for value in values)
        return values if plain else None
