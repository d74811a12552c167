"""Cumulative stride of every layer: how many input pixels one step of its output makes."""

from fractions import Fraction

from cnnvis.analysis.group.order import Order
from cnnvis.schema.graph import Layer

Stride = tuple[Fraction, ...]
"""One number per image axis (y, x); empty where the output has no positions left."""


def strides_of(order: Order) -> dict[str, Stride]:
    """Return the cumulative stride of each layer, by id.

    It is read off the receptive field. Behind a channel gate or a norm over positions the field is the whole input
    and has no stride: there the stride of the largest incoming map is carried on.
    """
    strides: dict[str, Stride] = {}
    for identity, layer in order.layers.items():
        strides[identity] = _stride(layer, order, strides)
    return strides


def _stride(layer: Layer, order: Order, strides: dict[str, Stride]) -> Stride:
    if _positions(layer) <= 1:
        return ()
    if layer.field.y is not None and layer.field.x is not None:
        return Fraction(*layer.field.y.stride), Fraction(*layer.field.x.stride)
    sources = [order.layers[source] for source in order.predecessors[layer.id] if strides.get(source)]
    if not sources:
        return (Fraction(1),) * len(layer.spatial_axes)
    widest = max(sources, key=_positions)
    before = [widest.shape[axis] for axis in widest.spatial_axes]
    after = [layer.shape[axis] for axis in layer.spatial_axes]
    carried = strides[widest.id]
    if not len(before) == len(after) == len(carried):
        return carried
    return tuple(stride * _step(*sizes) for stride, sizes in zip(carried, zip(before, after, strict=True), strict=True))


def _step(before: int, after: int) -> Fraction:
    """Guess a layer's own stride from the map sizes; a border of a few pixels does not count."""
    if after <= before:
        return Fraction(max(1, round(before / after)))
    return Fraction(1, max(1, round(after / before)))


def _positions(layer: Layer) -> int:
    count = 1 if layer.spatial_axes else 0
    for axis in layer.spatial_axes:
        count *= layer.shape[axis]
    return count
