"""Derivatives by formula against autograd."""

import pytest
import torch
from torch import nn

from cnnvis.observe.collect.activation import activation_of
from cnnvis.observe.trace import trace
from tests.observe.collect.helpers import Replay

MODULES = [
    nn.LeakyReLU(0.3), nn.Hardtanh(-2.0, 3.0), nn.SiLU(), nn.GELU(), nn.GELU(approximate="tanh"), nn.Mish(),
    nn.Hardswish(), nn.Hardsigmoid(), nn.Sigmoid(), nn.Tanh(), nn.ELU(0.7), nn.SELU(), nn.CELU(0.7),
    nn.Softplus(2.0), nn.Softsign(), nn.LogSigmoid(), nn.Tanhshrink(), nn.PReLU(4, 0.1),
]  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_derivative_agrees_with_autograd(module: nn.Module) -> None:
    model = Replay(4, module).eval()
    graph = trace(model, torch.zeros(2, 4, 3, 3))
    (unit,) = graph.units
    found = activation_of(unit, graph, model)
    assert found.kind == "formula"
    x = torch.linspace(-7, 7, 4 * 9 * 2).reshape(2, 4, 9).requires_grad_()
    module(x).sum().backward()
    assert found.derivative is not None
    torch.testing.assert_close(found.derivative(x.detach()), x.grad, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("module", "ceiling"), [(nn.ReLU(), None), (nn.ReLU6(), 6.0), (nn.Hardtanh(0.0, 4.0), 4.0)], ids=str
)
def test_clamping_ones_are_read_from_their_input(module: nn.Module, ceiling: float | None) -> None:
    model = Replay(4, module)
    graph = trace(model, torch.zeros(2, 4, 3, 3))
    found = activation_of(graph.units[0], graph, model)
    assert (found.kind, found.ceiling) == ("clamp", ceiling)


def test_without_a_non_linearity_there_is_nothing_to_read() -> None:
    model = Replay(4, None)
    graph = trace(model, torch.zeros(2, 4, 3, 3))
    assert activation_of(graph.units[0], graph, model).kind == "none"
