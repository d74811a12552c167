"""Sprite atlases: the best patch of each neuron of a layer in one image, so that a column is one request."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from cnnvis.compose.patches import Patch, PatchFinder
from cnnvis.store.pictures import png_bytes, to_array, to_image

CELL = 64
"""Longest side of a sprite in pixels: small patches keep their size, larger ones are shrunk."""
_WIDEST = 4096


@dataclass(frozen=True)
class Atlas:
    """Where each neuron's sprite lies; sprites fill rows of equal cells in neuron order."""

    patches: tuple[Patch | None, ...]
    sprites: tuple[tuple[int, int, int, int] | None, ...]
    """x, y, width, height per neuron; None where there is no patch."""
    size: tuple[int, int]


def plan_atlas(finder: PatchFinder, patches: tuple[Patch | None, ...]) -> Atlas:
    """Give every patch its place, without reading an image."""
    sizes = [None if patch is None else _sprite_size(*finder.pixel_size(patch)) for patch in patches]
    present = [size for size in sizes if size is not None]
    if not present:
        return Atlas(patches, (None,) * len(patches), (0, 0))
    cell_width = max(width for width, _ in present)
    cell_height = max(height for _, height in present)
    # Nearly square, so that no side outgrows what browsers can decode.
    columns = max(1, min(_WIDEST // cell_width, round((len(present) * cell_height / cell_width) ** 0.5)))
    sprites: list[tuple[int, int, int, int] | None] = []
    place = 0
    for size in sizes:
        if size is None:
            sprites.append(None)
            continue
        sprites.append((place % columns * cell_width, place // columns * cell_height, *size))
        place += 1
    rows = -(-place // columns)
    return Atlas(patches, tuple(sprites), (columns * cell_width, rows * cell_height))


def _sprite_size(width: int, height: int) -> tuple[int, int]:
    longest = max(width, height)
    if longest <= CELL:
        return width, height
    return max(1, round(width * CELL / longest)), max(1, round(height * CELL / longest))


def render_atlas(atlas: Atlas, finder: PatchFinder) -> bytes:
    """Return the atlas as a PNG file."""
    sheet = np.zeros((max(atlas.size[1], 1), max(atlas.size[0], 1), 3), np.uint8)
    for patch, sprite in zip(atlas.patches, atlas.sprites, strict=True):
        if patch is not None and sprite is not None:
            x, y, width, height = sprite
            sheet[y : y + height, x : x + width] = _fitted(finder.pixels(patch), width, height)
    return png_bytes(sheet)


def _fitted(
    pixels: UInt8[np.ndarray, "height width channels"], width: int, height: int
) -> UInt8[np.ndarray, "sprite_height sprite_width rgb"]:
    if pixels.shape[:2] != (height, width):
        pixels = to_array(to_image(pixels).resize((width, height), Image.Resampling.LANCZOS))
    return np.broadcast_to(pixels, (height, width, 3))
