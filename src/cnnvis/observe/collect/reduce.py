"""The reductions over one layer's output: the only code that touches whole maps, so the only code whose speed counts.

On a CPU the time goes into reading maps from memory, and most of all into writing: sums and maxima only read, but
counting needs a buffer; `counted` says of which images. PyTorch compares and sums floats several times faster than it
makes and counts booleans. Views and buffers are made once per layer and reused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np
import torch
from jaxtyping import Float, Int

from cnnvis.observe.collect.activation import Activation, Derivative
from cnnvis.observe.collect.counted import Counted
from cnnvis.observe.collect.maxima import Block, Entry, Map, Stripes, first_maximum, highest
from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import Layer

Index = tuple[slice, slice]

DEVICE_PIECES = 64
"""On an accelerator the pieces are this many times larger: they only bound the working memory there."""


@dataclass(frozen=True, eq=False)
class Columns:
    """One unit's columns in the batch's table: per image and neuron a sum, a maximum and counts."""

    before: Block
    shares: Float[torch.Tensor, "2 images neurons"]
    """The sum after the non-linearity, and the number of positions above 0."""
    highest: Block
    slope: Block
    place: Int[torch.Tensor, "images neurons"] | None = None
    """Where the maximum lies; None where only the winners' places are looked up, which is faster on a CPU."""

    def part(self, index: Index) -> "Columns":
        """Return the columns of some images and neurons."""
        return Columns(
            self.before[index],
            self.shares[(slice(None), *index)],
            self.highest[index],
            self.slope[index],
            None if self.place is None else self.place[index],
        )


