"""Small networks of different build; the hold-out's are none of the development set's."""

from dataclasses import dataclass

import torch
from torch import nn

DEVELOPMENT = ("plain", "normed")
HOLD_OUT = ("residual", "residual-normed", "all-convolution", "all-convolution-normed")
_ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a network is to be."""

    channels: int
    classes: int
    width: float = 1.0
    depth: int = 0
    """Convolutions (or blocks) more than usual."""
    activation: str = "relu"
    dropout: float = 0.0
    fresh: str = "he"
    normed: bool = False

    def act(self) -> nn.Module:
        return _ACTIVATIONS[self.activation]()

    def widths(self, *counts: int) -> list[int]:
        return [max(2, round(self.width * count)) for count in counts]


def build(kind: str, plan: Plan) -> nn.Module:
    """Return a network with fresh weights."""
    family = kind.partition("-normed")[0]
    make = {"plain": _plain, "normed": _plain, "residual": Residual, "all-convolution": _all_convolution}
    net = make[family](plan)
    if plan.fresh == "he":
        initialise(net, relu=plan.activation == "relu")
    return net


def initialise(net: nn.Module, *, relu: bool) -> None:
    """He's initialisation before rectifiers, Glorot's else."""
    for path, module in net.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            if relu and path not in {"head", "scores"}:
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            else:
                nn.init.xavier_normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def _plain(plan: Plan) -> nn.Module:
    first, second, hidden = plan.widths(10, 16, 32)
    net = nn.Sequential()
    before = plan.channels
    for number, after in enumerate([first, first, second, *[second] * plan.depth, second], start=1):
        net.add_module(f"conv{number}", nn.Conv2d(before, after, 3, padding=1, bias=not plan.normed))
        if plan.normed:
            net.add_module(f"norm{number}", nn.BatchNorm2d(after))
        net.add_module(f"act{number}", plan.act())
        if number == 2:
            net.add_module("pool", nn.MaxPool2d(2))
        before = after
    net.add_module("pool2", nn.AdaptiveAvgPool2d(3))
    net.add_module("flatten", nn.Flatten())
    net.add_module("hidden", nn.Linear(9 * second, hidden))
    net.add_module("hidden_act", plan.act())
    if plan.dropout:
        net.add_module("drop", nn.Dropout(plan.dropout))
    net.add_module("head", nn.Linear(hidden, plan.classes))
    return net


def _all_convolution(plan: Plan) -> nn.Module:
    first, second, third = plan.widths(10, 16, 24)
    net = nn.Sequential()
    before = plan.channels
    stages = [(first, 1), (second, 2), (second, 1), *[(second, 1)] * plan.depth, (third, 2), (third, 1)]
    for number, (after, stride) in enumerate(stages):
        block = nn.Sequential()
        block.add_module("conv", nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=not plan.normed))
        if plan.normed:
            block.add_module("norm", nn.BatchNorm2d(after))
        block.add_module("act", plan.act())
        net.add_module(f"stage{number}", block)
        before = after
    if plan.dropout:
        net.add_module("drop", nn.Dropout(plan.dropout))
    net.add_module("scores", nn.Conv2d(before, plan.classes, 1))
    net.add_module("mean", nn.AdaptiveAvgPool2d(1))
    net.add_module("flatten", nn.Flatten())
    return net


class _Block(nn.Module):
    def __init__(self, width: int, plan: Plan) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=not plan.normed)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=not plan.normed)
        self.norm1 = nn.BatchNorm2d(width) if plan.normed else nn.Identity()
        self.norm2 = nn.BatchNorm2d(width) if plan.normed else nn.Identity()
        self.act1, self.act2 = plan.act(), plan.act()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.norm2(self.conv2(self.act1(self.norm1(self.conv1(x)))))
        return self.act2(x + inner)


class Residual(nn.Module):
    """A stem, residual blocks, the mean over positions and a linear layer."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        (count,) = plan.widths(16)
        self.stem = nn.Conv2d(plan.channels, count, 3, stride=2, padding=1, bias=not plan.normed)
        self.norm = nn.BatchNorm2d(count) if plan.normed else nn.Identity()
        self.act = plan.act()
        self.blocks = nn.Sequential(*[_Block(count, plan) for _ in range(2 + plan.depth)])
        self.drop = nn.Dropout(plan.dropout) if plan.dropout else nn.Identity()
        self.head = nn.Linear(count, plan.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.blocks(self.act(self.norm(self.stem(x))))
        return self.head(self.drop(x.mean((2, 3))))
