"""From recorded operations to the layers and edges of the graph."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from msgspec.structs import replace
from torch import nn

from cnnvis.observe.trace.attributes import Attributes, attributes
from cnnvis.observe.trace.call import Call, Operand, bind
from cnnvis.observe.trace.catalogue import ACTIVATIONS, CATALOGUE, ELEMENTWISE
from cnnvis.observe.trace.record import Frame, Op
from cnnvis.observe.trace.rules import whole
from cnnvis.observe.trace.state import State, image_state, other_state
from cnnvis.observe.trace.watch import tensors_in
from cnnvis.schema.graph import Edge, Layer, LayerKind

Source = tuple[int, int]


@dataclass(eq=False)
class Node:
    """One output of one operation, on its way to become a layer."""

    key: Source
    op: Op
    state: State
    kind: LayerKind
    attributes: Attributes
    sources: list[Source] = field(default_factory=list[Source])
    id: str = ""
    """Id of the layer that this node ends or is part of."""


def build_nodes(ops: Sequence[Op], image: int) -> tuple[dict[Source, Node], list[str]]:
    """Apply each operation's rule in the order in which they ran; ``image`` is the index of the image input."""
    nodes: dict[Source, Node] = {}
    notes: dict[str, None] = {}
    for op in ops:
        for output, tensor in enumerate(op.outputs):
            key = (op.index, output)
            if op.name == "input":
                shape = tuple(tensor.shape)
                state = image_state(shape) if op.index == image else other_state(shape)
                nodes[key] = Node(key, op, state, "input", {"image": op.index == image})
            else:
                nodes[key] = _node(key, op, nodes, notes)
    return nodes, list(notes)


def _node(key: Source, op: Op, nodes: dict[Source, Node], notes: dict[str, None]) -> Node:
    operands = op.operands()
    call = Call(op, key[1], tuple(Operand(nodes[source].state, shape) for source, shape in operands), bind(op))
    kind, rule = CATALOGUE.get(call.name, ("other", whole))
    if call.name not in CATALOGUE:
        notes[f"The operation {call.name} is not known; its receptive field is taken as the whole input."] = None
    if len(operands) > 1 and kind == "other" and rule is not whole:
        kind = "merge"
    state = rule(call)
    return Node(key, op, state, kind, attributes(call), [source for source, _ in operands])


def name_nodes(nodes: dict[Source, Node]) -> None:
    """Give each node its layer's id (design, 3a); the parts of one torch.nn module share theirs."""
    counts: dict[tuple[str, str], int] = {}
    counted = -1
    for (index, output), node in nodes.items():
        op, frame = node.op, node.op.frame
        suffix = f"[{output}]" if output else ""
        if frame is not None and frame.path and is_module_layer(frame):
            node.id = frame.path + (f"#{frame.call}" if frame.call > 1 else "") + suffix
            continue
        path, name = frame.path if frame else "", op.name.removeprefix("aten.")
        # The first output may lead nowhere and be gone.
        if index != counted:
            counts[path, name] = counts.get((path, name), 0) + 1
            counted = index
        node.id = f"{path}/{name}#{counts[path, name]}{suffix}"


def is_module_layer(frame: Frame) -> bool:
    """Whether a module call is one layer: one operation, or a module of PyTorch's own without child modules."""
    if frame.ops == 1:
        return True
    return type(frame.module).__module__.startswith("torch.nn.") and not frame.children


def make_layers(nodes: dict[Source, Node]) -> tuple[list[Layer], list[Edge]]:
    """Join nodes that share an id into layers, and connect them."""
    groups: dict[str, list[Node]] = {}
    for node in nodes.values():
        groups.setdefault(node.id, []).append(node)
    layers, edges = dict[str, Layer](), list[Edge]()
    for identity, members in groups.items():
        layers[identity] = _with_axes_of_source(_layer(identity, members), members, (nodes, layers))
        for member in members:
            for source in member.sources:
                origin = nodes[source]
                if origin.id != identity:
                    edges.append(Edge(origin.id, identity, _shape(origin)))
    return list(layers.values()), edges