def as_map(output: torch.Tensor, layer: Layer, images: int) -> Map:
    """Return a layer's output as [images, neurons, positions].

    A first axis of images x windows is split; all axes but that of the channels are positions, in their order.

    Raises:
        ModelError: When the output's shape has nothing to do with the traced one.

    """
    axis = layer.channel_axis
    lead = output.shape[0] if output.ndim else 0
    if axis is None or output.ndim != len(layer.shape) + 1 or not lead or lead % images:
        raise ModelError(
            f"Layer {layer.id} gave an output of shape {list(output.shape)} for a batch of {images} images, where the "
            f"trace saw {['images', *layer.shape]}.",
            "Use the same kind of input for the trace and for the data.",
        )
    if axis == 0 and lead == images:
        return output.flatten(2) if output.ndim > 2 else output.unsqueeze(2)
    split = output.reshape(images, lead // images, *output.shape[1:])
    return split.movedim(axis + 2, 1).flatten(2)


def map_width(output: torch.Tensor, layer: Layer, positions: int) -> int:
    """Return the width of a neuron's map; the number of positions where they do not form one grid."""
    sizes = [output.shape[1 + place] for place in layer.spatial_axes]
    return sizes[-1] if sizes and prod(sizes) == positions else positions


class Reducer:
    """How maps are reduced; owns the working buffer that all layers share."""

    def __init__(self, piece: int, *, maximum: bool = False) -> None:
        self.piece = piece
        """Bytes of a map to work on at a time on a CPU."""
        self.maximum = maximum
        """Whether the activation on an image is the spatial maximum instead of the mean."""
        self._buffer = torch.empty(0)
        self._maxima = torch.empty(0)

    def pieces(self, values: Map, *, whole_images: bool) -> list[Index]:
        """Return the parts of a map to work on at a time."""
        images, neurons, positions = values.shape
        size = positions * 4
        piece = self.piece if values.device.type == "cpu" else self.piece * DEVICE_PIECES
        if images * neurons * size <= piece:
            return [(slice(None), slice(None))]
        step = max(1, piece // (neurons * size))
        # An image too large for the cache is cut by channel, unless channels lie innermost in memory.
        width = neurons
        if neurons * size > 2 * piece and values.stride(2) == 1 and not whole_images:
            width = max(1, piece // size)
        return [
            (slice(image, image + step), slice(neuron, neuron + width))
            for image in range(0, images, step)
            for neuron in range(0, neurons, width)
        ]

    def buffer(self, part: Map) -> Map:
        """Return a working map of the shape and memory order of this part."""
        size = part.numel()
        if self._buffer.numel() < size or self._buffer.device != part.device:
            self._buffer = torch.empty(size, device=part.device)
        images, neurons, positions = part.shape
        if part.stride(2) == 1 or positions == 1:
            return self._buffer[:size].view(images, neurons, positions)
        return self._buffer[:size].view(images, positions, neurons).transpose(1, 2)

    def maxima(self, *shape: int) -> torch.Tensor:
        """Return room for the maxima of stripes; a layer is done with it before the next one comes."""
        size = prod(shape)
        if self._maxima.numel() < size:
            self._maxima = torch.empty(size)
        return self._maxima[:size].view(shape)


class Counting:
    """The counts over some images of a map, prepared for one geometry: where they go, and the buffers."""

    def __init__(self, chosen: Map, counted: Counted, out: Columns, reducer: Reducer) -> None:
        self.counted = counted
        self.shape, self.strides = chosen.shape, chosen.stride()
        self.indexed = None if isinstance(counted, slice) else counted
        """Images to which `positive` must be copied; None where it is a view of its place."""
        if isinstance(counted, slice):
            self.positive: Block = out.shares[1][counted]
        else:
            self.positive = torch.empty(chosen.shape[:2], device=chosen.device)
        self.parts = [(index, reducer.buffer(chosen[index])) for index in reducer.pieces(chosen, whole_images=True)]

    def fits(self, chosen: Map, counted: Counted) -> bool:
        """Whether this was prepared for counting these images of such a map."""
        same = isinstance(counted, slice) and self.counted == counted
        return same and self.shape == chosen.shape and self.strides == chosen.stride()


class Plan:
    """The reductions of one layer's maps, prepared for one geometry."""

    def __init__(self, values: Map, activation: Activation, out: Columns, reducer: Reducer) -> None:
        self.activation = activation
        self.reducer = reducer
        self.out = out
        self.shape, self.strides = values.shape, values.stride()
        indices = reducer.pieces(values, whole_images=False)
        self.parts = [(index, out.part(index)) for index in indices]
        self.counting: Counting | None = None
        images, neurons, positions = values.shape
        self.stripes: Stripes | None = None
        if out.place is None and Stripes.suit(values):
            self.stripes = Stripes(neurons, positions, partial(reducer.maxima, images))

    def fits(self, values: Map) -> bool:
        """Whether this plan was made for maps like these."""
        return self.shape == values.shape and self.strides == values.stride()

    def before(self, values: Map, counted: Counted) -> None:
        """Write all that the activation's input tells; counts only for the counted images."""
        for index, out in self.parts:
            part = values if len(self.parts) == 1 else values[index]
            self._before(part if part.dtype == torch.float32 else part.float(), index, out)
        if self.activation.kind == "none":
            self.out.shares[0].copy_(self.out.before)
        if self.activation.kind in ("none", "clamp"):
            self._count(values, counted)
        elif self.activation.derivative is not None:
            self._differentiate(values, counted, self.activation.derivative)

    def after(self, values: Map, counted: Counted) -> None:
        """Write what the activation's output tells, where its input did not tell it."""
        for index, out in self.parts:
            part = values if len(self.parts) == 1 else values[index]
            self._after(part if part.dtype == torch.float32 else part.float(), out)
        if self.activation.kind != "clamp":
            self._count(values, counted)

    def through(self, values: Map, result: Map, counted: Counted, look: Callable[[Index], None]) -> None:
        """Compute a clamp and write what its input and output tell, a piece at a time, each read from memory once.

        Args:
            values: The clamp's input, float32.
            result: Where its output goes; may be the input itself.
            counted: Images to count.
            look: Called with every piece before it is overwritten.

        """
        for index, out in self.parts:
            part, target = values[index], result[index]
            self._before(part, index, out)
            look(index)
            torch.clamp(part, 0.0, self.activation.ceiling, out=target)
            self._after(target, out)
            if isinstance(counted, slice):
                self._count_piece(target, index, counted)
        if not isinstance(counted, slice):
            self._count(result, counted)

    def _count_piece(self, target: Map, index: Index, counted: slice) -> None:
        rows = range(*counted.indices(self.shape[0]))
        images = range(*index[0].indices(self.shape[0]))
        chosen = [row for row in rows if row in images]
        if not chosen:
            return
        here = slice(chosen[0] - images[0], chosen[-1] - images[0] + 1, rows.step)
        there = (slice(chosen[0], chosen[-1] + 1, rows.step), index[1])
        above = self.reducer.buffer(target[here])
        torch.gt(target[here], 0.0, out=above)
        torch.sum(above, 2, out=self.out.shares[1][there])
        if self.activation.ceiling is not None:
            between = self.out.shares[1][there]
            if bool((self.out.highest[there] >= self.activation.ceiling).any()):
                torch.ge(target[here], self.activation.ceiling, out=above)
                between = between - above.sum(2)
            self.out.slope[there] = between

    def _after(self, part: Map, out: Columns) -> None:
        if self.reducer.maximum:
            out.shares[0].copy_(part.amax(2))
        else:
            torch.sum(part, 2, out=out.shares[0])

    def places(
        self, part: Map, index: Index, images: Entry, neurons: Entry, maxima: Float[np.ndarray, " entries"]
    ) -> Entry:
        """Return where maps of a part that `before` or `through` just came to first reach their maxima."""
        if self.stripes is None:
            return first_maximum(part, images, neurons)
        return self.stripes.places(part, index[0], images, neurons, maxima)

    def _before(self, part: Map, index: Index, out: Columns) -> None:
        if self.stripes is not None:
            self.stripes.highest(part, index[0], out.highest)
        elif out.place is None:
            highest(part, out.highest)
        else:
            values, places = part.max(2)
            out.highest.copy_(values)
            out.place.copy_(places)
        if self.reducer.maximum:
            out.before.copy_(out.highest)
        else:
            torch.sum(part, 2, out=out.before)

    def _count(self, values: Map, counted: Counted) -> None:
        """Count the positions above 0 and, for a clamp with a ceiling, those strictly between."""
        chosen = values[counted]
        if not len(chosen):
            return
        if self.counting is None or not self.counting.fits(chosen, counted):
            self.counting = Counting(chosen, counted, self.out, self.reducer)
        plan, ceiling = self.counting, self.activation.ceiling
        for index, above in plan.parts:
            torch.gt(chosen[index], 0.0, out=above)
            torch.sum(above, 2, out=plan.positive[index])
        if plan.indexed is not None:
            self.out.shares[1][plan.indexed] = plan.positive
        if ceiling is not None:
            between = plan.positive
            if chosen.device.type != "cpu" or bool((self.out.highest[counted] >= ceiling).any()):
                between = plan.positive.clone()
                for index, above in plan.parts:
                    torch.ge(chosen[index], ceiling, out=above)
                    between[index] -= above.sum(2)
            self.out.slope[counted] = between

    def _differentiate(self, values: Map, counted: Counted, derivative: Derivative) -> None:
        chosen = values[counted]
        slope = torch.empty(chosen.shape[:2], device=values.device)
        for index in self.reducer.pieces(chosen, whole_images=True):
            part = chosen[index]
            slope[index] = derivative(part if part.dtype == torch.float32 else part.float()).sum(2)
        self.out.slope[counted] = slope
