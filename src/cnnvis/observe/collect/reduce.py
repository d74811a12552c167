"""The reductions over one layer's output: the only code that touches whole maps, so the only code whose speed counts.

On a CPU the time goes into reading maps from memory. Everything about a unit with a ReLU is therefore read from the
activation's input alone: a piece of the map that fits the cache is summed, its maximum taken, clamped into one half of
a small buffer and compared into the other half, and both halves are summed at once. PyTorch reduces and compares floats
several times faster than it makes and counts booleans. Views and buffers are made once per layer and reused.
"""

from dataclasses import dataclass
from math import prod

import torch
from jaxtyping import Float, Int

from cnnvis.observe.collect.activation import Activation
from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import Layer

Map = Float[torch.Tensor, "images neurons positions"]
Block = Float[torch.Tensor, "images neurons"]
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

    def pair(self, part: Map) -> Float[torch.Tensor, "2 images neurons positions"]:
        """Return two working maps of the shape and memory order of this part."""
        size = 2 * part.numel()
        if self._buffer.numel() < size or self._buffer.device != part.device:
            self._buffer = torch.empty(size, device=part.device)
        images, neurons, positions = part.shape
        if part.stride(2) == 1 or positions == 1:
            return self._buffer[:size].view(2, images, neurons, positions)
        return self._buffer[:size].view(2, images, positions, neurons).transpose(2, 3)


class Plan:
    """The reductions of one layer's maps, prepared for one geometry."""

    def __init__(self, values: Map, activation: Activation, out: Columns, reducer: Reducer) -> None:
        self.activation = activation
        self.maximum = reducer.maximum
        self.shape, self.strides = values.shape, values.stride()
        indices = reducer.pieces(values, whole_images=activation.kind == "formula")
        self.parts = [(index, out.part(index), reducer.pair(values[index])) for index in indices]

    def fits(self, values: Map) -> bool:
        """Whether this plan was made for maps like these."""
        return self.shape == values.shape and self.strides == values.stride()

    def before(self, values: Map) -> None:
        """Write all that the activation's input tells."""
        for index, out, pair in self.parts:
            part = values if len(self.parts) == 1 else values[index]
            self._before(part if part.dtype == torch.float32 else part.float(), out, pair)

    def after(self, values: Map) -> None:
        """Write what the activation's output tells, where its input did not tell it."""
        for index, out, pair in self.parts:
            part = values if len(self.parts) == 1 else values[index]
            if part.dtype != torch.float32:
                part = part.float()
            torch.gt(part, 0.0, out=pair[1])
            torch.sum(pair[1], 2, out=out.shares[1])
            if self.maximum:
                out.shares[0].copy_(part.amax(2))
            else:
                torch.sum(part, 2, out=out.shares[0])

    def _before(self, part: Map, out: Columns, pair: Float[torch.Tensor, "2 images neurons positions"]) -> None:
        if out.place is None:
            torch.amax(part, 2, out=out.highest)
        else:
            values, places = part.max(2)
            out.highest.copy_(values)
            out.place.copy_(places)
        if self.maximum:
            out.before.copy_(out.highest)
        else:
            torch.sum(part, 2, out=out.before)
        kind = self.activation.kind
        if kind == "clamp":
            self._clamped(part, out, pair)
        elif kind == "none":
            torch.gt(part, 0.0, out=pair[1])
            torch.sum(pair[1], 2, out=out.shares[1])
            out.shares[0].copy_(out.before)
        elif self.activation.derivative is not None:
            torch.sum(self.activation.derivative(part), 2, out=out.slope)

    def _clamped(self, part: Map, out: Columns, pair: Float[torch.Tensor, "2 images neurons positions"]) -> None:
        ceiling = self.activation.ceiling
        if ceiling is None:
            torch.clamp_min(part, 0.0, out=pair[0])
        else:
            torch.clamp(part, 0.0, ceiling, out=pair[0])
        torch.gt(part, 0.0, out=pair[1])
        torch.sum(pair, 3, out=out.shares)
        if self.maximum:
            out.shares[0].copy_(out.highest.clamp(0.0, ceiling))
        if ceiling is not None:  # strictly between 0 and the ceiling
            out.slope.copy_(out.shares[1])
            if part.device.type != "cpu" or bool((out.highest >= ceiling).any()):
                torch.ge(part, ceiling, out=pair[0])
                out.slope.sub_(pair[0].sum(2))
