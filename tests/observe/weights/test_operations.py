"""One operation at a time between two layers: what the maps say is what the gradient says."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody writes it

from cnnvis.analysis.connect import channel_matrices
from cnnvis.observe.trace import require_complete, trace
from cnnvis.observe.weights import channel_graph
from tests.observe.weights.linear_networks import jacobian

Function = Callable[[torch.Tensor], torch.Tensor]


class Between(nn.Module):
    """A convolution, some operation, the mean over positions, and a linear layer."""

    def __init__(self, function: Function) -> None:
        super().__init__()
        self.function = function
        width = function(torch.zeros(2, 8, 6, 6, dtype=torch.float64)).shape[1]
        self.first, self.last = nn.Conv2d(3, 8, 1), nn.Linear(width, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.function(self.first(x))
        return self.last(y.mean((2, 3)) if y.dim() == 4 else y)


def written(x: torch.Tensor) -> torch.Tensor:
    y = x * 1
    y[:, 2:4] = x[:, :2]
    y[:, 5] = 0
    return y


def kernel(*shape: int) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


# Every kind by itself: random networks draw few of the grouped ones. They are exact without padding, and transposed
# where as much is cut off as kernels do not wholly reach.
CONVOLUTIONS: dict[str, Function] = {
    "convolution": lambda x: F.conv2d(x, kernel(5, 8, 3, 3)),
    "with strides": lambda x: F.conv2d(x, kernel(5, 8, 3, 2), stride=(2, 1)),
    "dilated": lambda x: F.conv2d(x, kernel(5, 8, 3, 2), dilation=2),
    "grouped": lambda x: F.conv2d(x, kernel(6, 4, 3, 3), groups=2),
    "grouped, strides and dilation": lambda x: F.conv2d(x, kernel(8, 2, 2, 3), groups=4, stride=2, dilation=(3, 1)),
    "depthwise": lambda x: F.conv2d(x, kernel(8, 1, 3, 3), groups=8),
    "depthwise, twice as wide": lambda x: F.conv2d(x, kernel(16, 1, 3, 3), groups=8, stride=3),
    "transposed": lambda x: F.conv_transpose2d(x, kernel(8, 5, 3, 3), padding=2),
    "transposed with strides": lambda x: F.conv_transpose2d(x, kernel(8, 5, 4, 3), stride=(2, 3), padding=(3, 0)),
    "transposed and dilated": lambda x: F.conv_transpose2d(x, kernel(8, 5, 2, 2), padding=3, dilation=3),
    "transposed and grouped": lambda x: F.conv_transpose2d(x, kernel(8, 3, 2, 2), stride=2, groups=4),
    "transposed and depthwise": lambda x: F.conv_transpose2d(x, kernel(8, 1, 2, 2), stride=2, groups=8),
}

EXACT: dict[str, Function] = {
    **CONVOLUTIONS,
    "view": lambda x: x.view(len(x), 2, 4, 6, 6)[:, 1],
    "transpose": lambda x: x.transpose(1, 2).transpose(2, 1),
    "channels last": lambda x: x.permute(0, 2, 3, 1)[..., ::3].permute(0, 3, 1, 2),
    "chunk": lambda x: torch.cat(x.chunk(4, 1)[::-1], 1),
    "unbind": lambda x: torch.stack(x.unbind(1)[2:5], 1),
    "list of channels": lambda x: x[:, [3, 3, 0]],
    "index_select": lambda x: x.index_select(1, torch.tensor([7, 1])),
    "roll": lambda x: x.roll(3, 1),
    "repeat": lambda x: x.repeat(1, 2, 1, 1),
    "expand": lambda x: x.mean(1, keepdim=True).expand(-1, 4, -1, -1),
    "channel_shuffle": lambda x: F.channel_shuffle(x, 4),
    "pixel_unshuffle": lambda x: F.pixel_unshuffle(x, 2),
    "padding of channels": lambda x: F.pad(x, (0, 0, 0, 0, 2, 1)),
    "written in place": written,
    "cat with constants": lambda x: torch.cat([x.new_ones(len(x), 2, 6, 6), x], 1),
    "sum over channels": lambda x: x.sum(1, keepdim=True),
    "mean over some channels": lambda x: x.view(len(x), 4, 2, 6, 6).mean(2),
    "pooling": lambda x: F.avg_pool2d(F.max_pool2d(x, 2), 3),
    "interpolation": lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
    "twice the same": lambda x: x + x,
    "difference": lambda x: x[:, :4] - 0.5 * x[:, 4:],
    "alpha": lambda x: torch.add(x, x.flip(1), alpha=3),
    "one minus": lambda x: 1 - x,
    "negative": lambda x: -x,
    "division": lambda x: x / 4,
    "factor per channel": lambda x: x * torch.arange(8.0, dtype=x.dtype)[:, None, None],
    "factor per feature": lambda x: x.flatten(1) * torch.arange(288.0, dtype=x.dtype),
    "dropout": lambda x: F.dropout(x, training=False),
    "matrix": lambda x: x.mean((2, 3)) @ torch.arange(16.0, dtype=x.dtype).view(8, 2),
    "addmm": lambda x: torch.addmm(torch.ones(2, dtype=x.dtype), x.mean((2, 3)), torch.eye(8, dtype=x.dtype)[:, 3:5]),
}


def found_and_expected(function: Function) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    torch.manual_seed(0)
    model = Between(function).double().eval()
    image = torch.rand(1, 3, 1, 1, dtype=torch.float64).expand(2, 3, 6, 6).contiguous()
    with torch.no_grad():
        model(image)
    model = model.double()
    graph = require_complete(trace(model, image))
    matrix = channel_matrices(channel_graph(model, image, graph), ["first", "last"]).pairs["first", "last"]
    expected = jacobian(model, image, "first", "last", [])
    assert expected is not None
    return matrix.values, expected, matrix.notes


@pytest.mark.parametrize("name", EXACT)
def test_exact_operations(name: str) -> None:
    found, expected, notes = found_and_expected(EXACT[name])
    assert notes == ()
    assert expected.any()
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


# On one constant image the mean derivative is the derivative, so approximations by it come out right as well.
MEASURED: dict[str, Function] = {
    "exp": torch.exp,
    "power": lambda x: x**2,
    "reciprocal": lambda x: 1 / (x.abs() + 2),
    "product": lambda x: x[:, :4] * x[:, 4:],
    "quotient": lambda x: x[:, :4] / (3 + x[:, 4:].abs()),
    "clamp": lambda x: x.clamp(-0.1, 0.1),
    "gelu": F.gelu,
    "leaky relu": lambda x: F.leaky_relu(x, 0.3),
}


@pytest.mark.parametrize("name", MEASURED)
def test_measured_operations(name: str) -> None:
    found, expected, notes = found_and_expected(MEASURED[name])
    assert notes
    assert all(" is approximated: its mean derivative on the example images." in note for note in notes)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


def test_attention_hands_on_the_values_it_looks_at() -> None:
    weight = torch.randn(8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def attention(x: torch.Tensor) -> torch.Tensor:
        tokens = x.flatten(2).transpose(1, 2)
        shares = torch.softmax(tokens @ weight @ tokens.transpose(1, 2), -1)
        return (shares @ tokens).mean(1)

    found, expected, notes = found_and_expected(attention)
    assert any("attention counts as a mean over positions" in note for note in notes)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)
