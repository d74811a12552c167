"""Networks that can be run by hand from column to column, and connections written out slowly."""

import numpy as np
import torch
from torch import nn

from cnnvis.observe.trace import trace
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.statistics import ProbeSet
from tests.observe.collect.helpers import Memory, evenly

PLACES = ("first", "second", "third", "fourth")


class Skips(nn.Module):
    """Four units in a row, each of which reads the sum of the one before and, by a skip, the one before that."""

    def __init__(self, act: type[nn.Module] = nn.Tanh, *, in_place: bool = False, channels: int = 3) -> None:
        super().__init__()
        self.convs = nn.ModuleDict(
            {name: nn.Conv2d(2 if name == "first" else channels, channels, 3, padding=1) for name in PLACES}
        )
        self.acts = nn.ModuleDict({name: nn.ReLU(inplace=True) if in_place else act() for name in PLACES})
        self.head = nn.Linear(channels, 2)

    def steps(
        self, x: torch.Tensor, changed: dict[str, torch.Tensor] | None = None
    ) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
        """Return the values before and after every non-linearity; ``changed`` takes the place of computed outputs."""
        before: dict[str, torch.Tensor] = {}
        after: dict[str, torch.Tensor] = {}
        earlier: list[torch.Tensor] = []
        for name in PLACES:
            into = x if not earlier else earlier[-1] if len(earlier) == 1 else earlier[-1] + earlier[-2]
            before[name] = self.convs[name](into)
            after[name] = (
                self.acts[name](before[name].clone()) if changed is None or name not in changed else changed[name]
            )
            earlier.append(after[name])
        return before, after

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        earlier: list[torch.Tensor] = []
        for name in PLACES:
            into = x if not earlier else earlier[-1] if len(earlier) == 1 else earlier[-1] + earlier[-2]
            earlier.append(self.acts[name](self.convs[name](into)))
        return self.head(earlier[-1].mean((2, 3)))


def unit_of(name: str) -> str:
    """Return the id of a unit of `Skips`."""
    return f"acts.{name}"


def memory(images: np.ndarray, size: int = 4) -> Memory:
    """Return images without labels as data."""
    return Memory(images, np.full(len(images), -1), evenly(len(images), size))


def probe(count: int, labels: np.ndarray | None = None) -> ProbeSet:
    """Return a probe set of the first images."""
    known = np.full(count, -1, np.int64) if labels is None else labels.astype(np.int64)
    return ProbeSet(samples=np.arange(count), labels=known, predictions=known, means={})


def traced(model: nn.Module, images: np.ndarray) -> LayerGraph:
    """Trace with the first image."""
    return trace(model, torch.from_numpy(images[:1]))
