"""Residual blocks that are narrow inside, with batch norms, as in a deep ResNet."""

import torch
from torch import nn

from faults.families.family import Family, Plan


class Block(nn.Module):
    def __init__(self, width: int, narrow: int, plan: Plan) -> None:
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(width, narrow, 1, bias=False), nn.BatchNorm2d(narrow)
        self.conv2, self.norm2 = nn.Conv2d(narrow, narrow, 3, padding=1, bias=False), nn.BatchNorm2d(narrow)
        self.conv3, self.norm3 = nn.Conv2d(narrow, width, 1, bias=False), nn.BatchNorm2d(width)
        self.act1, self.act2, self.act3 = plan.act(), plan.act(), plan.act()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.act2(self.norm2(self.conv2(self.act1(self.norm1(self.conv1(x))))))
        return self.act3(x + self.norm3(self.conv3(inner)))


class Bottleneck(nn.Module):
    def __init__(self, plan: Plan) -> None:
        super().__init__()
        width, narrow = plan.widths(24, 12)
        stride = 2 * plan.stride if plan.size >= 14 else 1
        self.stem = nn.Conv2d(plan.channels, width, 3, stride, 1, bias=False)
        self.norm, self.act = nn.BatchNorm2d(width), plan.act()
        self.blocks = nn.Sequential(*[Block(width, narrow, plan) for _ in range(2 + plan.depth)])
        self.drop = plan.drop()
        self.head = nn.Linear(width, plan.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.blocks(self.act(self.norm(self.stem(x))))
        return self.head(self.drop(x.mean((2, 3))))


def _convolutions(depth: int) -> tuple[str, ...]:
    """Only those with a norm and a ReLU of their own behind them."""
    return ("stem", *(f"blocks.{block}.conv{n}" for block in range(2 + depth) for n in (1, 2)))


BOTTLENECK = Family(
    name="bottleneck", build=Bottleneck, convolutions=_convolutions,
    norm_of=lambda path: "norm" if path == "stem" else path.replace("conv", "norm"), batch_normed=True, normed=True,
    first=(1, 4),
)  # fmt: skip
