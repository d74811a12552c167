"""What a unit gave out is kept as it was, also where a later layer overwrites it."""

import torch
from torch import nn

from cnnvis.observe.contribute.capture import Capture
from cnnvis.observe.trace import trace, watch_layers


class Shortcut(nn.Module):
    """Adds in place onto what the normalisation gave out; the last convolution's output stays."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 2, 1)
        self.norm = nn.BatchNorm2d(2)
        self.last = nn.Conv2d(2, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.norm(self.first(x))
        y += x
        return self.last(y)


def test_overwritten_outputs_are_noticed_and_copied_the_second_time() -> None:
    model = Shortcut().eval()
    inputs = torch.randn(2, 1, 3, 3, generator=torch.Generator().manual_seed(0))
    graph = trace(model, inputs[:1])
    capture = Capture([graph.layer(unit.id) for unit in graph.units])
    with watch_layers(model, capture.callbacks()):
        model(inputs)
        assert capture.overwritten()
        capture.clear()
        assert capture.kept == {}
        output = model(inputs)
        assert not capture.overwritten()
    wanted = model.norm(model.first(inputs))
    assert torch.equal(capture.kept["norm"].value, wanted)
    assert torch.equal(capture.kept["last"].value, output)
    assert capture.kept["last"].value.data_ptr() == output.data_ptr()  # nothing overwrites it, so it is no copy
    (gradient,) = torch.autograd.grad(output.sum(), [capture.kept["norm"].edge])
    assert torch.allclose(gradient, model.last.weight.sum(0).expand_as(gradient))


def test_what_no_gradient_can_reach_is_not_kept() -> None:
    model = Shortcut().eval()
    inputs = torch.zeros(1, 1, 3, 3)
    graph = trace(model, inputs)
    capture = Capture([graph.layer(unit.id) for unit in graph.units])
    with torch.no_grad(), watch_layers(model, capture.callbacks()):
        model(inputs)
    assert capture.kept == {}
