"""From an image to the model's input, and back from input coordinates to the original pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - PyTorch's own customary name
from jaxtyping import Float, Num, UInt8
from PIL import Image

from cnnvis.observe.inputs.reference import resolve
from cnnvis.observe.inputs.source import Picture
from cnnvis.schema.errors import DataError

Size = int | tuple[int, int]
Scale = Literal["0-1", "0-255", "-1-1"]
Colour = Literal["rgb", "bgr", "grey"]

_LUMA = (19595, 38470, 7471)
"""ITU-R 601 weights in 1/65536, as Pillow uses them, so that arrays and files turn grey alike."""


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """How images of one size are resized and cropped; sizes and offsets are (vertical, horizontal) in pixels."""

    original: tuple[int, int]
    resized: tuple[int, int]
    offset: tuple[int, int]
    """Where the crop starts in the resized image; negative where it is padded with black."""
    size: tuple[int, int]
    """Size of the model's input."""

    def picture(self, pixels: UInt8[np.ndarray, "height width channels"]) -> Picture:
        """Return the original pixels with the exact map from input coordinates to them."""
        scale_y = self.original[0] / self.resized[0]
        scale_x = self.original[1] / self.resized[1]
        return Picture(
            pixels=pixels,
            left=self.offset[1] * scale_x,
            top=self.offset[0] * scale_y,
            scale_x=scale_x,
            scale_y=scale_y,
        )


@dataclass(frozen=True, kw_only=True)
class Preprocess:
    """What is done to an image before the model sees it, in this order: colour, resize, crop, scale, mean, std.

    ``mean`` and ``std`` are per channel in the model's channel order and in the units that ``scale`` gives.
    Without ``scale``, 8-bit images become 0-1 and floating-point images stay as they are.
    """

    resize: Size | None = None
    """Short side (aspect kept) or (height, width)."""
    crop: Size | None = None
    """Centre crop: side or (height, width)."""
    mean: Sequence[float | int] | None = None
    std: Sequence[float | int] | None = None
    scale: Scale | None = None
    colour: Colour | None = None
    """Channels of the model's input; None: image files as RGB, arrays as they are."""
    function: Callable[[Image.Image], torch.Tensor] | None = None
    """The user's own function from a PIL image to a tensor [channels, height, width]; replaces all of the above."""
    shown: tuple[int, ...] | None = None
    """Which one or three channels are shown to a person, for images that have neither 1 nor 3."""

    def __post_init__(self) -> None:
        """Check what can be checked without an image.

        Raises:
            DataError: When a size is not positive, or a standard deviation is not above 0.

        """
        for name, values in (("mean", self.mean), ("std", self.std)):
            if values is not None:  # as a tuple, so that the whole value can be compared and hashed
                object.__setattr__(self, name, tuple(float(value) for value in values))
        for name, size in (("resize", self.resize), ("crop", self.crop)):
            if size is not None and min(size if isinstance(size, tuple) else (size,)) < 1:
                message = f"The option {name} is {size}; it must be 1 pixel or more."
                raise DataError(message, f"Give {name} as a side, like 224, or as height x width, like 224x320.")
        if self.std is not None and min(self.std) <= 0:
            message = f"The option std is {self.std}; every standard deviation must be above 0."
            raise DataError(message, "Leave a channel as it is with 1.")

    @property
    def mode(self) -> Literal["L", "RGB"]:
        """Pillow's mode in which image files are read."""
        return "L" if self.colour == "grey" else "RGB"

    def geometry(self, height: int, width: int) -> Geometry:
        """Return how an image of this size is resized and cropped, rounded as torchvision does."""
        resized = (height, width)
        if isinstance(self.resize, tuple):
            resized = self.resize
        elif self.resize is not None:
            short, long = min(height, width), max(height, width)
            other = max(1, int(self.resize * long / short))
            resized = (self.resize, other) if height <= width else (other, self.resize)
        if self.crop is None:
            return Geometry(original=(height, width), resized=resized, offset=(0, 0), size=resized)
        size = self.crop if isinstance(self.crop, tuple) else (self.crop, self.crop)
        offset = (round((resized[0] - size[0]) / 2), round((resized[1] - size[1]) / 2))
        return Geometry(original=(height, width), resized=resized, offset=offset, size=size)

    def place(
        self, image: Image.Image, mode: Literal["L", "RGB"] | None = None
    ) -> UInt8[np.ndarray, "height width channels"]:
        """Return the image's pixels in the model's size: colour mode, resize (bilinear) and crop by Pillow."""
        mode = mode or self.mode
        image = image if image.mode == mode else image.convert(mode)
        geometry = self.geometry(image.height, image.width)
        if geometry.resized != geometry.original:
            image = image.resize((geometry.resized[1], geometry.resized[0]), Image.Resampling.BILINEAR)
        if geometry.size != geometry.resized:
            top, left = geometry.offset
            image = image.crop((left, top, left + geometry.size[1], top + geometry.size[0]))
        pixels = np.array(image, dtype=np.uint8)
        return pixels[:, :, None] if pixels.ndim == 2 else pixels

    def fit(self, images: Num[torch.Tensor, "images channels height width"]) -> torch.Tensor:
        """Resize (bilinear, antialiased) and crop a batch of equally large images; their type is kept."""
        geometry = self.geometry(images.shape[2], images.shape[3])
        if geometry.resized != geometry.original:
            whole = images.dtype == torch.uint8
            images = F.interpolate(
                images.float(), geometry.resized, mode="bilinear", align_corners=False, antialias=True
            )
            images = images.round_().clamp_(0, 255).to(torch.uint8) if whole else images
        if geometry.size == geometry.resized:
            return images
        top, left = geometry.offset
        bottom, right = top + geometry.size[0], left + geometry.size[1]
        padding = (max(0, -left), max(0, right - images.shape[3]), max(0, -top), max(0, bottom - images.shape[2]))
        images = images[:, :, max(0, top) : bottom, max(0, left) : right]
        return F.pad(images, padding) if any(padding) else images

    def recolour(self, images: Num[torch.Tensor, "images channels height width"]) -> torch.Tensor:
        """Return RGB or grey images with the channels that the model takes."""
        channels = images.shape[1]
        if self.colour == "grey" and channels == 3:
            return _grey(images)
        if self.colour in ("rgb", "bgr") and channels == 1:
            return images.expand(-1, 3, -1, -1)
        return images.flip(1) if self.colour == "bgr" and channels == 3 else images

    def scaled(
        self, images: Num[torch.Tensor, "images channels height width"], full: float = 255.0
    ) -> Float[torch.Tensor, "images channels height width"]:
        """Apply scale, mean and std to values between 0 and ``full`` (255 or 1).

        Raises:
            DataError: When mean or std have another number of channels than the images.

        """
        values = images.to(torch.float32, copy=True)
        if self.scale == "0-255":
            values = values if full == 255.0 else values.mul_(255.0)
        elif self.scale == "-1-1":
            values = values.div_(full / 2).sub_(1.0)
        elif full != 1.0:
            values = values.div_(full)
        return self.normalised(values)

    def normalised(self, values: Float[torch.Tensor, "images channels height width"]) -> torch.Tensor:
        """Subtract the mean and divide by the standard deviation, in place."""
        if self.mean is not None:
            values = values.sub_(_per_channel(self.mean, values, "mean"))
        return values if self.std is None else values.div_(_per_channel(self.std, values, "std"))

    def describe(self) -> str:
        """Say in words what is done to an image."""
        if self.function is not None:
            return f"the function {getattr(self.function, '__name__', type(self.function).__name__)}"
        words: list[str] = []
        if self.resize is not None:
            words.append(f"short side to {self.resize}" if isinstance(self.resize, int) else f"to {_by(self.resize)}")
        if self.crop is not None:
            words.append(f"centre crop {_by(self.crop)}")
        if self.colour is not None:
            words.append({"rgb": "RGB", "bgr": "channels as BGR", "grey": "grey"}[self.colour])
        words.append(f"values {self.scale}" if self.scale else "values 0-1")
        if self.mean is not None:
            words.append("minus mean " + ", ".join(f"{value:g}" for value in self.mean))
        if self.std is not None:
            words.append("divided by " + ", ".join(f"{value:g}" for value in self.std))
        return "; ".join(words)


