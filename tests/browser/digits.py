"""A network small enough to train within a test, on scikit-learn's handwritten digits."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int, UInt8

if TYPE_CHECKING:
    import torch
    from torch import nn

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
IMAGES = 600
STEPS = 40


def digits() -> tuple[UInt8[np.ndarray, "images height width"], Int[np.ndarray, " images"]]:
    """Return the first digits at 16 x 16 pixels, and their labels."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    grey = np.clip(np.asarray(pixels)[:IMAGES].reshape(-1, 8, 8) * 16, 0, 255)
    return np.kron(grey, np.ones((1, 2, 2))).astype(np.uint8), np.asarray(labels)[:IMAGES].astype(np.int64)


def tensors() -> "tuple[torch.Tensor, torch.Tensor]":
    """Return the images as a network takes them, and their labels."""
    import torch

    images, labels = digits()
    return torch.from_numpy(images).float()[:, None] / 255, torch.from_numpy(labels)


def network() -> "nn.Module":
    """Return the network before its training."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 24, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(96, 10),
    )


def analyze_digits(path: Path, *, labelled: bool = True) -> None:
    """Train for a moment, analyse, with labels or without, and write the run folder."""
    import torch
    from torch import nn

    import cnnvis

    inputs, targets = tensors()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = network()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for step in range(STEPS):
            chosen = slice(step * 64 % IMAGES, step * 64 % IMAGES + 64)
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs[chosen]), targets[chosen]).backward()
            optimizer.step()
    labels = targets.numpy() if labelled else np.full(IMAGES, -1)
    cnnvis.analyze(model, (inputs.numpy(), labels), to=path, class_names=NAMES, progress=False)


def record_digits(path: Path) -> None:
    """Record a training that fails: all neurons of the second layer are dead from the start."""
    import torch
    from torch import nn

    import cnnvis

    inputs, targets = tensors()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(64, 10),
        )
        with torch.no_grad():
            model[2].bias.fill_(-10.0)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        probe = (inputs[:100], targets[:100])
        with cnnvis.Recorder(
            model, optimizer, to=path, probe=probe, class_names=NAMES, every=5, snapshots=[20, STEPS], progress=False
        ) as recorder:
            for step in range(STEPS):
                chosen = slice(step * 64 % 512, step * 64 % 512 + 64)
                optimizer.zero_grad()
                loss = nn.functional.cross_entropy(model(inputs[chosen]), targets[chosen])
                loss.backward()
                optimizer.step()
                recorder.step(loss=loss)
