"""Images made of known factors: a shape, its colour and its texture, everything else at random."""

import itertools
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt8

SIZE = 32
SHAPES = ("disc", "square", "triangle", "cross")
COLOURS = {"red": (220, 50, 40), "green": (40, 180, 70), "blue": (50, 80, 220), "yellow": (230, 200, 40)}
TEXTURES = ("plain", "stripes", "checks")
FACTORS = {"shape": SHAPES, "colour": tuple(COLOURS), "texture": TEXTURES}
COMBINATIONS = tuple(itertools.product(*(range(len(values)) for values in FACTORS.values())))
"""The value of each factor for each class."""
MOST_SHIFT = 4
NOISE = 12.0
DARK = 0.35
"""Brightness of a texture's dark parts."""


@dataclass(frozen=True, eq=False)
class FactorImages:
    """Images with their class; all classes are equally frequent."""

    pixels: UInt8[np.ndarray, "images 32 32 3"]
    labels: Int[np.ndarray, " images"]

    @property
    def inputs(self) -> Float[np.ndarray, "images 3 32 32"]:
        """The pixels from -1 to 1, channels first."""
        return np.ascontiguousarray(self.pixels.transpose(0, 3, 1, 2), dtype=np.float32) / 127.5 - 1


def class_names() -> list[str]:
    """Return the names of the 48 classes, such as "red checks disc"."""
    shapes, colours, textures = FACTORS.values()
    return [f"{colours[colour]} {textures[texture]} {shapes[shape]}" for shape, colour, texture in COMBINATIONS]


def factor_images(each: int, *, seed: int) -> FactorImages:
    """Return so many images of each of the 48 classes, with random place, size, shade, phase and noise."""
    rng = np.random.default_rng(seed)
    labels = np.tile(np.arange(len(COMBINATIONS)), each)
    pixels = np.stack([_image(*COMBINATIONS[label], rng) for label in labels.tolist()])
    return FactorImages(pixels, labels)


def _image(shape: int, colour: int, texture: int, rng: np.random.Generator) -> UInt8[np.ndarray, "32 32 3"]:
    centre = (SIZE - 1) / 2 + rng.uniform(-MOST_SHIFT, MOST_SHIFT, 2)
    y, x = np.mgrid[:SIZE, :SIZE] - centre[:, None, None]
    inside = _inside(SHAPES[shape], y, x, rng.uniform(8.0, 11.0))
    bright = np.where(_is_dark(TEXTURES[texture], y, x, rng.integers(0, 6, 2)), DARK, 1.0)
    ink = np.array(list(COLOURS.values())[colour]) * rng.uniform(0.85, 1.1)
    ground = np.full((SIZE, SIZE, 3), rng.uniform(90.0, 150.0))
    image = np.where(inside[..., None], bright[..., None] * ink, ground) + rng.normal(0.0, NOISE, ground.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def _inside(shape: str, y: np.ndarray, x: np.ndarray, radius: float) -> np.ndarray:
    """Return where a shape is; the sizes are chosen so that all shapes cover about as much."""
    if shape == "disc":
        return y**2 + x**2 <= radius**2
    if shape == "square":
        return np.maximum(np.abs(y), np.abs(x)) <= 0.89 * radius
    if shape == "triangle":
        return (y <= 1.15 * radius) & (y >= 2.0 * np.abs(x) - 1.4 * radius)
    arm = 0.48 * radius
    return (np.minimum(np.abs(y), np.abs(x)) <= arm) & (np.maximum(np.abs(y), np.abs(x)) <= 1.1 * radius)


def _is_dark(texture: str, y: np.ndarray, x: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Return a texture's dark half: stripes and checks are 3 pixels wide; plain has none."""
    across, down = np.floor((x + phase[0]) / 3) % 2 == 1, np.floor((y + phase[1]) / 3) % 2 == 1
    if texture == "plain":
        return np.zeros(y.shape, dtype=np.bool_)
    return across if texture == "stripes" else across ^ down