def _with_axes_of_source(
    layer: Layer, members: list[Node], known: tuple[dict[Source, Node], dict[str, Layer]]
) -> Layer:
    """Let a function of single values count channels as its input does (a linear layer may run on another axis)."""
    nodes, layers = known
    if layer.op not in ELEMENTWISE or len(members) != 1 or len(members[0].sources) != 1:
        return layer
    source = layers[nodes[members[0].sources[0]].id]
    if source.shape != layer.shape or source.channel_axis is None:
        return layer
    return replace(layer, channel_axis=source.channel_axis, spatial_axes=source.spatial_axes)


def _shape(node: Node) -> tuple[int, ...]:
    return tuple(node.op.outputs[node.key[1]].shape[1:])


def _usual_name(node: Node) -> str:
    """Name clamps that are a well-known activation by it, whichever function made them."""
    name, found = node.op.name.removeprefix("aten."), node.attributes
    bounds = {"hardtanh": ("min_val", "max_val"), "clamp": ("min", "max")}.get(name)
    if bounds is None or found.get(bounds[0]) != 0:
        return name
    top = found.get(bounds[1])
    return "relu" if top is None and name == "clamp" else "relu6" if top == 6 else name


_RANK: tuple[LayerKind, ...] = ("conv", "linear", "norm", "activation", "pool")


def _layer(identity: str, members: list[Node]) -> Layer:
    last = members[-1]
    main = min(members, key=lambda node: (_RANK.index(node.kind) if node.kind in _RANK else 9, -node.key[0]))
    found: Attributes = {}
    for member in members:
        if member.kind == "shape" or member is main:
            found = {**{f"{member.op.name}_{key}": value for key, value in member.attributes.items()}, **found} \
                if member is not main else {**found, **member.attributes}  # fmt: skip
    frame = last.op.frame
    channel, spatial = axes(last, main.kind)
    several = last.op.several
    name = _usual_name(main)
    return Layer(
        id=identity,
        path=frame.path if frame else "",
        op=name,
        kind="activation" if name in ACTIVATIONS else main.kind,
        event="" if main.kind == "input" else last.op.event + (f"[{last.key[1]}]" if several else ""),
        shape=_shape(last),
        channel_axis=channel,
        spatial_axes=spatial,
        field=last.state.field() if last.state.reached else other_state(()).field(),
        parameters=parameters(members),
        attributes={**found, **({"part": last.key[1]} if several else {})},
    )


def parameters(members: list[Node]) -> int:
    """Count the weights of a layer: those of its module, or those among an operation's arguments."""
    frame = members[-1].op.frame
    if frame is not None and is_module_layer(frame):
        return sum(weight.numel() for weight in frame.module.parameters())
    given = [tensor for member in members for tensor in tensors_in((member.op.args, member.op.kwargs))]
    weights = {id(tensor): tensor for tensor in given if isinstance(tensor, nn.Parameter)}
    return sum(weight.numel() for weight in weights.values())


def axes(node: Node, kind: LayerKind) -> tuple[int | None, tuple[int, ...]]:
    """Return channel axis and spatial axes, counted without the batch axis."""
    tensor: torch.Tensor = node.op.outputs[node.key[1]]
    found = node.state.axes
    count = tensor.dim()
    if count < 2:
        return None, ()
    holding = [number for number in range(1, count) if any(atom.label == "channel" for atom in found[number])]
    if kind == "conv" or node.op.name in ("batch_norm", "instance_norm", "group_norm"):
        channel = 1
    elif kind == "linear" or (not holding and node.op.name in ("layer_norm", "rms_norm")):
        channel = count - 1
    elif holding:
        channel = holding[0]
    else:
        # Sizes of 1 carry no label: a single channel sits where it is usual.
        channel = 1 if count in (2, 4, 5) else None
    if channel is None:
        return None, ()
    spatial = [number for number in range(1, count) if number != channel]
    if kind not in ("conv", "linear", "norm"):
        # Parts of the channels that a view has set apart are no positions.
        spatial = [number for number in spatial if number not in holding]
    return channel - 1, tuple(number - 1 for number in spatial)
