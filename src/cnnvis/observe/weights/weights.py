"""From a network to its channel graph: every operation of one forward pass, by one rule each."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import nn

from cnnvis.observe.model_input import Example
from cnnvis.observe.trace.catalogue import ACTIVATIONS, ELEMENTWISE
from cnnvis.observe.trace.layers import Node, Source, axes
from cnnvis.observe.trace.trace import follow
from cnnvis.observe.weights.averaging import POOLING, REDUCING, attended, pooled, reduced
from cnnvis.observe.weights.maps import Maps, Relation, read_channels
from cnnvis.observe.weights.moving import MOVING, moved
from cnnvis.observe.weights.norms import NORMS, normalised
from cnnvis.observe.weights.pointwise import HANDED_ON, combined, handed_on
from cnnvis.observe.weights.reading import KeepingRecorder, Kernel, Reading, Shared, reading_of
from cnnvis.observe.weights.signal import Role, Signal, along, nothing
from cnnvis.observe.weights.weighted import CONVOLUTIONS, convolved, linear, multi_head
from cnnvis.schema.connections import ChannelGraph, ChannelMap
from cnnvis.schema.graph import LayerGraph, Unit
from cnnvis.schema.statistics import UnitStatistics

Rule = Callable[[Reading], Signal]

_KEPT = (ELEMENTWISE | NORMS) - HANDED_ON - {"add", "batch_norm"}
_PRODUCTS = frozenset({"matmul", "bmm", "mm", "addmm"})
_SOFTMAX = frozenset({"softmax", "softmin"})
_GATES = frozenset({"sigmoid", "hardsigmoid"})
# What torch and our own rules raise on arguments that they were not written for.
_FAILURES = (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError)


def channel_graph(
    model: nn.Module,
    example: Example,
    graph: LayerGraph,
    *,
    statistics: Mapping[str, UnitStatistics] | None = None,
    kernel: Kernel = "sum",
) -> ChannelGraph:
    """Return what every layer does to channels, as linear maps from channel to channel (design: connections).

    Convolutions and linear layers come with their own weights; norms, non-linearities and gates with their measured
    means; views, selections and concatenations with where each channel goes. An operation without a rule is said to
    be not followed, and nothing comes through it. The model is run once on the example and left as it was.

    Args:
        model: The network that ``graph`` was traced from.
        example: A few real images: what the statistics do not tell (the gain of a layer norm) is measured on them.
        graph: Its layers.
        statistics: What `collect` found per unit; a unit without them counts by its mean derivative on the example.
        kernel: Whether kernels are summed over space, or averaged as in the paper.

    Raises:
        ModelError: The model cannot be run.

    """
    recorder = KeepingRecorder(_KEPT)
    found = follow(model, example, recorder)
    shared = Shared(Maps(), recorder.kept, statistics or {}, kernel)
    walk = _Walk(graph, shared, found.nodes)
    for key, node in found.nodes.items():
        walk.visit(key, node)
    return walk.result()


class _Walk:
    """The pass over all operations in running order."""

    def __init__(self, graph: LayerGraph, shared: Shared, nodes: Mapping[Source, Node]) -> None:
        self.shared = shared
        self.nodes = nodes
        self.layers = {layer.id: layer for layer in graph.layers}
        self.units = {unit.id: unit for unit in graph.units}
        self.befores = {unit.before for unit in graph.units}
        self.last = {node.id: key for key, node in nodes.items()}
        """The node that ends each layer."""
        self.read: dict[str, str] = {}
        """Layer id to the map that holds its channels, for those that some unit names."""

    def visit(self, key: Source, node: Node) -> None:
        """Add the maps of one operation."""
        self.shared.maps.begin(node.id)
        ends = self.last[node.id] == key
        unit = self.units.get(node.id) if ends else None
        if node.op.name == "input":
            signal = self._input(node)
        elif unit is not None and self._has_slope(unit):
            signal = self._activation(unit, node)
        else:
            signal = _followed(reading_of(node, self.nodes, self.shared))
        if ends and (unit is not None or node.id in self.befores):
            signal = self._settled(node, signal, own=unit is not None)
        self.shared.signals[key] = signal

    def _input(self, node: Node) -> Signal:
        shape = tuple(node.op.outputs[0].shape)
        axis, _ = axes(node, "input")
        if not node.attributes.get("image") or axis is None:
            return nothing(shape)
        return along(self.shared.maps.add(shape[axis + 1], final=True), shape, axis + 1)

    def _has_slope(self, unit: Unit) -> bool:
        return unit.before != unit.id and unit.id in self.shared.statistics and unit.before in self.read

    def _activation(self, unit: Unit, node: Node) -> Signal:
        """Return a unit's non-linearity by its measured mean derivative, whatever operations it is written in."""
        slope = np.nan_to_num(np.asarray(self.shared.statistics[unit.id].slope, np.float64))
        before = self._start(self.read[unit.before])
        channels = np.arange(unit.neurons)
        relation = Relation(rows=channels, labels=channels + before, weights=slope)
        start = self.shared.maps.add_links(unit.neurons, relation)
        shape = tuple(node.op.outputs[node.key[1]].shape)
        role: Role = "gate" if unit.activation in _GATES else ""
        return along(start, shape, self._axis(node), role)

    def _start(self, identity: str) -> int:
        return self.shared.maps.start_of(identity)

    def _axis(self, node: Node) -> int:
        """Axis of the channels, batch axis counted."""
        layer = self.layers.get(node.id)
        axis = layer.channel_axis if layer is not None else axes(node, node.kind)[0]
        return 1 if axis is None else axis + 1

    def _settled(self, node: Node, signal: Signal, *, own: bool) -> Signal:
        """Make sure that a map holds exactly the layer's channels, with the layer's id if it is a unit's output."""
        maps, axis = self.shared.maps, self._axis(node)
        relation = read_channels(signal, axis)
        whole = maps.whole(relation)
        if whole is not None:
            whole = maps.finish(whole)
        if whole is None or (own and whole != node.id):
            start = maps.add_links(signal.shape[axis], relation, final=own)
            whole = maps.maps[-1].id
            signal = along(start, signal.shape, axis, signal.role) if own else signal
        self.read[node.id] = whole
        return signal

    def result(self) -> ChannelGraph:
        """Return the maps that lead to some unit."""
        before = {unit.id: self.read[unit.before] for unit in self.units.values() if unit.before in self.read}
        wanted = {*before.values(), *(unit for unit in self.units if unit in self.read)}
        kept: list[ChannelMap] = []
        for channel_map in reversed(self.shared.maps.maps):
            if channel_map.id in wanted:
                kept.append(channel_map)
                wanted.update(source for source, _ in channel_map.inputs)
        return ChannelGraph(maps=tuple(reversed(kept)), before=before)


