"""Convolutions at ever smaller sizes, without norms; the last two sizes are read together, as in a feature pyramid."""

import torch
from torch import nn

from faults.families.family import Family, Plan


class Pyramid(nn.Module):
    def __init__(self, plan: Plan) -> None:
        super().__init__()
        stem, middle, last = plan.widths(12, 16, 24)
        self.count = 4 + plan.depth
        before = plan.channels
        for number, after in enumerate([stem, stem, *[middle] * (1 + plan.depth), last], start=1):
            stride = plan.stride if number == 1 else 2 if number == self.count else 1
            self.add_module(f"conv{number}", nn.Conv2d(before, after, 3, stride, 1))
            self.add_module(f"act{number}", plan.act())
            before = after
        self.pool = nn.AvgPool2d(2)
        self.drop = plan.drop()
        self.head = nn.Linear(middle + last, plan.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        read: list[torch.Tensor] = []
        for number in range(1, self.count + 1):
            x = self.get_submodule(f"act{number}")(self.get_submodule(f"conv{number}")(x))
            if number == 2:
                x = self.pool(x)
            if number >= self.count - 1:
                read.append(x.mean((2, 3)))
        return self.head(self.drop(torch.cat(read, 1)))


PYRAMID = Family(
    name="pyramid", build=Pyramid, convolutions=lambda depth: tuple(f"conv{n}" for n in range(1, 5 + depth)),
)  # fmt: skip
