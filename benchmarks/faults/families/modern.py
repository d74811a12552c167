"""Patches, large depthwise kernels, layer norms and GELU between linear maps over channels, as in ConvNeXt."""

import torch
from torch import nn

from faults.families.family import Family, Plan


class ChannelNorm(nn.LayerNorm):
    """A layer norm over the channels of a map."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Block(nn.Module):
    def __init__(self, width: int, plan: Plan) -> None:
        super().__init__()
        self.deep, self.norm = nn.Conv2d(width, width, 5, padding=2, groups=width), ChannelNorm(width)
        self.wide, self.act = nn.Conv2d(width, 3 * width, 1), plan.act("gelu")
        self.narrow = nn.Conv2d(3 * width, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.narrow(self.act(self.wide(self.norm(self.deep(x)))))


class Modern(nn.Module):
    def __init__(self, plan: Plan) -> None:
        super().__init__()
        (width,) = plan.widths(16)
        self.patches = nn.Conv2d(plan.channels, width, 2 * plan.stride, 2 * plan.stride)
        self.norm = ChannelNorm(width)
        self.blocks = nn.Sequential(*[Block(width, plan) for _ in range(2 + plan.depth)])
        self.last = nn.LayerNorm(width)
        self.drop = plan.drop()
        self.head = nn.Linear(width, plan.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.blocks(self.norm(self.patches(x)))
        return self.head(self.drop(self.last(x.mean((2, 3)))))


def _convolutions(depth: int) -> tuple[str, ...]:
    return ("patches", *(f"blocks.{n}.wide" for n in range(2 + depth)))


MODERN = Family(name="modern", build=Modern, convolutions=_convolutions, normed=True)
