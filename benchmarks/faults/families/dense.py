"""Every layer reads the outputs of all layers before it, behind batch norm and ReLU, as in DenseNet."""

import torch
from torch import nn

from faults.families.family import Family, Plan


class Layer(nn.Module):
    def __init__(self, before: int, growth: int, plan: Plan) -> None:
        super().__init__()
        self.norm1, self.act1 = nn.BatchNorm2d(before), plan.act()
        self.conv1 = nn.Conv2d(before, 2 * growth, 1, bias=False)
        self.norm2, self.act2 = nn.BatchNorm2d(2 * growth), plan.act()
        self.conv2 = nn.Conv2d(2 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x, self.conv2(self.act2(self.norm2(self.conv1(self.act1(self.norm1(x))))))], 1)


class Dense(nn.Module):
    def __init__(self, plan: Plan) -> None:
        super().__init__()
        stem, growth = plan.widths(12, 8)
        self.stem = nn.Conv2d(plan.channels, stem, 3, plan.stride, 1, bias=False)
        self.first = nn.Sequential(*[Layer(stem + n * growth, growth, plan) for n in range(2 + plan.depth)])
        width = stem + (2 + plan.depth) * growth
        self.between, self.pool = nn.Conv2d(width, width // 2, 1, bias=False), nn.AvgPool2d(2)
        self.second = nn.Sequential(*[Layer(width // 2 + n * growth, growth, plan) for n in range(2)])
        self.norm, self.act = nn.BatchNorm2d(width // 2 + 2 * growth), plan.act()
        self.drop = plan.drop()
        self.head = nn.Linear(width // 2 + 2 * growth, plan.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool(self.between(self.first(self.stem(x))))
        x = self.act(self.norm(self.second(x)))
        return self.head(self.drop(x.mean((2, 3))))


def _convolutions(depth: int) -> tuple[str, ...]:
    """Only those with a norm and a ReLU of their own behind them."""
    first = tuple(f"first.{n}.conv1" for n in range(2 + depth))
    return ("stem", *first, *(f"second.{n}.conv1" for n in range(2)))


DENSE = Family(
    name="dense", build=Dense, convolutions=_convolutions, norm_of=lambda path: path.replace("conv1", "norm2"),
    batch_normed=True, normed=True, first=(1, 2),
)  # fmt: skip
