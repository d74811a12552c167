"""Grouped convolutions over channels with a shuffle in between, with batch norms and shortcuts, as in ShuffleNet."""

import torch
from torch import nn

from faults.families.family import Family, Plan


class Unit(nn.Module):
    def __init__(self, width: int, plan: Plan) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 1, groups=2, bias=False)
        self.norm1, self.act1 = nn.BatchNorm2d(width), plan.act()
        self.deep, self.deep_norm = nn.Conv2d(width, width, 3, 1, 1, groups=width, bias=False), nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 1, groups=2, bias=False)
        self.norm2, self.act2 = nn.BatchNorm2d(width), plan.act()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.act1(self.norm1(self.conv1(x)))
        images, width, high, wide = y.shape
        y = y.view(images, 2, width // 2, high, wide).transpose(1, 2).reshape(images, width, high, wide)
        return self.act2(x + self.norm2(self.conv2(self.deep_norm(self.deep(y)))))


class Shuffle(nn.Module):
    def __init__(self, plan: Plan) -> None:
        super().__init__()
        (width,) = plan.widths(24, least=4)
        width -= width % 2
        self.stem = nn.Conv2d(plan.channels, width, 3, plan.stride, 1, bias=False)
        self.norm, self.act, self.pool = nn.BatchNorm2d(width), plan.act(), nn.MaxPool2d(2)
        self.units = nn.Sequential(*[Unit(width, plan) for _ in range(3 + plan.depth)])
        self.drop = plan.drop()
        self.head = nn.Linear(width, plan.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.units(self.pool(self.act(self.norm(self.stem(x)))))
        return self.head(self.drop(x.mean((2, 3))))


def _convolutions(depth: int) -> tuple[str, ...]:
    return ("stem", *(f"units.{n}.conv1" for n in range(3 + depth)))


SHUFFLE = Family(
    name="shuffle", build=Shuffle, convolutions=_convolutions,
    norm_of=lambda path: "norm" if path == "stem" else path.replace("conv", "norm"), batch_normed=True, normed=True,
)  # fmt: skip
