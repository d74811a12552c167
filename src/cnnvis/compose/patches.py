"""Patches: the part of a stored image inside a neuron's receptive field where it fired most."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from jaxtyping import Int, UInt8

from cnnvis.schema.graph import FieldAxis, ReceptiveField
from cnnvis.schema.statistics import UnitStatistics
from cnnvis.store.pictures import PictureFacts, PictureReader
from cnnvis.store.reader import Run

LITTLE = 0.25

Bounds = tuple[float, float, float, float]
"""left, top, right, bottom"""


@dataclass(frozen=True)
class Patch:
    """One place where a neuron fired, in pixels of the stored image."""

    sample: int
    box: Bounds
    """The receptive field, clipped to what the model saw of the image."""
    field: Bounds
    """The receptive field with its true, unclipped numbers."""

    def pixel_box(self, height: int, width: int) -> tuple[int, int, int, int]:
        """Return the clipped box in whole pixels, at least one pixel large and inside the image."""
        left = min(max(int(np.floor(self.box[0])), 0), width - 1)
        top = min(max(int(np.floor(self.box[1])), 0), height - 1)
        right = min(max(int(np.ceil(self.box[2])), left + 1), width)
        bottom = min(max(int(np.ceil(self.box[3])), top + 1), height)
        return left, top, right, bottom


class PatchFinder:
    """Finds the patches of one unit's neurons.

    Args:
        run: The run.
        unit: Id of a unit.

    """

    def __init__(self, run: Run, unit: str) -> None:
        self._pictures: PictureReader = run.pictures
        self._rectified = run.graph.unit(unit).rectified
        layer = run.graph.layer(run.graph.unit(unit).before)
        self._field: ReceptiveField = layer.field
        self._positions = [layer.shape[axis] for axis in layer.spatial_axes]
        self._height, self._width = _input_size(run)

    def patch(self, sample: int, y: int, x: int) -> Patch:
        """Return the patch of a map position in a stored image; KeyError when the image was not kept."""
        field = self._input_bounds(y, x)
        clipped = (
            max(field[0], 0.0),
            max(field[1], 0.0),
            min(field[2], float(self._width)),
            min(field[3], float(self._height)),
        )
        facts = self._pictures.facts(sample)
        return Patch(sample, _to_stored(clipped, facts), _to_stored(field, facts))

    def map_box(self, sample: int) -> Bounds:
        """Return where a neuron's whole map lies in a stored image; KeyError when the image was not kept.

        Each position has a cell as large as the stride, around the middle of what that position sees.
        """
        left, top, right, bottom = 0.0, 0.0, float(self._width), float(self._height)
        if self._field.y is not None and self._field.x is not None and len(self._positions) == 2:
            top, bottom = _cells(self._field.y, self._positions[0])
            left, right = _cells(self._field.x, self._positions[1])
        return _to_stored((left, top, right, bottom), self._pictures.facts(sample))

    @property
    def sees_little(self) -> bool:
        """Whether a neuron sees less than a quarter of the image: a colour, an edge or a texture, but no thing."""
        left, top, right, bottom = self._input_bounds(0, 0)
        return (right - left) * (bottom - top) < LITTLE * self._height * self._width

    def places(self, statistics: UnitStatistics, neuron: int) -> Int[np.ndarray, " places"]:
        """Return the neuron's top-k places that hold an image, best first.

        Behind a rectifier only those on which it rose above 0: the others say nothing about what it looks for.
        """
        filled = statistics.top_sample[neuron] >= 0
        return np.flatnonzero(filled & (statistics.top_value[neuron] > 0) if self._rectified else filled)

    def stored(self, statistics: UnitStatistics, neuron: int) -> list[tuple[int, Patch]]:
        """Return the neuron's patches whose images were kept, best first, each with its place among the top k."""
        top_y, top_x = statistics.top_y[neuron], statistics.top_x[neuron]
        found: list[tuple[int, Patch]] = []
        for place in self.places(statistics, neuron).tolist():
            sample = int(statistics.top_sample[neuron, place])
            if sample in self._pictures:
                found.append((place, self.patch(sample, int(top_y[place]), int(top_x[place]))))
        return found

    def pixels(self, patch: Patch) -> UInt8[np.ndarray, "height width channels"]:
        """Return the pixels of a patch."""
        picture = self._pictures.pixels(patch.sample)
        left, top, right, bottom = patch.pixel_box(picture.shape[0], picture.shape[1])
        return picture[top:bottom, left:right]

    def pixel_size(self, patch: Patch) -> tuple[int, int]:
        """Return width and height of a patch in stored pixels, without reading the image."""
        facts = self._pictures.facts(patch.sample)
        left, top, right, bottom = patch.pixel_box(facts.height, facts.width)
        return right - left, bottom - top

    def _input_bounds(self, y: int, x: int) -> Bounds:
        if self._field.y is None or self._field.x is None:
            return (0.0, 0.0, float(self._width), float(self._height))
        top, bottom = self._field.y.interval(y)
        left, right = self._field.x.interval(x)
        return (float(left), float(top), float(right), float(bottom))


def _cells(axis: FieldAxis, positions: int) -> tuple[float, float]:
    """Return the ends of a row of cells, one per position, along one axis of the input."""
    start, size, stride = (float(Fraction(*value)) for value in (axis.start, axis.size, axis.stride))
    first = start + (size - stride) / 2
    return first, first + positions * stride


def _input_size(run: Run) -> tuple[int, int]:
    shape = run.file.model.input_shape
    return (shape[-2], shape[-1]) if len(shape) >= 2 else (1, 1)


def _to_stored(box: Bounds, facts: PictureFacts) -> Bounds:
    return (
        facts.left + box[0] * facts.scale_x,
        facts.top + box[1] * facts.scale_y,
        facts.left + box[2] * facts.scale_x,
        facts.top + box[3] * facts.scale_y,
    )
