"""Find the units, whose channels are the neurons (design: words, neuron)."""

from collections.abc import Sequence

from cnnvis.observe.trace.catalogue import ACTIVATIONS, ELEMENTWISE
from cnnvis.schema.graph import Edge, Layer, Unit, UnitRole

_PASSING = frozenset(
    "dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout feature_dropout".split()
)


class _Graph:
    """The layers with their neighbours at hand."""

    def __init__(self, layers: Sequence[Layer], edges: Sequence[Edge]) -> None:
        self.layers = {layer.id: layer for layer in layers}
        self.after: dict[str, list[str]] = {layer.id: [] for layer in layers}
        self.before: dict[str, list[str]] = {layer.id: [] for layer in layers}
        for edge in edges:
            self.after[edge.source].append(edge.target)
            self.before[edge.target].append(edge.source)

    def next_alone(self, identity: str) -> Layer | None:
        """Return the only consumer of a layer, when it in turn consumes nothing else."""
        after = self.after[identity]
        if len(after) != 1 or len(self.before[after[0]]) != 1:
            return None
        return self.layers[after[0]]


def find_units(layers: Sequence[Layer], edges: Sequence[Edge]) -> list[Unit]:
    """Return all units in the order in which their outputs are made."""
    graph = _Graph(layers, edges)
    units: dict[str, Unit] = {}
    taken: set[str] = set()
    for layer in layers:
        if layer.kind in ("conv", "linear") and layer.channel_axis is not None:
            unit = _weighted(graph, layer)
        elif layer.id not in taken and is_activation(layer) and layer.channel_axis is not None:
            unit = _merged(graph, layer)
        else:
            continue
        taken.update(unit.members)
        units[unit.id] = unit
    order = {layer.id: number for number, layer in enumerate(layers)}
    return sorted(units.values(), key=lambda unit: order[unit.id])


def is_activation(layer: Layer) -> bool:
    """Whether a layer is a non-linearity that ends a unit."""
    return layer.op in ACTIVATIONS


def _weighted(graph: _Graph, layer: Layer) -> Unit:
    role: UnitRole = "conv" if layer.kind == "conv" else "linear"
    members, waiting, before = [layer.id], list[str](), layer.id
    current = layer
    while True:
        following = graph.next_alone(current.id)
        if following is None:
            gate = _self_gate(graph, current.id)
            if gate is not None:
                return _unit(graph, role, [*members, *waiting, *gate[1:]], current.id, gate[0])
            break
        if following.shape != layer.shape:
            break
        if is_activation(following):
            return _unit(graph, role, [*members, *waiting, following.id], current.id, following.op)
        if following.kind == "norm":
            members += [*waiting, following.id]
            waiting = []
            before = following.id
        elif following.op in _PASSING:
            waiting.append(following.id)
        else:
            break
        current = following
    return _unit(graph, role, members, before, None)


def _self_gate(graph: _Graph, identity: str) -> tuple[str, ...] | None:
    """Recognise ``x * f(x)`` written out by hand; returns the non-linearity's name and the layers."""
    after = graph.after[identity]
    if len(after) != 2:
        return None
    products = [target for target in after if graph.layers[target].op == "mul"]
    others = [target for target in after if graph.layers[target].op != "mul"]
    if len(products) != 1 or len(others) != 1:
        return None
    path, name = [others[0]], ""
    while path[-1] != products[0]:
        layer = graph.layers[path[-1]]
        if layer.op not in ELEMENTWISE or len(graph.before[layer.id]) != 1 or len(graph.after[layer.id]) != 1:
            return None
        name = layer.op if is_activation(layer) else name
        path.append(graph.after[layer.id][0])
    known = {"sigmoid": "silu", "relu6": "hardswish", "hardsigmoid": "hardswish", "tanh": "mish"}
    return (known.get(name, name), *path) if name else None


def _merged(graph: _Graph, layer: Layer) -> Unit:
    members, before = [layer.id], graph.before[layer.id]
    source = graph.layers[before[0]] if len(before) == 1 else layer
    if source.kind == "norm" and len(graph.after[source.id]) == 1:
        members.insert(0, source.id)
    return _unit(graph, "merge", members, source.id, layer.op)


def _unit(graph: _Graph, role: UnitRole, members: list[str], before: str, activation: str | None) -> Unit:
    last = graph.layers[members[-1]]
    neurons = last.shape[last.channel_axis] if last.channel_axis is not None else 0
    return Unit(id=last.id, before=before, members=tuple(members), role=role, activation=activation, neurons=neurons)