PRESETS: dict[str, Preprocess] = {
    "none": Preprocess(),
    "imagenet": Preprocess(resize=256, crop=224, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), scale="0-1"),
    "cifar10": Preprocess(mean=(0.4914, 0.4822, 0.4465), std=(0.2470, 0.2435, 0.2616), scale="0-1"),
    "mnist": Preprocess(mean=(0.1307,), std=(0.3081,), scale="0-1", colour="grey"),
}
"""Common preprocessing by name; combine with single options by `dataclasses.replace`."""


def preset(name: str, **changes: object) -> Preprocess:
    """Return the preset of this name with some options changed.

    Raises:
        DataError: When there is no such preset.

    """
    if name not in PRESETS:
        message = f"The preset {name!r} is unknown; known are {', '.join(PRESETS)}."
        raise DataError(message, "Give --resize, --crop, --mean and --std instead.")
    return replace(PRESETS[name], **changes)  # pyright: ignore[reportArgumentType] - the fields' types are checked there


def from_function(reference: str, shown: tuple[int, ...] | None = None) -> Preprocess:
    """Return the preprocessing that a user's own function, named `module:function`, does.

    Args:
        reference: The function from a PIL image to a tensor [channels, height, width].
        shown: Which channels are shown to a person.

    Raises:
        DataError: When there is no such function.

    """
    function = resolve(reference, error=DataError, what="--preprocess")
    if not callable(function):
        message = f"--preprocess {reference} is a {type(function).__name__}, not a function."
        raise DataError(message, "Name a function from a PIL image to a tensor.")
    return Preprocess(function=cast("Callable[[Image.Image], torch.Tensor]", function), shown=shown)


def _by(size: Size) -> str:
    return str(size) if isinstance(size, int) else f"{size[0]}x{size[1]}"


def _grey(images: Num[torch.Tensor, "images 3 height width"]) -> torch.Tensor:
    if images.dtype == torch.uint8:
        weights = torch.tensor(_LUMA, dtype=torch.int32, device=images.device).view(1, 3, 1, 1)
        return (((images.int() * weights).sum(1, keepdim=True) + 0x8000) >> 16).to(torch.uint8)
    weights = torch.tensor(_LUMA, dtype=images.dtype, device=images.device).view(1, 3, 1, 1) / 65536
    return (images * weights).sum(1, keepdim=True)


def _per_channel(values: Sequence[float | int], images: torch.Tensor, name: str) -> torch.Tensor:
    if len(values) not in (1, images.shape[1]):
        message = f"The option {name} has {len(values)} values, but the images have {images.shape[1]} channels."
        raise DataError(message, f"Give {name} as one number or as {images.shape[1]} numbers.")
    return torch.tensor(values, dtype=images.dtype, device=images.device).view(1, -1, 1, 1)
