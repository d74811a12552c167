"""A stem, residual blocks, the mean over positions and a linear layer; with and without batch norms."""

from collections.abc import Callable

import torch
from torch import nn

from faults.families.family import Family, Plan

Norm = Callable[[int], nn.Module]


class Block(nn.Module):
    def __init__(self, width: int, plan: Plan, norm: Norm | None) -> None:
        super().__init__()
        make = norm or (lambda _: nn.Identity())
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=norm is None)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=norm is None)
        self.norm1, self.norm2 = make(width), make(width)
        self.act1, self.act2 = plan.act(), plan.act()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.norm2(self.conv2(self.act1(self.norm1(self.conv1(x)))))
        return self.act2(x + inner)


class Residual(nn.Module):
    def __init__(self, plan: Plan, norm: Norm | None) -> None:
        super().__init__()
        (count,) = plan.widths(16, least=4)
        count -= count % 4  # what a group norm divides
        stride = 2 * plan.stride if plan.size >= 14 else 1
        self.stem = nn.Conv2d(plan.channels, count, 3, stride=stride, padding=1, bias=norm is None)
        self.norm = nn.Identity() if norm is None else norm(count)
        self.act = plan.act()
        self.blocks = nn.Sequential(*[Block(count, plan, norm) for _ in range(2 + plan.depth)])
        self.drop = plan.drop()
        self.head = nn.Linear(count, plan.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.blocks(self.act(self.norm(self.stem(x))))
        return self.head(self.drop(x.mean((2, 3))))


def convolutions(depth: int) -> tuple[str, ...]:
    return ("stem", *(f"blocks.{block}.conv{n}" for block in range(2 + depth) for n in (1, 2)))


def norm_of(path: str) -> str:
    return "norm" if path == "stem" else path.replace("conv", "norm")


RESIDUAL = Family(name="residual", build=lambda plan: Residual(plan, None), convolutions=convolutions, first=(1, 3))
RESIDUAL_NORMED = Family(
    name="residual-normed", build=lambda plan: Residual(plan, nn.BatchNorm2d), convolutions=convolutions,
    norm_of=norm_of, batch_normed=True, normed=True, first=(1, 3),
)  # fmt: skip
