"""Connections by contribution on many differently built networks, against what a small change really does."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.analysis.group import group_layers
from cnnvis.observe.collect.reduce import as_map
from cnnvis.observe.connect import ProbeReading, connect
from cnnvis.observe.trace import watch_layers
from cnnvis.schema.graph import LayerGraph
from tests.observe.connect.helpers import memory, probe, traced
from tests.observe.networks import NETWORKS, Network

_SMALL = 1e-7


def slope(
    model: nn.Module, graph: LayerGraph, inputs: torch.Tensor, *, source: str, neuron: int, target: str, held: list[str]
) -> np.ndarray:
    """Return how the mean of each target neuron before its non-linearity grows when a neuron's map is scaled."""
    layers = {layer.id: layer for layer in graph.layers}
    kept: dict[str, torch.Tensor] = {}
    with torch.no_grad(), watch_layers(model, {layers[name].event: _keep(kept, name) for name in held}):
        model(inputs.clone())
    before = layers[graph.unit(target).before]
    ends: list[np.ndarray] = []
    for factor in (1 - _SMALL, 1 + _SMALL):
        means: list[np.ndarray] = []

        def read(output: torch.Tensor, means: list[np.ndarray] = means) -> None:
            means.append(as_map(output, before, len(inputs)).mean((0, 2)).numpy())

        def scale(output: torch.Tensor, factor: float = factor) -> None:
            output.select((layers[source].channel_axis or 0) + 1, neuron).mul_(factor)

        calls = {layers[name].event: _restore(kept, name) for name in held}
        with torch.no_grad(), watch_layers(model, calls | {layers[source].event: scale, before.event: read}):
            model(inputs.clone())
        ends.append(means[0])
    return (ends[1] - ends[0]) / (2 * _SMALL)


def _keep(kept: dict[str, torch.Tensor], name: str) -> Callable[[torch.Tensor], None]:
    def keep(output: torch.Tensor) -> None:
        kept[name] = output.clone()

    return keep


def _restore(kept: dict[str, torch.Tensor], name: str) -> Callable[[torch.Tensor], None]:
    def restore(output: torch.Tensor) -> None:
        output.copy_(kept[name])

    return restore


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_every_network_shows_the_slope_with_the_other_columns_held(
    network: Network, torchvision_or_skip: ModuleType
) -> None:
    if network.library == "timm":
        pytest.importorskip("timm")
    model = network.build().double()
    inputs = network.example(2).double()
    graph = traced(model, inputs.numpy())
    columns = list(dict.fromkeys(group.representative for group in group_layers(graph).groups))
    clusters = {name: ((0,), tuple(range(1, graph.unit(name).neurons))) for name in columns}
    found = connect(
        model,
        memory(inputs.numpy()),
        graph,
        probe=probe(2),
        clusters=clusters,
        reading=ProbeReading(device="cpu"),
    ).connections
    assert found.notes == ()
    pairs = list(found.pairs)
    assert pairs
    for source, target in {pairs[0], pairs[len(pairs) // 2], pairs[-1]}:
        values = found.pairs[source, target].values
        neuron = int(np.abs(values).sum(axis=1).argmax())
        held = [name for name in columns if name not in {source, target}]
        means = slope(model, graph, inputs, source=source, neuron=neuron, target=target, held=held)
        wanted = np.array([means[0], means[1:].mean()])
        floor = 1e-6 * max(1.0, float(np.abs(values).max()))
        np.testing.assert_allclose(values[neuron], wanted, rtol=2e-3, atol=2e-3 * np.abs(wanted).max() + floor)
