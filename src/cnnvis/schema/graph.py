"""The layer graph: layers, edges, units of neurons and receptive fields (design: trace)."""

from fractions import Fraction
from math import ceil, floor
from typing import Annotated, Literal

from msgspec import Meta, Struct

Rational = Annotated[tuple[int, int], Meta(description="A fraction as numerator and denominator.")]
"""A fraction as (numerator, denominator): exact in JSON."""

FieldStatus = Literal["exact", "bound", "whole input"]
LayerKind = Literal["input", "conv", "linear", "norm", "activation", "pool", "merge", "shape", "other"]
UnitRole = Literal["conv", "linear", "merge"]
RECTIFIERS = frozenset({"relu", "relu6", "gelu", "silu", "hardswish", "mish", "threshold"})
"""Non-linearities that are (nearly) 0 for every input below 0."""


class FieldAxis(Struct, frozen=True):
    """Receptive field along one image axis, in pixels of the model's input.

    Output position ``i`` sees the pixels of the half-open interval
    ``[start + i * stride, start + i * stride + size)``, before clipping to the image.
    """

    start: Rational
    size: Rational
    stride: Rational

    def interval(self, position: int) -> tuple[int, int]:
        """Return the first pixel and the one after the last that ``position`` sees (not clipped)."""
        first = Fraction(*self.start) + position * Fraction(*self.stride)
        return floor(first), ceil(first + Fraction(*self.size))


class ReceptiveField(Struct, frozen=True):
    """What part of the input image one output position of a layer can see.

    ``exact``: the box is right. ``bound``: the true field lies inside the box.
    ``whole input``: every pixel may count; both axes are then None.
    """

    status: FieldStatus
    y: FieldAxis | None = None
    x: FieldAxis | None = None


class Layer(Struct, frozen=True, kw_only=True):
    """One node of the layer graph: a module call or a functional operation."""

    id: Annotated[str, Meta(description="Module path (`#n` for its n-th call) or `module/op#n`.")]
    path: Annotated[str, Meta(description="Path of the innermost module that ran it; empty for the model itself.")]
    op: Annotated[str, Meta(description="Name of the operation: conv2d, relu, add, cat, flatten, ...")]
    kind: LayerKind
    event: Annotated[str, Meta(description="Name under which the running model announces this layer's output.")]
    shape: Annotated[tuple[int, ...], Meta(description="Shape of the output without the batch axis.")]
    channel_axis: Annotated[
        int | None, Meta(description="Axis of `shape` that holds the channels; None when there is none.")
    ] = None
    spatial_axes: Annotated[tuple[int, ...], Meta(description="Axes of `shape` that are positions.")] = ()
    field: ReceptiveField = ReceptiveField("whole input")
    parameters: Annotated[int, Meta(description="Number of weights that this layer's module owns.")] = 0
    attributes: Annotated[
        dict[str, int | float | bool | str | list[int]], Meta(description="Kernel, stride, padding, groups, ...")
    ] = {}


class Edge(Struct, frozen=True):
    """A tensor that flows from one layer to another."""

    source: str
    target: str
    shape: Annotated[tuple[int, ...], Meta(description="Shape of the tensor without the batch axis.")]


class Unit(Struct, frozen=True, kw_only=True):
    """A layer of neurons: a convolution or linear layer with the norm and activation that follow it alone.

    Also an activation that follows a merge. A neuron is one channel of a unit; its id is ``<unit id>:<channel>``.
    """

    id: Annotated[str, Meta(description="Id of the layer whose output is the neurons' value after the activation.")]
    before: Annotated[str, Meta(description="Id of the layer whose output is the activation's input.")]
    members: Annotated[tuple[str, ...], Meta(description="Ids of the layers that make up the unit, in order.")]
    role: UnitRole
    activation: Annotated[str | None, Meta(description="Name of the non-linearity; None without one.")] = None
    neurons: int

    @property
    def rectified(self) -> bool:
        """Whether a neuron whose activation input never rises above 0 passes nothing on (ReLU and its kin)."""
        return self.activation in RECTIFIERS


class TraceFailure(Struct, frozen=True):
    """Where and why the model's forward pass stopped, when it did."""

    path: str
    message: str


class LayerGraph(Struct, frozen=True, kw_only=True):
    """The network as a directed acyclic graph, in the order in which the layers ran."""

    version: int = 1
    layers: tuple[Layer, ...]
    edges: tuple[Edge, ...]
    units: tuple[Unit, ...]
    output: Annotated[str | None, Meta(description="Id of the layer that gives the logits.")] = None
    failure: TraceFailure | None = None
    notes: Annotated[tuple[str, ...], Meta(description="What a reader should know, in sentences.")] = ()

    def layer(self, identity: str) -> Layer:
        """Return the layer of this id; KeyError when there is none."""
        for layer in self.layers:
            if layer.id == identity:
                return layer
        raise KeyError(identity)

    def unit(self, identity: str) -> Unit:
        """Return the unit of this id; KeyError when there is none."""
        for unit in self.units:
            if unit.id == identity:
                return unit
        raise KeyError(identity)
