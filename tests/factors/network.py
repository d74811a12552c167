"""A small network that tells the factors: its class scores are sums of a score for each factor's value."""

import numpy as np
import torch
from jaxtyping import Float
from torch import nn
from torch.nn import functional

from tests.factors.images import COMBINATIONS, FACTORS, FactorImages

BATCH = 64
LEARNING_RATE = 0.004


class FactorNetwork(nn.Module):
    """Three convolutions, a hidden layer, and a score per value of each factor; their sums are the 48 class scores.

    In training half of the hidden neurons are left out at random, as is usual for such a layer: no neuron can then rely
    on another one, so that each says something of its own. Without it hidden neurons answer to combinations of values.
    """

    def __init__(self, widths: tuple[int, int, int] = (16, 32, 64), hidden: int = 64) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = (
            nn.Sequential(nn.Conv2d(before, after, 3, stride=stride, padding=1), nn.BatchNorm2d(after), nn.ReLU())
            for before, after, stride in zip((3, *widths), widths, (1, 2, 2), strict=False)
        )
        self.fc4 = nn.Sequential(nn.Linear(16 * widths[2], hidden), nn.ReLU())
        self.dropout = nn.Dropout(0.5)
        self.values = nn.Linear(hidden, sum(len(values) for values in FACTORS.values()))
        self.register_buffer("sums", torch.from_numpy(value_of_class()))

    def forward(self, images: Float[torch.Tensor, "batch 3 32 32"]) -> Float[torch.Tensor, "batch 48"]:
        """Return the class scores of images from -1 to 1."""
        maps = self.conv3(self.conv2(functional.max_pool2d(self.conv1(images), 2)))
        return self.values(self.dropout(self.fc4(maps.flatten(1)))) @ self.get_buffer("sums")


def value_of_class() -> Float[np.ndarray, "values 48"]:
    """Return 1 where a class has a value of a factor, the values of all factors in one row."""
    rows = [
        [float(combination[factor] == value) for combination in COMBINATIONS]
        for factor, values in enumerate(FACTORS.values())
        for value in range(len(values))
    ]
    return np.array(rows, dtype=np.float32)


def trained_network(images: FactorImages, *, epochs: int, seed: int = 0, **sizes: object) -> FactorNetwork:
    """Train with Adam on cross entropy over the 48 classes; same seed, same weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = FactorNetwork(**sizes)  # pyright: ignore[reportArgumentType]
        _train(network, images, epochs=epochs, rng=np.random.default_rng(seed))
    return network.eval()


def _train(network: FactorNetwork, images: FactorImages, *, epochs: int, rng: np.random.Generator) -> None:
    inputs, labels = torch.from_numpy(images.inputs), torch.from_numpy(images.labels)
    batches = len(labels) // BATCH
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=LEARNING_RATE, total_steps=epochs * batches + 1)
    network.train()
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(len(labels)), batches):
            loss = functional.cross_entropy(network(inputs[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()


def accuracy(network: nn.Module, images: FactorImages) -> float:
    """Return the share of images whose class has the highest score."""
    with torch.no_grad():
        scores = network(torch.from_numpy(images.inputs))
    return float((scores.argmax(1).numpy() == images.labels).mean())
