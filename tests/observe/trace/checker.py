"""Compare the traced receptive fields of a network with the pixels that really count."""

import torch
from torch import nn

from cnnvis.observe.trace import require_complete, trace
from cnnvis.schema.graph import Layer, LayerGraph
from tests.observe.trace.oracle import Box, clipped, outputs, positive_copy, seen_box


def at(layer: Layer, output: torch.Tensor, position: tuple[int, int]) -> torch.Tensor:
    """Return a layer's output at one position, all channels."""
    index: list[slice | int] = [slice(None)] * output.dim()
    for axis, place in zip(layer.spatial_axes, position, strict=True):
        index[axis + 1] = place
    return output[tuple(index)]


def coverage(layer: Layer, axis: int) -> tuple[int, int] | None:
    """Return the pixels that a layer's positions see along y (0) or x (1), not clipped."""
    field = (layer.field.y, layer.field.x)[axis]
    if field is None or len(layer.spatial_axes) != 2:
        return None
    return field.interval(0)[0], field.interval(layer.shape[layer.spatial_axes[axis]] - 1)[1]


class Checker:
    """One network, traced, and its linearised float64 copy, run.

    Where padding is in sight of a position, what it really sees can end anywhere: the padding hides pixels of the
    box. With ``tight`` it must end where some layer before stops looking, as in networks without dilation.
    """

    def __init__(
        self, model: nn.Module, image: torch.Tensor, *, layers: int | None = None, tight: bool = False
    ) -> None:
        self.graph: LayerGraph = require_complete(trace(model, image))
        self.image = image.double().requires_grad_()
        self.size = int(image.shape[-1])
        self.tight = tight
        found = [
            layer
            for layer in self.graph.layers
            if layer.field.y is not None and layer.event and len(layer.spatial_axes) == 2
        ]
        count = len(found) if layers is None else min(layers, len(found))
        self.layers = [found[(2 * i + 1) * len(found) // (2 * count)] for i in range(count)]
        with torch.enable_grad():
            self.outputs = outputs(positive_copy(model), self.image, self.layers)
        self.compared = 0

    def check(self, layer: Layer, position: tuple[int, int]) -> None:
        """Compare one position of a layer."""
        box = seen_box(at(layer, self.outputs[layer.id], position), self.image)
        if box is None:
            return
        for axis in range(2):
            self.compare(layer, position[axis], (axis, box))

    def compare(self, layer: Layer, place: int, seen: tuple[int, Box]) -> None:
        """Compare one side of the image."""
        axis, box = seen
        field = (layer.field.y, layer.field.x)[axis]
        assert field is not None
        first, last = clipped(field, place, self.size)
        true = box[2 * axis : 2 * axis + 2]
        assert first <= true[0], (layer, place, box)
        assert true[1] <= last, (layer, place, box)
        if layer.field.status != "exact":
            return
        low, high = self.all_cover(layer, axis)
        begin, end = field.interval(place)
        if low <= begin and end <= high:
            assert (first, last) == true, (layer, place, box)
            self.compared += 1
        elif self.tight:
            assert true[0] <= max(low, first), (layer, place, box, low)
            assert true[1] >= min(high, last), (layer, place, box, high)
            self.compared += 1

    def all_cover(self, layer: Layer, axis: int) -> tuple[int, int]:
        """Return the pixels that every layer before this one looks at: beyond them padding may be in sight."""
        low, high = 0, self.size
        for before in self.graph.layers[: self.graph.layers.index(layer)]:
            covered = coverage(before, axis)
            if covered is not None:
                low, high = max(low, covered[0]), min(high, covered[1])
        return low, high

    def everywhere(self) -> None:
        """Compare positions of every layer along the diagonal and at the corners."""
        for layer in self.layers:
            height, width = (layer.shape[axis] for axis in layer.spatial_axes)
            for i in range(height):
                self.check(layer, (i, min(i, width - 1)))
            self.check(layer, (0, width - 1))

    def here_and_there(self) -> None:
        """Compare the corners and the middle of every layer."""
        for layer in self.layers:
            height, width = (layer.shape[axis] for axis in layer.spatial_axes)
            for position in {(0, 0), (height // 2, width // 2), (height - 1, width - 1), (0, width // 3)}:
                self.check(layer, position)
