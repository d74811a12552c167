"""What a kind of network is: how it is built, and where its convolutions and norms are."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

_ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "gelu": nn.GELU, "silu": nn.SiLU, "relu6": nn.ReLU6,
    "leaky": lambda: nn.LeakyReLU(0.1),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a network is to be."""

    channels: int
    size: int
    """Pixels along a side of the images."""
    classes: int
    width: float = 1.0
    depth: int = 0
    """Convolutions (or blocks) more than usual."""
    activation: str = ""
    """Empty: what the family has by itself."""
    dropout: float = 0.0

    def act(self, usual: str = "relu") -> nn.Module:
        return _ACTIVATIONS[self.activation or usual]()

    def drop(self) -> nn.Module:
        return nn.Dropout(self.dropout) if self.dropout else nn.Identity()

    def widths(self, *counts: int, least: int = 2) -> list[int]:
        return [max(least, round(self.width * count)) for count in counts]

    @property
    def stride(self) -> int:
        """Stride of the first convolution: large images are halved at once."""
        return 2 if self.size >= 24 else 1


@dataclass(frozen=True, kw_only=True)
class Family:
    """A kind of network."""

    name: str
    build: Callable[[Plan], nn.Module]
    convolutions: Callable[[int], tuple[str, ...]]
    """Paths of the convolutions that have neurons, in order, for a depth."""
    norm_of: Callable[[str], str] = lambda _: ""
    """Path of the norm behind a convolution; nothing without one."""
    batch_normed: bool = False
    normed: bool = False
    """Whether norms of any kind take the weights' scale out."""
    first: tuple[int, int] = (1, 2)
    """Which two of the convolutions single layers are spoilt at: a ReLU of their own must be behind them."""


def initialise(net: nn.Module, *, relu: bool, last: tuple[str, ...] = ("head", "scores")) -> None:
    """He's initialisation before rectifiers, Glorot's else."""
    for path, module in net.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            if relu and path not in last:
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            else:
                nn.init.xavier_normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


class Pooled(nn.Module):
    """The mean over positions."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3))
