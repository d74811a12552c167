"""The ten-convolution network of the paper's kind, as it fails and as it is mended."""

import math
from typing import Literal

import torch
from torch import nn

GROUPS = (2, 2, 3, 3)
NEGATIVE = -0.5
"""Mean of the first weights in their standard deviations: 69 % of them are then below 0."""

Kind = Literal["failing", "mended"]


class TenConvolutions(nn.Module):
    """Four groups of convolutions with ReLUs, halved in between, and two linear layers.

    Args:
        kind: ``failing``: weights are drawn with a mean below 0, so that behind the first ReLU nearly every neuron gets
            a sum of non-negative inputs with mostly negative weights. ``mended``: He's initialisation, and a batch norm
            before every ReLU.
        width: Channels of the first group; the others have 2, 4 and 4 times as many.

    """

    def __init__(self, kind: Kind, *, width: int = 16, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential()
        before = 3
        for group, count in enumerate(GROUPS, start=1):
            after = width * min(2 ** (group - 1), 4)
            for number in range(1, count + 1):
                name = f"{group}_{number}"
                self.features.add_module(f"conv{name}", nn.Conv2d(before, after, 3, padding=1))
                if kind == "mended":
                    self.features.add_module(f"norm{name}", nn.BatchNorm2d(after))
                self.features.add_module(f"relu{name}", nn.ReLU())
                before = after
            self.features.add_module(f"pool{group}", nn.MaxPool2d(2))
        self.fc5 = nn.Linear(4 * before, 4 * width)
        self.norm5 = nn.BatchNorm1d(4 * width) if kind == "mended" else None
        self.relu5 = nn.ReLU()
        self.fc6 = nn.Linear(4 * width, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                _fill(module, mean=NEGATIVE if kind == "failing" else 0.0)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        combined = self.fc5(torch.flatten(self.features(images), 1))
        return self.fc6(self.relu5(combined if self.norm5 is None else self.norm5(combined)))


def _fill(module: nn.Conv2d | nn.Linear, *, mean: float) -> None:
    """Draw weights with He's deviation around a mean given in deviations."""
    deviation = math.sqrt(2 / module.weight[0].numel())
    nn.init.normal_(module.weight, mean * deviation, deviation)
    if module.bias is not None:
        nn.init.zeros_(module.bias)
