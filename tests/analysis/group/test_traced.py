"""Columns of networks as they are really traced."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from cnnvis.analysis.group import group_layers
from cnnvis.observe.trace import trace
from cnnvis.schema.grouping import Grouping


def grouped(network: nn.Module, size: int = 32) -> Grouping:
    return group_layers(trace(network.eval(), torch.zeros(1, 3, size, size)))


def titles(grouping: Grouping) -> list[str]:
    return [group.title for group in grouping.groups]


def vgg() -> nn.Sequential:
    """The paper's network: ten convolutions, four max pools, two linear layers."""
    layers: list[nn.Module] = []
    before = 3
    for channels, convolutions in ((8, 2), (8, 2), (16, 3), (16, 3)):
        for _ in range(convolutions):
            layers += [nn.Conv2d(before, channels, 3, padding=1), nn.ReLU()]
            before = channels
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 10))


class Double(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(before, after, 3, padding=1),
            nn.BatchNorm2d(after),
            nn.ReLU(),
            nn.Conv2d(after, after, 3, padding=1),
            nn.BatchNorm2d(after),
            nn.ReLU(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x)


class Up(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(before, after, 2, 2)
        self.joined = Double(before, after)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        return self.joined(torch.cat([skip, self.up(x)], 1))


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inc = Double(3, 4)
        self.down1 = nn.Sequential(nn.MaxPool2d(2), Double(4, 8))
        self.down2 = nn.Sequential(nn.MaxPool2d(2), Double(8, 16))
        self.up1 = Up(16, 8)
        self.up2 = Up(8, 4)
        self.outc = nn.Conv2d(4, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = self.inc(x)
        second = self.down1(first)
        return self.outc(self.up2(self.up1(self.down2(second), second), first))


class DenseLayer(nn.Module):
    def __init__(self, before: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(before), nn.Conv2d(before, 8, 1)
        self.norm2, self.conv2 = nn.BatchNorm2d(8), nn.Conv2d(8, 4, 3, padding=1)

    def forward(self, maps: list[torch.Tensor]) -> torch.Tensor:
        inner = self.conv1(torch.relu(self.norm1(torch.cat(maps, 1))))
        return self.conv2(torch.relu(self.norm2(inner)))


class DenseBlock(nn.Module):
    def __init__(self, before: int, count: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList([DenseLayer(before + 4 * index) for index in range(count)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = [x]
        for layer in self.layers:
            maps.append(layer(maps))
        return torch.cat(maps, 1)


class DenseNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.dense1, self.transition1 = DenseBlock(8, 3), nn.Sequential(nn.Conv2d(20, 8, 1), nn.AvgPool2d(2))
        self.dense2 = DenseBlock(8, 3)
        self.classifier = nn.Linear(20, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = self.dense2(self.transition1(self.dense1(self.stem(x))))
        return self.classifier(torch.relu(maps).mean((2, 3)))


class Gated(nn.Module):
    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, after, 3, stride, 1)
        self.fc1, self.fc2 = nn.Linear(after, 4), nn.Linear(4, after)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = torch.relu(self.conv(x))
        gate = torch.sigmoid(self.fc2(torch.relu(self.fc1(maps.mean((2, 3))))))
        return maps * gate[:, :, None, None]


def test_papers_network_gives_the_papers_columns() -> None:
    grouping = grouped(vgg())
    assert titles(grouping) == ["conv1", "conv2", "conv3", "conv4", "fc5", "fc6"]
    assert [len(group.units) for group in grouping.groups] == [2, 2, 3, 3, 1, 1]
    assert grouping.flow == ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5))


def test_unet_has_encoder_and_decoder_stages_apart_and_its_skips() -> None:
    grouping = grouped(UNet())
    assert titles(grouping) == ["inc", "down1", "down2", "up1", "up2", "outc"]
    assert grouping.flow == ((0, 1), (0, 4), (1, 2), (1, 3), (2, 3), (3, 4), (4, 5))


def test_dense_blocks_open_into_their_layers() -> None:
    grouping = grouped(DenseNet())
    assert titles(grouping) == ["stem, dense1, transition1", "dense2", "classifier"]
    assert [block.title for block in grouping.groups[0].blocks] == [
        "stem",
        "dense1.layers.0",
        "dense1.layers.1",
        "dense1.layers.2",
        "transition1",
    ]


def test_gates_are_no_columns_and_strides_go_on_behind_them() -> None:
    network = nn.Sequential(
        Gated(3, 8, 1), Gated(8, 8, 1), Gated(8, 16, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10)
    )
    grouping = grouped(network)
    assert [len(group.units) for group in grouping.groups] == [6, 3, 1]
    assert "/relu" in grouping.groups[1].representative


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("resnet20", 32, ["conv1, layer1", "layer2", "layer3", "linear"]),
        ("resnet8", 32, ["c0, c1, c2", "c5, c3, c4", "c8, c6, c7", "fc"]),
        ("squeezenet", 224, ["features.0", "features.3-5", "features.7-10", "features.12", "classifier"]),
        ("mobilenet_v1_025", 128, ["conv1", "conv2", "conv3", "conv4", "conv5", "classifier"]),
        (
            "mobilenet_v2",
            224,
            ["features.1-3", "features.4-5", "features.6-8", "features.9-15", "features.16-20", "classifier"],
        ),
    ],
)
def test_users_networks_have_a_column_per_stride(shared_data: Path, name: str, size: int, expected: list[str]) -> None:
    grouping = grouped(build(shared_data, name)(), size)
    assert titles(grouping) == expected
    assert grouping.flow == tuple((index, index + 1) for index in range(len(expected) - 1))


def test_resnet_110_opens_into_56_blocks(shared_data: Path) -> None:
    grouping = grouped(build(shared_data, "CifarResNetA")(18))
    assert [len(group.blocks) for group in grouping.groups] == [19, 18, 18, 1]
    assert all(len(block.units) == 3 for group in grouping.groups[1:3] for block in group.blocks)


def build(shared_data: Path, name: str) -> Callable[..., nn.Module]:
    specification = importlib.util.spec_from_file_location("users_networks", shared_data / "networks.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return getattr(module, name)
