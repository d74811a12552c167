"""Residual blocks that begin with batch norm and ReLU, the shortcut left untouched."""

import torch
from torch import nn

from faults.families.family import Family, Plan


class Block(nn.Module):
    def __init__(self, width: int, plan: Plan) -> None:
        super().__init__()
        self.norm1, self.act1 = nn.BatchNorm2d(width), plan.act()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2, self.act2 = nn.BatchNorm2d(width), plan.act()
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.conv2(self.act2(self.norm2(self.conv1(self.act1(self.norm1(x))))))


class Preactivated(nn.Module):
    def __init__(self, plan: Plan) -> None:
        super().__init__()
        (width,) = plan.widths(16)
        self.stem = nn.Conv2d(plan.channels, width, 3, 2 * plan.stride if plan.size >= 14 else 1, 1, bias=False)
        self.blocks = nn.Sequential(*[Block(width, plan) for _ in range(2 + plan.depth)])
        self.norm, self.act = nn.BatchNorm2d(width), plan.act()
        self.drop = plan.drop()
        self.head = nn.Linear(width, plan.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.act(self.norm(self.blocks(self.stem(x))))
        return self.head(self.drop(x.mean((2, 3))))


def _convolutions(depth: int) -> tuple[str, ...]:
    return ("stem", *(f"blocks.{n}.conv1" for n in range(2 + depth)))


PREACTIVATED = Family(
    name="preactivated", build=Preactivated, convolutions=_convolutions,
    norm_of=lambda path: path.replace("conv1", "norm2"), batch_normed=True, normed=True,
)  # fmt: skip
