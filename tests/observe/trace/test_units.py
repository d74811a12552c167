"""Units and their neurons, by hand."""

from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from cnnvis.observe.trace import trace
from cnnvis.schema.graph import LayerGraph, Unit
from tests.observe.trace import nets


def units_of(model: nn.Module, size: int = 16) -> list[Unit]:
    return list(traced(model, size).units)


def traced(model: nn.Module, size: int = 16) -> LayerGraph:
    torch.manual_seed(0)
    graph = trace(model, torch.rand(1, 3, size, size))
    assert graph.failure is None
    return graph


def brief(units: list[Unit]) -> list[tuple[str, str, str, str | None, int]]:
    return [(unit.id, unit.before, unit.role, unit.activation, unit.neurons) for unit in units]


def test_vgg() -> None:
    assert brief(units_of(nets.vgg())) == [
        ("1", "0", "conv", "relu", 4),
        ("5", "4", "conv", "relu", 8),
        ("9", "8", "linear", "relu", 16),
        ("11", "11", "linear", None, 5),
    ]
    assert units_of(nets.vgg())[1].members == ("3", "4", "5")


def test_resnet() -> None:
    assert brief(units_of(nets.ResNet())) == [
        ("/relu#1", "stem", "conv", "relu", 4),
        ("blocks.0.relu", "blocks.0.bn1", "conv", "relu", 4),
        ("blocks.0.bn2", "blocks.0.bn2", "conv", None, 4),
        ("blocks.0.relu#2", "blocks.0/add#1", "merge", "relu", 4),
        ("blocks.1.relu", "blocks.1.bn1", "conv", "relu", 8),
        ("blocks.1.bn2", "blocks.1.bn2", "conv", None, 8),
        ("blocks.1.relu#2", "blocks.1/add#1", "merge", "relu", 8),
        ("fc", "fc", "linear", None, 5),
    ]


def test_pre_activation_after_a_concatenation() -> None:
    found = {unit.id: unit for unit in units_of(nets.DenseNet())}
    assert (found["/relu#2"].role, found["/relu#2"].before, found["/relu#2"].neurons) == ("merge", "norms.1", 6)
    assert found["/relu#2"].members == ("norms.1", "/relu#2")
    assert found["stem"].activation is None


def test_gate_and_its_small_layers() -> None:
    assert brief(units_of(nets.Gated())) == [
        ("/relu#1", "conv", "conv", "relu", 4),
        ("/relu#2", "fc1", "linear", "relu", 2),
        ("/sigmoid#1", "fc2", "linear", "sigmoid", 4),
    ]


def test_depthwise_and_relu6() -> None:
    found = units_of(nets.Inverted())
    assert [(unit.activation, unit.neurons) for unit in found] == [("relu6", 6), ("relu6", 6), (None, 3)]


def test_a_dropout_in_between_is_allowed_and_a_pooling_is_not() -> None:
    dropped = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Dropout2d(), nn.Identity(), nn.LeakyReLU(0.2))
    assert brief(units_of(dropped)) == [("3", "1", "conv", "leaky_relu", 4)]
    pooled = nn.Sequential(nn.Conv2d(3, 4, 3), nn.MaxPool2d(2), nn.ReLU())
    assert brief(units_of(pooled)) == [("0", "0", "conv", None, 4), ("2", "1", "merge", "relu", 4)]


class HandWritten(nn.Module):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self.conv, self.kind = nn.Conv2d(3, 4, 3), kind

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(x)
        if self.kind == "silu":
            return x * torch.sigmoid(x)
        if self.kind == "hardswish":
            return x.mul(F.relu6(x + 3.0).div_(6.0))
        if self.kind == "relu":
            return x.clamp(min=0)
        return F.softmax(x, 1)


@pytest.mark.parametrize("kind", ["silu", "hardswish", "relu"])
def test_activations_written_out_by_hand(kind: str) -> None:
    (unit,) = units_of(HandWritten(kind))
    assert (unit.activation, unit.before, unit.role) == (kind, "conv", "conv")


def test_softmax_is_no_activation_of_a_unit() -> None:
    assert brief(units_of(HandWritten("softmax"))) == [("conv", "conv", "conv", None, 4)]


def test_shared_modules_are_units_per_call() -> None:
    assert [unit.id for unit in units_of(nets.Shared())] == ["relu", "relu#2"]


def test_resnet20_has_688_neurons_in_19_layers(shared_data: Path, shared_networks: ModuleType) -> None:
    graph = traced(shared_networks.resnet20(), 32)
    active = [unit for unit in graph.units if unit.activation]
    assert (len(active), sum(unit.neurons for unit in active)) == (19, 688)
    bare = [unit for unit in graph.units if not unit.activation]
    assert [len(unit.members) for unit in bare] == [2] * 9 + [1]
    assert (graph.output, graph.units[-1].id) == ("linear", "linear")
    assert shared_data.is_dir()


class Tokens(nn.Module):
    """A linear layer along the positions, as mixers have it, and a gate by a convolution along the channels."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.mix, self.gate = nn.Conv2d(3, 4, 4, 4), nn.Linear(16, 8), nn.Conv1d(1, 1, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = F.gelu(self.mix(self.conv(x).flatten(2)))
        return torch.sigmoid(self.gate(tokens.mean(2, keepdim=True).transpose(1, 2)))


def test_an_activation_counts_channels_as_its_input_does() -> None:
    graph = traced(Tokens())
    for unit in graph.units:
        before, after = graph.layer(unit.before), graph.layer(unit.id)
        assert (before.channel_axis, before.spatial_axes) == (after.channel_axis, after.spatial_axes)
    assert [unit.neurons for unit in graph.units] == [4, 8, 1]
