"""Receptive fields against gradients: random small networks, and the builds that trace must be right on."""

import random
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F  # noqa: N812

from cnnvis.schema.graph import FieldAxis, Layer
from tests.observe.trace import nets
from tests.observe.trace.checker import Checker
from tests.observe.trace.oracle import Box, seen_box

Change = Callable[[torch.Tensor], torch.Tensor]


def checker(model: nn.Module, size: int, **options: bool) -> Checker:
    torch.manual_seed(0)
    return Checker(model.eval(), torch.rand(1, 3, size, size), **options)


class Steps(nn.Module):
    """A random network: modules and functions one after the other."""

    def __init__(self, steps: list[nn.Module]) -> None:
        super().__init__()
        self.steps = nn.ModuleList(steps)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for step in self.steps:
            x = step(x)
        return x


class Apply(nn.Module):
    """A function as a module."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self.change = change

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.change(x)


class Branches(nn.Module):
    """Two convolutions of unlike kernels beside each other, joined."""

    def __init__(self, channels: int, kernels: tuple[int, int], join: str) -> None:
        super().__init__()
        self.first, self.second = (nn.Conv2d(channels, channels, k, padding=k // 2) for k in kernels)
        self.join = join

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first, second = self.first(x), self.second(x)
        if self.join == "cat":
            return torch.cat([first, second], 1)
        return first.mul(second) if self.join == "mul" else first.add_(second)


def small(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


@st.composite
def step(draw: st.DrawFn, channels: int) -> nn.Module:
    """Draw one step that takes this many channels."""
    kind = draw(st.sampled_from(
        "conv conv conv depthwise max average pad crop nearest bilinear transposed branches adaptive shuffle unshuffle "
        "relu permute patches".split()
    ))  # fmt: skip
    kernel, stride = (draw(small(1, 4)), draw(small(1, 4))), (draw(small(1, 3)), draw(small(1, 3)))
    padding = (draw(small(0, kernel[0] // 2)), draw(small(0, kernel[1] // 2)))
    if kind in ("conv", "depthwise"):
        groups, dilation = (channels if kind == "depthwise" else 1), draw(small(1, 2))
        return nn.Conv2d(channels, 4 if groups == 1 else channels, kernel, stride, padding, dilation, groups)
    if kind == "transposed":
        return nn.ConvTranspose2d(
            channels, 4, kernel, stride, tuple(min(p, k - 1) for p, k in zip(padding, kernel, strict=True))
        )
    if kind == "branches":
        join = draw(st.sampled_from(["cat", "add", "mul"]))
        return Branches(channels, draw(st.sampled_from([(1, 3), (5, 3), (1, 1)])), join)
    amounts = [draw(small(-1, 2)) for _ in range(4)]
    start, every, factor = draw(small(0, 2)), draw(small(1, 2)), draw(small(2, 3))
    return {
        "max": nn.MaxPool2d(kernel, stride, padding, ceil_mode=draw(st.booleans())),
        "average": nn.AvgPool2d(kernel, stride, padding, ceil_mode=draw(st.booleans())),
        "adaptive": nn.AdaptiveAvgPool2d((draw(small(1, 5)), draw(small(1, 5)))),
        "pad": Apply(lambda x: F.pad(x, amounts)),
        "crop": Apply(lambda x: x[..., start::every, start:]),
        "nearest": nn.Upsample(scale_factor=factor),
        "bilinear": nn.Upsample(scale_factor=factor, mode="bilinear", align_corners=draw(st.booleans())),
        "shuffle": Apply(lambda x: F.pixel_shuffle(torch.cat([x] * 4, 1), 2)),
        "unshuffle": Apply(_unshuffled),
        "permute": Apply(lambda x: x.permute(0, 2, 3, 1).mul(2).movedim(-1, 1)),
        "patches": Apply(_patches),
        "relu": nn.ReLU(inplace=True),
    }[kind]


def _unshuffled(x: torch.Tensor) -> torch.Tensor:
    even = x[:, :, : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2]
    return F.pixel_unshuffle(even, 2)


def _patches(x: torch.Tensor) -> torch.Tensor:
    """Space to depth by view and permute, as many write it."""
    n, c, h, w = x.shape
    even = x[:, :, : h // 2 * 2, : w // 2 * 2]
    return even.reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4).flatten(1, 3)


@st.composite
def networks(draw: st.DrawFn) -> nn.Module:
    """Draw a network whose maps stay between 1 and 40 pixels."""
    torch.manual_seed(0)
    x, steps = torch.rand(1, 3, 18, 18), list[nn.Module]()
    for _ in range(draw(small(1, 5))):
        candidate = draw(step(x.shape[1]))
        try:
            y = candidate(x.clone())
        except (RuntimeError, ValueError):
            continue
        if min(y.shape[2:]) >= 1 and max(y.shape[2:]) <= 40 and y.shape[1] <= 64:
            x = y
            steps.append(candidate)
    return Steps(steps or [nn.Conv2d(3, 4, 3)]).eval()


@given(networks())
def test_random_networks(model: nn.Module) -> None:
    checker(model, 18).everywhere()


@pytest.mark.parametrize(
    "builder", [nets.ResNet, nets.DenseNet, nets.Inception, nets.squeezenet, nets.Inverted, nets.UNet, nets.Shared,
                nets.Recurrent, nets.Gated, nets.Shuffle]
)  # fmt: skip
def test_builds(builder: Callable[[], nn.Module]) -> None:
    torch.manual_seed(0)
    found = checker(builder(), 16, tight=True)
    found.everywhere()
    assert found.compared > 0


def axis(layer: Layer) -> FieldAxis:
    assert layer.field.y is not None
    return layer.field.y


def test_global_pooling_flatten_and_linear_join_all_positions() -> None:
    found = checker(nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.Flatten(), nn.Linear(4 * 49, 5)), 16)
    flat, linear = found.graph.layers[-2:]
    assert (flat.field.status, linear.field.status) == ("bound", "exact")
    assert axis(flat).interval(0) == axis(linear).interval(0) == (0, 15)
    pooled = checker(nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.AdaptiveAvgPool2d(1)), 16).graph.layers[-1]
    assert (pooled.field.status, axis(pooled).interval(0), axis(pooled).stride) == ("exact", (0, 15), (14, 1))


@pytest.mark.parametrize(("wanted", "status"), [(4, "exact"), (8, "exact"), (3, "bound"), (5, "bound"), (20, "bound")])
def test_uneven_adaptive_pooling_is_a_bound(wanted: int, status: str) -> None:
    found = checker(nn.Sequential(nn.Conv2d(3, 4, 1), nn.AdaptiveAvgPool2d(wanted)), 16)
    assert found.graph.layers[-1].field.status == status
    found.everywhere()


@pytest.mark.parametrize("mode", ["reflect", "replicate"])
def test_mirrored_padding_is_a_bound(mode: str) -> None:
    found = checker(nn.Sequential(nn.Conv2d(3, 4, 3, padding=2, padding_mode=mode), nn.Conv2d(4, 4, 3)), 12)
    assert [layer.field.status for layer in found.graph.layers] == ["exact", "bound", "bound"]
    found.everywhere()


@pytest.mark.parametrize("norm", [nn.GroupNorm(2, 4), nn.InstanceNorm2d(4), nn.LayerNorm([4, 16, 16]), nn.Softmax(-1)])
def test_statistics_over_positions_see_the_whole_input(norm: nn.Module) -> None:
    layers = checker(nn.Sequential(nn.Conv2d(3, 4, 1), norm), 16).graph.layers
    assert layers[-1].field.status == "whole input"


def test_the_box_is_kept_with_its_true_numbers() -> None:
    layer = checker(nn.Conv2d(3, 2, 5, stride=2, padding=2, dilation=2), 16).graph.layers[-1]
    assert axis(layer) == FieldAxis((-2, 1), (9, 1), (2, 1))
    assert axis(layer).interval(3) == (4, 13)


def test_boxes_at_random_positions_of_a_deep_network() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(*(nn.Sequential(nn.Conv2d(3, 3, 3, 1 + (i % 4 == 3), 1), nn.ReLU()) for i in range(9)))
    found = checker(model, 48, tight=True)
    rng = random.Random(0)
    for layer in found.layers:
        extent = layer.shape[-1]
        found.check(layer, (rng.randrange(extent), rng.randrange(extent)))
        found.check(layer, (extent // 2, extent // 2))
    assert found.compared > 10


def test_the_oracle_itself() -> None:
    image = torch.zeros(1, 1, 6, 6, requires_grad=True)
    found: Box | None = seen_box(image[:, :, 1:3, 2:6], image)
    assert found == (1, 3, 2, 6)
    assert seen_box(torch.zeros(1, requires_grad=True), image) is None
