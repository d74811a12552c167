"""The same networks in an independent tool: operations, shapes, edges and receptive fields agree."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import torch
from torch import nn

from cnnvis.observe.trace import require_complete, trace
from cnnvis.schema.graph import FieldAxis
from tests.observe.trace import nets

torchlens = pytest.importorskip("torchlens")

Triple = tuple[Fraction, Fraction, Fraction]


def their_layers(log: Any) -> list[Any]:
    return [op for op in log.layer_list if not op.is_buffer and not op.is_output]


def their_fields(op: Any) -> list[Triple] | None:
    """Return size, stride and centre of position 0 per axis, where the tool calls them exact."""
    field = op.receptive_field
    if field.status.name != "EXACT":
        return None
    return [tuple(map(Fraction, axis)) for axis in zip(field.size, field.jump, field.center0, strict=True)]


def through(identity: str, before: dict[str, list[str]], known: set[str]) -> set[str]:
    """Return the sources of an operation; in the place of those that are not compared, their own."""
    found: set[str] = set()
    for source in before.get(identity, ()):  # a buffer has none
        found |= {source} if source in known else through(source, before, known)
    return found


def our_field(axis: FieldAxis) -> Triple:
    start, size = Fraction(*axis.start), Fraction(*axis.size)
    return size, Fraction(*axis.stride), start + (size - 1) / 2


@pytest.mark.parametrize(
    "builder",
    [nets.vgg, nets.ResNet, nets.DenseNet, nets.Inception, nets.squeezenet, nets.Inverted, nets.UNet, nets.Shared,
     nets.Recurrent, nets.Gated],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_same_graph(builder: Callable[[], nn.Module]) -> None:
    torch.manual_seed(0)
    model, image = builder().eval(), torch.rand(1, 3, 16, 16)
    graph = require_complete(trace(model, image))
    # Kept: its records only hold it weakly.
    log = torchlens.trace(model, image)
    theirs = [op for op in their_layers(log) if op.func_name != "dropout"]
    ours = [layer for layer in graph.layers if layer.op != "dropout"]
    assert [(1, *layer.shape) for layer in ours] == [tuple(op.shape) for op in theirs]
    names = {op.label: layer.id for op, layer in zip(theirs, ours, strict=True)}
    before = {_call(op.label): [_call(parent) for parent in op.parents] for op in their_layers(log)}
    sources = {layer.id: [edge.source for edge in graph.edges if edge.target == layer.id] for layer in graph.layers}
    for op, layer in zip(theirs, ours, strict=True):
        found = {names[parent] for parent in through(_call(op.label), before, set(names))}
        assert through(layer.id, sources, set(names.values())) == found, layer.id
    compared = 0
    for op, layer in zip(theirs, ours, strict=True):
        fields = their_fields(op)
        if fields is None or len(fields) != 2 or layer.field.y is None or layer.field.x is None:
            continue
        assert [our_field(layer.field.y), our_field(layer.field.x)] == fields, layer.id
        compared += 1
    assert compared


def _call(label: str) -> str:
    return label if ":" in label else f"{label}:1"
