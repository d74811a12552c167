"""A small task that both trainers train on."""

import torch
from torch import nn

from tests.observe.record.helpers import CLASSES, data

IMAGES, BATCH = 40, 8


class Net(nn.Module):
    """A convolution and a linear layer that give logits."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3)
        self.head = nn.Linear(4, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.relu(self.conv(x)).mean((2, 3)))


class Pictures(torch.utils.data.Dataset[dict[str, torch.Tensor]]):
    """The images as Hugging Face's Trainer wants them."""

    def __init__(self) -> None:
        self.images, self.labels = data(IMAGES)

    def __len__(self) -> int:
        return IMAGES

    def __getitem__(self, place: int) -> dict[str, torch.Tensor]:
        return {"pixel_values": self.images[place], "labels": self.labels[place]}
