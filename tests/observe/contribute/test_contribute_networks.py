"""Contributions on many differently built networks, against what a small change of one neuron really does."""

from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.observe.trace import trace, watch_layers
from cnnvis.schema.graph import LayerGraph
from tests.observe.contribute.helpers import contributed
from tests.observe.networks import NETWORKS, Network


def slope(
    model: nn.Module, graph: LayerGraph, inputs: np.ndarray, unit: str, neuron: int, small: float = 1e-8
) -> np.ndarray:
    """Return how the outputs of each image change when the neuron's map is scaled.

    Central differences, by a step too small to meet a kink of a ReLU or a maximum.
    """
    layer = graph.layer(unit)
    assert layer.channel_axis is not None
    axis = layer.channel_axis + 1
    ends: list[np.ndarray] = []
    for factor in (1 - small, 1 + small):

        def scale(output: torch.Tensor, factor: float = factor) -> None:
            output.select(axis, neuron).mul_(factor)

        with torch.no_grad(), watch_layers(model, {layer.event: scale}):
            ends.append(model(torch.from_numpy(inputs)).numpy())
    return (ends[1] - ends[0]) / (2 * small)


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_every_network_shows_the_slope_that_a_small_change_has(
    network: Network, torchvision_or_skip: ModuleType
) -> None:
    if network.library == "timm":
        pytest.importorskip("timm")
    model = network.build().double()
    inputs = network.example(2).double().numpy()
    graph = trace(model, torch.from_numpy(inputs[:1]))
    found = contributed(model, inputs, np.array([3, 7]), confusion=np.eye(10, dtype=np.int64)[::-1], graph=graph)
    assert found.contributions is not None
    assert found.warnings == ()
    with torch.no_grad():
        floor = 1e-6 * float(model(torch.from_numpy(inputs)).abs().max())  # what differences of outputs cannot show
    units = [unit.id for unit in graph.units]
    for unit in {units[0], units[len(units) // 3], units[len(units) // 2], units[-2]}:
        values = found.contributions.units[unit].values
        neuron = int(np.abs(values[[3, 7]]).sum(axis=0).argmax())
        changes = slope(model, graph, inputs, unit, neuron)
        wanted = changes[[0, 1], [3, 7]]
        np.testing.assert_allclose(values[[3, 7], neuron], wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max() + floor)
        confused = found.contributions.units[unit].confused_values[[3, 7], 0, neuron]
        others = changes[[0, 1], [6, 2]]
        np.testing.assert_allclose(confused, others, rtol=1e-3, atol=1e-3 * np.abs(others).max() + floor)


@pytest.mark.gpu
def test_a_gpu_gives_the_same_as_the_cpu() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(inplace=True), nn.Conv2d(4, 3, 3), nn.Flatten(), nn.Linear(27, 3))
    images = np.random.default_rng(0).standard_normal((9, 2, 7, 7)).astype(np.float32)
    first, second = (
        contributed(model, images, np.arange(9) % 3, device=name).contributions for name in ("cpu", "cuda")
    )
    assert first is not None
    assert second is not None
    for unit, values in first.units.items():
        np.testing.assert_allclose(second.units[unit].values, values.values, rtol=1e-3, atol=1e-4)
