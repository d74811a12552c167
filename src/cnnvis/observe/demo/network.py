"""A small convolutional network in the manner of the paper's, quick enough to be trained while one waits."""

from collections import OrderedDict

import torch
from jaxtyping import Float
from torch import nn

WIDTHS = (16, 32, 64)


class DemoNetwork(nn.Module):
    """Three stages of two convolutions each (16, 32 and 64 channels), a hidden linear layer and the logits."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = _stage(1, WIDTHS[0])
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = _stage(WIDTHS[0], WIDTHS[1])
        self.pool2 = nn.MaxPool2d(2)
        self.conv3 = _stage(WIDTHS[1], WIDTHS[2])
        self.pool3 = nn.AdaptiveAvgPool2d(2)
        self.fc4 = nn.Sequential(OrderedDict(linear=nn.Linear(4 * WIDTHS[2], 64), relu=nn.ReLU()))
        self.fc5 = nn.Linear(64, classes)

    def forward(self, images: Float[torch.Tensor, "batch 1 height width"]) -> Float[torch.Tensor, "batch classes"]:
        """Return the logits of grey pictures from -1 to 1."""
        maps = self.pool1(self.conv1(images))
        maps = self.pool2(self.conv2(maps))
        maps = self.pool3(self.conv3(maps))
        return self.fc5(self.fc4(torch.flatten(maps, 1)))


def demo_network() -> DemoNetwork:
    """Return the demo's network with fresh random weights, from torch's global random numbers."""
    return DemoNetwork()


def _stage(before: int, after: int) -> nn.Sequential:
    """Two times convolution, batch norm and ReLU."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for index, channels in enumerate((before, after), start=1):
        layers[f"conv{index}"] = nn.Conv2d(channels, after, 3, padding=1, bias=False)
        layers[f"norm{index}"] = nn.BatchNorm2d(after)
        layers[f"relu{index}"] = nn.ReLU()
    return nn.Sequential(layers)
