"""Branches with kernels of different size side by side, with batch norms, as in GoogLeNet."""

import torch
from torch import nn

from faults.families.family import Family, Plan


class Step(nn.Sequential):
    def __init__(self, before: int, after: int, kernel: int, plan: Plan, stride: int = 1) -> None:
        super().__init__()
        self.add_module("conv", nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False))
        self.add_module("norm", nn.BatchNorm2d(after))
        self.add_module("act", plan.act())


class Mixed(nn.Module):
    def __init__(self, before: int, width: int, plan: Plan) -> None:
        super().__init__()
        self.one = Step(before, width, 1, plan)
        self.three = nn.Sequential(Step(before, width, 1, plan), Step(width, width, 3, plan))
        self.five = nn.Sequential(Step(before, width, 1, plan), Step(width, width, 5, plan))
        self.pool, self.pooled = nn.MaxPool2d(3, 1, 1), Step(before, width, 1, plan)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.one(x), self.three(x), self.five(x), self.pooled(self.pool(x))], 1)


class Inception(nn.Module):
    def __init__(self, plan: Plan) -> None:
        super().__init__()
        stem, width = plan.widths(12, 6)
        self.stem = Step(plan.channels, stem, 3, plan, plan.stride)
        self.pool = nn.MaxPool2d(2)
        blocks = [Mixed(stem if n == 0 else 4 * width, width, plan) for n in range(2 + plan.depth)]
        self.mixed = nn.Sequential(*blocks)
        self.drop = plan.drop()
        self.head = nn.Linear(4 * width, plan.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.drop(self.mixed(self.pool(self.stem(x))).mean((2, 3))))


def _convolutions(depth: int) -> tuple[str, ...]:
    inner = (f"mixed.{n}.{path}" for n in range(2 + depth) for path in ("one.conv", "three.0.conv", "three.1.conv"))
    return ("stem.conv", *inner)


INCEPTION = Family(
    name="inception", build=Inception, convolutions=_convolutions, norm_of=lambda path: path.replace("conv", "norm"),
    batch_normed=True, normed=True, first=(2, 5),
)  # fmt: skip
