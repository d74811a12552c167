"""How floating-point images relate to what a person sees: 0-1, 0-255, or normalised by a mean and deviation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import torch
from jaxtyping import Float, Num, UInt8

from cnnvis.observe.inputs.preprocess import Preprocess

Range = Literal["0-1", "0-255", "normalised"]
_SLACK = 0.01
"""How far resizing may overshoot 0-1."""
_DEEPEST = 8
"""How many data sets or transforms inside each other are opened."""


@dataclass(frozen=True, kw_only=True)
class Values:
    """The meaning of some floating-point images' values, found from a few of them."""

    range: Range
    mean: tuple[float | int, ...] = ()
    """Mean and deviation to undo where they are known; empty otherwise."""
    std: tuple[float | int, ...] = ()
    full: float = 1.0
    """What white is after the mean and deviation are undone."""
    bgr: bool = False
    low: tuple[float, ...] = ()
    """Smallest and largest value per channel in the images looked at."""
    high: tuple[float, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether the images are the model's input already, so that no scale, mean or std must be applied."""
        return self.range == "normalised"

    def describe(self) -> str:
        """Say in words how pictures are made from the values; empty when there is nothing to say."""
        if not self.ready:
            return f"floating-point images {self.range}"
        if self.std:
            mean, std = (", ".join(f"{value:g}" for value in values) for values in (self.mean, self.std))
            return f"already normalised; pictures undo mean {mean} and deviation {std}"
        return (
            "already normalised in an unknown way; pictures are stretched from each channel's smallest to largest value"
        )

    def pixels(
        self, image: Float[torch.Tensor, "channels height width"]
    ) -> Float[torch.Tensor, "channels height width"]:
        """Return the values as brightness between 0 and 255."""
        image = image.float()
        if not self.ready:
            return image * (255.0 if self.range == "0-1" else 1.0)
        if self.std:
            image = (image * _column(self.std) + _column(self.mean)) * (255.0 / self.full)
            return image.flip(0) if self.bgr and image.shape[0] == 3 else image
        low, high = _column(self.low), _column(self.high)
        return (image - low) / (high - low).clamp_min(1e-12) * 255.0


def find_values(
    images: Float[torch.Tensor, "images channels height width"],
    preprocess: Preprocess,
    known: tuple[tuple[float, ...], tuple[float, ...]] | None = None,
) -> Values:
    """Find out what the values of some images mean.

    Args:
        images: A few images, evenly chosen.
        preprocess: Its mean and std are what images outside 0-1 and 0-255 are taken to be normalised with.
        known: Mean and deviation of a Normalize found in the data's own transforms.

    """
    finite = torch.nan_to_num(images.float(), nan=0.0, posinf=0.0, neginf=0.0)
    low = tuple(cast("list[float]", finite.amin((0, 2, 3)).tolist()))
    high = tuple(cast("list[float]", finite.amax((0, 2, 3)).tolist()))
    if known is not None:
        return _normalised(known, low, high, bgr=False)
    if min(low) >= -_SLACK and max(high) <= 1 + _SLACK:
        return Values(range="0-1", low=low, high=high)
    if min(low) >= 0 and 1.5 < max(high) <= 255:
        return Values(range="0-255", low=low, high=high)
    if preprocess.mean is not None or preprocess.std is not None:
        mean, std = tuple(preprocess.mean or (0.0,)), tuple(preprocess.std or (1.0,))
        return _normalised((mean, std), low, high, bgr=preprocess.colour == "bgr")
    return Values(range="normalised", low=low, high=high)


def find_normalise(data: object) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Find mean and deviation of a torchvision-style Normalize in a data set's transforms, by its attributes alone."""
    for part in _chain(data):
        pairs = [pair for step in _steps(part) if (pair := _pair(step)) is not None]
        if pairs:
            return pairs[-1]
    return None


def to_picture(
    image: Num[torch.Tensor, "channels height width"], values: Values | None, shown: tuple[int, ...] | None
) -> UInt8[np.ndarray, "height width shown"]:
    """Return an image as 8-bit pixels with 1 or 3 channels; ``values`` is None for 8-bit images."""
    pixels = image if values is None else values.pixels(image)
    channels = pixels.shape[0]
    if channels not in (1, 3) or shown is not None:
        chosen = shown or (tuple(range(3)) if channels > 3 else (0,))
        pixels = pixels[[min(channel, channels - 1) for channel in chosen]]
    if pixels.dtype != torch.uint8:
        pixels = torch.nan_to_num(pixels, nan=0.0).round().clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(pixels.permute(1, 2, 0).cpu().numpy())


def _normalised(
    pair: tuple[tuple[float | int, ...], tuple[float | int, ...]],
    low: tuple[float, ...],
    high: tuple[float, ...],
    *,
    bgr: bool,
) -> Values:
    mean, std = pair
    undone = [v * s + m for v, s, m in zip(high, std * len(high), mean * len(high), strict=False)]
    full = 255.0 if max(undone) > 2 else 1.0
    return Values(range="normalised", mean=mean, std=std, full=full, bgr=bgr, low=low, high=high)


def _chain(data: object) -> Iterator[object]:
    """Yield a data set, then the one it wraps (Subset, ConcatDataset, DataLoader), and so on."""
    for _ in range(_DEEPEST):
        yield data
        several = cast("object", getattr(data, "datasets", None))
        first = cast("list[object]", several)[0] if isinstance(several, (list, tuple)) and several else None
        data = cast("object", getattr(data, "dataset", first))
        if data is None:
            return


def _steps(item: object, depth: int = 0) -> Iterator[object]:
    """Yield every transform inside an object, in order."""
    if depth > _DEEPEST:
        return
    for name in ("transform", "transforms"):
        inner = cast("object", getattr(item, name, None))
        several = isinstance(inner, (list, tuple, torch.nn.ModuleList))
        for step in cast("list[object]", inner) if several else [inner]:
            if step is not None and step is not item:
                yield step
                yield from _steps(step, depth + 1)


def _pair(step: object) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    mean, std = (cast("object", getattr(step, name, None)) for name in ("mean", "std"))
    if mean is None or std is None or callable(mean) or callable(std):
        return None
    try:
        lists = [np.atleast_1d(np.asarray(values, dtype=np.float64)).ravel() for values in (mean, std)]
    except (TypeError, ValueError):
        return None
    if not lists[0].size or not lists[1].all():
        return None
    first, second = (tuple(float(value) for value in values) for values in lists)
    return first, second


def _column(values: tuple[float | int, ...]) -> torch.Tensor:
    return torch.tensor(values).view(-1, 1, 1)
