"""Training the demo's network on the handwritten digits, in less than a minute on a laptop."""

import numpy as np
import torch
from jaxtyping import Int
from torch import nn
from torch.nn import functional
from tqdm import tqdm

from cnnvis.observe.demo.images import DemoImages, demo_images, demo_inputs
from cnnvis.observe.demo.network import demo_network

BATCH = 64
EPOCHS = 6
LEARNING_RATE = 0.004
MOST_SHIFT = 3
"""Pixels by which a training picture is moved at random."""


def train_demo_network(*, seed: int = 0, epochs: int = EPOCHS, progress: bool = True) -> nn.Module:
    """Train the demo's network on three quarters of the digits and return it, ready to look at.

    Same seed, same machine, same weights. The caller's random numbers are left as they were.

    Args:
        seed: Seed of the weights, of the order of the images and of their shifts.
        epochs: Passes over the training images; the learning rate rises and falls once over all of them.
        progress: Whether to show a progress bar.

    """
    images = demo_images()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = demo_network()
    _fit(network, images, seed=seed, epochs=epochs, progress=progress)
    return network.eval()


def held_out_accuracy(network: nn.Module, images: DemoImages) -> float:
    """Return the share of held-out digits that the network gets right."""
    with torch.no_grad():
        logits = network(demo_inputs(images.pixels[images.held_out]))
    right = logits.argmax(dim=1).numpy() == images.labels[images.held_out]
    return float(np.mean(right))


def _fit(network: nn.Module, images: DemoImages, *, seed: int, epochs: int, progress: bool) -> None:
    chosen = images.trained
    inputs, labels = demo_inputs(images.pixels[chosen]), torch.from_numpy(images.labels[chosen])
    rng = np.random.default_rng(seed)
    batches = -(-len(chosen) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=1e-3)
    # A schedule that has stepped through would refuse another step, and no epoch at all is allowed.
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=LEARNING_RATE, total_steps=epochs * batches + 1)
    network.train()
    with tqdm(total=epochs * batches, desc="training the demo network", unit="batch", disable=not progress) as bar:
        for _ in range(epochs):
            for batch in np.array_split(rng.permutation(len(chosen)), batches):
                loss = functional.cross_entropy(network(_shifted(inputs[batch], rng)), labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                bar.update()
                bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)


def _shifted(inputs: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Move the whole batch by a few pixels; what comes in is background."""
    moves: Int[np.ndarray, " 2"] = rng.integers(-MOST_SHIFT, MOST_SHIFT + 1, size=2)
    height, width = inputs.shape[2:]
    padded = functional.pad(inputs, (MOST_SHIFT,) * 4, value=-1.0)
    top, left = int(moves[0]) + MOST_SHIFT, int(moves[1]) + MOST_SHIFT
    return padded[:, :, top : top + height, left : left + width]
