"""CIFAR-10's first images, and the training that is the same for both networks."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

import cnnvis
from studies.failed_training.network import Kind, TenConvolutions

NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
MEAN, DEVIATION = (0.491, 0.482, 0.447), (0.247, 0.243, 0.262)
BATCH = 64
RATE = 0.05
EPOCHS = 8
PROBE = 500
"""Images held out of the test images' front that snapshots are taken on."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a training ended."""

    loss: float
    """Mean of the last 20 steps."""
    accuracy: float
    """Share of test images predicted right."""


def cifar10(folder: Path, split: str, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the first images of a split, normalised, and their labels, from the sheets of 500 images each."""
    parts: list[np.ndarray] = []
    for path in sorted((folder / "sheets").glob(f"{split}_*.webp"))[: -(-count // 500)]:
        sheet = np.asarray(Image.open(path).convert("RGB"))
        rows, columns = sheet.shape[0] // 32, sheet.shape[1] // 32
        parts.append(sheet.reshape(rows, 32, columns, 32, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 3, 32, 32))
    pixels = torch.from_numpy(np.concatenate(parts)[:count]).float() / 255
    shape = (1, 3, 1, 1)
    labels = np.fromfile(folder / "sheets" / f"{split}_labels.u8", dtype=np.uint8)[:count].astype(np.int64)
    return (pixels - torch.tensor(MEAN).view(shape)) / torch.tensor(DEVIATION).view(shape), torch.from_numpy(labels)


def train(
    kind: Kind, folder: Path, to: Path, *, seed: int = 0, images: int = 5000, epochs: int = EPOCHS, width: int = 16
) -> Result:
    """Train one network under the recorder and return how it ended.

    Args:
        kind: Which of the two networks.
        folder: CIFAR-10 as sheets (`sheets/train_00000.webp` ...).
        to: Run folder to write.
        seed: Seed of weights, order and augmentation.
        images: Training images, and as many test images that the accuracy is measured on.
        epochs: Passes over the training images.
        width: Channels of the first group.

    """
    inputs, labels = cifar10(folder, "train", images)
    held, held_labels = cifar10(folder, "test", images)
    torch.manual_seed(seed)
    network = TenConvolutions(kind, width=width)
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE, momentum=0.9, weight_decay=5e-4)
    batches = max(1, images // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=RATE, total_steps=epochs * batches + 1)
    rng = torch.Generator().manual_seed(seed)
    losses: list[float] = []
    probe = (held[:PROBE], held_labels[:PROBE])
    watched = cnnvis.Recorder(network, optimizer, to=to, probe=probe, class_names=NAMES, overwrite=True)
    with watched as recorder:
        for _ in range(epochs):
            network.train()
            order = torch.randperm(images, generator=rng)[: batches * BATCH]
            for chosen in order.split(BATCH):
                outputs = network(_moved(inputs[chosen], rng))
                loss = functional.cross_entropy(outputs, labels[chosen])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                losses.append(float(loss.detach()))
                right = (outputs.detach().argmax(1) == labels[chosen]).float().mean()
                recorder.step(loss, metrics={"train/accuracy": right})
            recorder.log(_validation(network, *probe))
    return Result(loss=float(np.mean(losses[-20:])), accuracy=_validation(network, held, held_labels)["val/accuracy"])


def _validation(network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
    network.eval()
    with torch.no_grad():
        outputs = torch.cat([network(part) for part in inputs.split(500)])
    network.train()
    return {
        "val/loss": float(functional.cross_entropy(outputs, labels)),
        "val/accuracy": float((outputs.argmax(1) == labels).float().mean()),
    }


def _moved(images: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Move the batch by up to three pixels and mirror half of its images."""
    dy, dx = torch.randint(-3, 4, (2,), generator=rng).tolist()
    mirrored = torch.rand(len(images), generator=rng) < 0.5
    images = images.roll((dy, dx), (2, 3))
    return torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images)