def _followed(reading: Reading) -> Signal:
    """Apply an operation's rule; where that is not possible nothing comes through."""
    name = reading.call.name
    rule = _rule(reading)
    try:
        if rule is not None:
            with torch.no_grad():
                signal = rule(reading)
            role: Role = "gate" if name in _GATES else signal.role
            return Signal(signal.labels, signal.shape, role)
        why = f"the operation {name} has no rule"
    except _FAILURES as error:
        why = " ".join(str(error).split()).rstrip(".") or name
    gap = reading.maps.add_gap(reading.signals, reading.shape, why)
    return Signal(gap.labels, gap.shape, "shares" if name in _SOFTMAX else "")


def _rule(reading: Reading) -> Rule | None:
    name = reading.call.name
    if name == "scaled_dot_product_attention" or (name in _PRODUCTS and reading.signals[0].role == "shares"):
        return attended
    return _RULES.get(name)


_RULES: dict[str, Rule] = {
    **dict.fromkeys(ELEMENTWISE | ACTIVATIONS, combined),
    **dict.fromkeys(HANDED_ON, handed_on),
    **dict.fromkeys(CONVOLUTIONS, convolved),
    **dict.fromkeys(_PRODUCTS | {"linear"}, linear),
    "multi_head_attention_forward": multi_head,
    **dict.fromkeys(NORMS, normalised),
    **dict.fromkeys(POOLING | {"interpolate"}, pooled),
    **dict.fromkeys(REDUCING, reduced),
    **dict.fromkeys(MOVING, moved),
}
