"""What one unit's neurons did on some images of a batch, read off the running model."""

from dataclasses import dataclass, fields, replace
from math import prod

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8

from cnnvis.observe.collect.reduce import Map, as_map, map_width
from cnnvis.observe.maps.shrink import in_steps, shrink
from cnnvis.schema.graph import Layer

PIECE_BYTES = 16 << 20
"""Bytes of full-size maps that are shrunk at a time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Readings:
    """One entry per pair of neuron and image; the fields are those of `UnitMaps`."""

    value: Float[np.ndarray, " entries"]
    y: Int[np.ndarray, " entries"]
    x: Int[np.ndarray, " entries"]
    mean: Float[np.ndarray, " entries"]
    maximum: Float[np.ndarray, " entries"]
    """NaN where the positions form no grid, so that there is no map."""
    values: UInt8[np.ndarray, "entries height width"]

    @staticmethod
    def empty(entries: int, size: tuple[int, int]) -> "Readings":
        """Return entries of which nothing is known yet: their value is NaN."""
        unknown, place = np.full(entries, np.nan, np.float32), np.zeros(entries, np.int32)
        return Readings(
            value=unknown,
            y=place,
            x=place.copy(),
            mean=unknown.copy(),
            maximum=unknown.copy(),
            values=np.zeros((entries, *size), np.uint8),
        )

    def put(self, rows: Int[np.ndarray, " rows"], other: "Readings") -> None:
        """Overwrite some entries, in place."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)

    def take(self, rows: Int[np.ndarray, " rows"]) -> "Readings":
        """Return some entries as a copy."""
        return replace(self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def and_then(self, other: "Readings") -> "Readings":
        """Return these entries followed by others."""
        pairs = {field.name: (getattr(self, field.name), getattr(other, field.name)) for field in fields(self)}
        return replace(self, **{name: np.concatenate(pair) for name, pair in pairs.items()})


@dataclass(frozen=True, eq=False)
class Highest:
    """Each neuron's highest value before the non-linearity on each image of a batch, and where it is."""

    value: Float[np.ndarray, "images neurons"]
    place: Int[np.ndarray, "images neurons"]
    width: int
    """Width of the map, to turn a place into row and column."""


def highest_of(output: torch.Tensor, layer: Layer, images: int) -> Highest:
    """Return the highest values of a layer's output, of equal ones the first; NaN where a value is NaN."""
    maps = as_map(output, layer, images)
    value, place = maps.float().max(2)
    return Highest(value.cpu().numpy(), place.cpu().numpy(), map_width(output, layer, maps.shape[2]))


def read(
    output: torch.Tensor,
    layer: Layer,
    highest: Highest,
    pairs: tuple[Int[np.ndarray, " pairs"], Int[np.ndarray, " pairs"]],
    size: tuple[int, int],
) -> Readings:
    """Return what some neurons did.

    Args:
        output: Values after the non-linearity.
        layer: The layer that gave them.
        highest: What was seen before the non-linearity.
        pairs: Places in the batch, and neurons.
        size: Height and width of a stored map.

    """
    images, neurons = pairs
    maps = as_map(output, layer, len(highest.value))
    grid = _grid(output, layer, maps.shape[2])
    readings = Readings.empty(len(images), size)
    step = max(1, PIECE_BYTES // (maps.shape[2] * 4))
    for start in range(0, len(images), step):
        part = slice(start, start + step)
        mean, maximum, values = _small(maps, images[part], neurons[part], grid, size)
        readings.mean[part], readings.maximum[part], readings.values[part] = mean, maximum, values
    places = highest.place[images, neurons]
    return replace(
        readings,
        value=highest.value[images, neurons],
        y=(places // highest.width).astype(np.int32),
        x=(places % highest.width).astype(np.int32),
    )


def _small(
    maps: Map,
    images: Int[np.ndarray, " pairs"],
    neurons: Int[np.ndarray, " pairs"],
    grid: tuple[int, int] | None,
    size: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, maximum and steps of the maps of some pairs."""
    rows = maps[torch.from_numpy(images).to(maps.device), torch.from_numpy(neurons).to(maps.device)].float()
    mean = rows.mean(1).cpu().numpy()
    if grid is None:
        return mean, np.full(len(rows), np.nan, np.float32), np.zeros((len(rows), *size), np.uint8)
    values, maximum = in_steps(shrink(rows.reshape(len(rows), *grid), size))
    return mean, maximum.cpu().numpy(), values.cpu().numpy()


def _grid(output: torch.Tensor, layer: Layer, positions: int) -> tuple[int, int] | None:
    """Return height and width of a neuron's map; None when its positions do not form one grid."""
    sizes = [output.shape[1 + axis] for axis in layer.spatial_axes]
    if not sizes and positions == 1:
        return 1, 1
    return (sizes[0], sizes[1]) if len(sizes) == 2 and prod(sizes) == positions else None
