"""Narrow convolutions whose outputs go to two wider ones, put side by side, without norms, as in SqueezeNet."""

import torch
from torch import nn

from faults.families.family import Family, Plan, Pooled


class Fire(nn.Module):
    def __init__(self, before: int, narrow: int, wide: int, plan: Plan) -> None:
        super().__init__()
        self.squeeze, self.squeeze_act = nn.Conv2d(before, narrow, 1), plan.act()
        self.one, self.one_act = nn.Conv2d(narrow, wide, 1), plan.act()
        self.three, self.three_act = nn.Conv2d(narrow, wide, 3, padding=1), plan.act()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.squeeze_act(self.squeeze(x))
        return torch.cat([self.one_act(self.one(x)), self.three_act(self.three(x))], 1)


def _build(plan: Plan) -> nn.Module:
    stem, narrow, wide = plan.widths(16, 8, 12)
    net = nn.Sequential()
    net.add_module("stem", nn.Conv2d(plan.channels, stem, 3, plan.stride, 1))
    net.add_module("act", plan.act())
    net.add_module("pool", nn.MaxPool2d(2))
    before = stem
    for number in range(3 + plan.depth):
        net.add_module(f"fire{number}", Fire(before, narrow, wide, plan))
        before = 2 * wide
    net.add_module("drop", plan.drop())
    net.add_module("scores", nn.Conv2d(before, plan.classes, 1))
    net.add_module("mean", Pooled())
    return net


def _convolutions(depth: int) -> tuple[str, ...]:
    return ("stem", *(f"fire{n}.{kind}" for n in range(3 + depth) for kind in ("squeeze", "one", "three")))


SQUEEZE = Family(name="squeeze", build=_build, convolutions=_convolutions, first=(1, 4))
