"""Where a user's own preprocessing function takes its pixels from, measured with test pictures."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image

from cnnvis.observe.inputs.source import Picture


class FunctionGeometry:
    """The affine map from a function's output to its input image, per image size.

    The function is opaque, but most are a resize, a crop and arithmetic per channel. A black and a white picture
    show the arithmetic; one ramp from left to right and one from top to bottom then show where each output
    pixel comes from, and a straight line is fitted. Where that fails, the output is taken to be the whole image.
    """

    def __init__(self, function: Callable[[Image.Image], torch.Tensor]) -> None:
        """Take the function; it is called when an image size is met for the first time."""
        self._function = function
        self._known: dict[tuple[int, int], tuple[float, float, float, float]] = {}

    def picture(self, pixels: UInt8[np.ndarray, "height width channels"]) -> Picture:
        """Return the original pixels and how the function's output lies in them."""
        size = (pixels.shape[0], pixels.shape[1])
        if size not in self._known:
            self._known[size] = self._measure(size)
        left, scale_x, top, scale_y = self._known[size]
        return Picture(pixels=pixels, left=left, top=top, scale_x=scale_x, scale_y=scale_y)

    def _measure(self, size: tuple[int, int]) -> tuple[float, float, float, float]:
        height, width = size
        black = self._run(np.zeros(size))
        white = self._run(np.full(size, 255.0))
        along_x = self._run(np.broadcast_to(_ramp(width), size))
        along_y = self._run(np.broadcast_to(_ramp(height)[:, None], size))
        span = white - black
        span[np.abs(span) < 1e-6] = np.nan
        return (
            *_line(((along_x - black) / span).mean((0, 1)), width),
            *_line(((along_y - black) / span).mean((0, 2)), height),
        )

    def _run(self, brightness: Float[np.ndarray, "height width"]) -> Float[np.ndarray, "channels out_height out_width"]:
        image = Image.fromarray(np.round(brightness).astype(np.uint8)).convert("RGB")
        return self._function(image).detach().double().cpu().numpy()


def _ramp(length: int) -> Float[np.ndarray, " length"]:
    return (np.arange(length) + 0.5) / length * 255.0


def _line(positions: Float[np.ndarray, " out"], length: int) -> tuple[float, float]:
    """Fit where output pixel edges lie, from where their centres were found (as shares of the image)."""
    centres = np.arange(len(positions)) + 0.5
    inside = np.isfinite(positions) & (positions > 0.01) & (positions < 0.99)
    whole = (0.0, length / max(1, len(positions)))
    if inside.sum() < 3:
        return whole
    found = positions[inside] * length
    scale, start = np.polyfit(centres[inside], found, 1)
    straight = float(np.abs(start + scale * centres[inside] - found).max()) <= max(1.5, 0.02 * length)
    return (float(start), float(scale)) if straight and scale > 0 else whole
