"""Small networks and small trainings, with and without a recorder."""

import random
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cnnvis.observe.record import Recorder
from cnnvis.schema.series import Series
from cnnvis.store.reader import Run, read_run

CLASSES, SIZE = 3, 10


class Plain(nn.Module):
    """Convolutions with batch norm, dropout and functional ReLUs in its own forward."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(2, 6, 3), nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3)
        self.drop, self.head = nn.Dropout(0.2), nn.Linear(8, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.relu(self.norm1(self.conv1(x)))
        x = functional.relu_(self.conv2(x))
        return self.head(self.drop(x.mean((2, 3))))


class Shared(nn.Module):
    """One convolution that runs twice, a frozen one, and a sigmoid."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(2, 4, 3)
        self.twice = nn.Conv2d(4, 4, 3, padding=1)
        self.head = nn.Linear(4, CLASSES)
        self.first.requires_grad_(requires_grad=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.sigmoid(self.first(x))
        x = functional.relu(self.twice(x))
        x = functional.relu(self.twice(x))
        return self.head(x.mean((2, 3)))


def data(images: int = 48, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(images, 2, SIZE, SIZE, generator=generator), torch.arange(images) % CLASSES


def built(kind: Callable[[], nn.Module] = Plain, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return kind()


def train(
    model: nn.Module,
    optimizers: list[torch.optim.Optimizer],
    recorder: Recorder | None,
    *,
    steps: int = 8,
    accumulate: int = 1,
    clip: float | None = None,
    amp: bool = False,
    scaler: torch.amp.GradScaler | None = None,
    batch: int = 8,
    first: int = 0,
) -> list[float]:
    """A training loop as people write it; returns the losses."""
    images, labels = data()
    losses: list[float] = []
    model.train()
    for step in range(first, first + steps):
        for optimizer in optimizers:
            optimizer.zero_grad()
        for part in range(accumulate):
            rows = (torch.arange(batch) + (step * accumulate + part) * batch) % len(images)
            with torch.autocast("cpu", torch.bfloat16) if amp else nullcontext():
                loss = functional.cross_entropy(model(images[rows]).float(), labels[rows]) / accumulate
            (loss if scaler is None else scaler.scale(loss)).backward()
            if part + 1 < accumulate and recorder is not None:
                recorder.step(loss)
        for optimizer in optimizers:
            if scaler is not None:
                scaler.unscale_(optimizer)
            if clip is not None:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            (optimizer.step if scaler is None else lambda o=optimizer: scaler.step(o))()
        if scaler is not None:
            scaler.update()
        losses.append(float(loss.detach()))
        if recorder is not None:
            recorder.step(loss, metrics={"train/loss": loss})
    return losses


def sgd(model: nn.Module, **options: object) -> list[torch.optim.Optimizer]:
    return [torch.optim.SGD(model.parameters(), **({"lr": 0.1, "momentum": 0.9} | options))]  # pyright: ignore[reportArgumentType]


def recorder(model: nn.Module, optimizers: list[torch.optim.Optimizer], to: Path, **options: object) -> Recorder:
    chosen = {"probe": data(12, seed=5), "every": 1, "snapshots": [2], "progress": False} | options
    return Recorder(model, optimizers, to=to, **chosen)  # pyright: ignore[reportArgumentType]


def recorded(path: Path) -> tuple[Run, Series]:
    run = read_run(path)
    run.series.update()
    return run, run.series.series()


def fingerprint(model: nn.Module) -> dict[str, bytes]:
    """Every weight and buffer, bit by bit, and where the random numbers are."""
    state = {name: value.numpy().tobytes() for name, value in model.state_dict().items()}
    if "beartype" not in sys.modules:  # which draws random numbers itself, to check one item of a list
        state["python"] = repr(random.getstate()).encode()
    return state | {
        "torch": torch.get_rng_state().numpy().tobytes(),
        "numpy": np.random.get_state()[1].tobytes(),  # noqa: NPY002 - a program may use it  # pyright: ignore[reportArgumentType, reportCallIssue, reportAttributeAccessIssue]
    }


def hooks_on(model: nn.Module, optimizers: list[torch.optim.Optimizer]) -> int:
    """How many hooks hang on the model, its parameters and the optimizers."""
    names = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    found = sum(len(getattr(module, name)) for module in model.modules() for name in names)
    for parameter in model.parameters():
        found += len(parameter._backward_hooks or ()) + len(parameter._post_accumulate_grad_hooks or ())  # pyright: ignore[reportAttributeAccessIssue]
    for optimizer in optimizers:
        found += len(optimizer._optimizer_step_pre_hooks) + len(optimizer._optimizer_step_post_hooks)
    return found
