"""Plain convolutions whose channels are weighed by a gate, without norms, as in squeeze-and-excitation."""

import torch
from torch import nn

from faults.families.family import Family, Plan


class Gated(nn.Module):
    def __init__(self, before: int, after: int, stride: int, plan: Plan) -> None:
        super().__init__()
        self.conv, self.act = nn.Conv2d(before, after, 3, stride, 1), plan.act()
        self.down, self.down_act = nn.Linear(after, max(2, after // 4)), nn.ReLU()
        self.up, self.gate = nn.Linear(max(2, after // 4), after), nn.Sigmoid()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.act(self.conv(x))
        gate = self.gate(self.up(self.down_act(self.down(x.mean((2, 3))))))
        return 2 * x * gate[:, :, None, None]


class Attentive(nn.Module):
    def __init__(self, plan: Plan) -> None:
        super().__init__()
        first, second = plan.widths(12, 20)
        widths = [plan.channels, first, second, *[second] * plan.depth, second]
        strides = [plan.stride, 2, *[1] * plan.depth, 1]
        pairs = zip(widths, widths[1:], strides, strict=False)
        self.blocks = nn.Sequential(*[Gated(before, after, stride, plan) for before, after, stride in pairs])
        self.drop = plan.drop()
        self.head = nn.Linear(second, plan.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.drop(self.blocks(x).mean((2, 3))))


def _convolutions(depth: int) -> tuple[str, ...]:
    return tuple(f"blocks.{n}.conv" for n in range(3 + depth))


ATTENTIVE = Family(name="attentive", build=Attentive, convolutions=_convolutions)
