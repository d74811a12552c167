"""Analyse really trained networks through the public API and compare their accuracy with what is known.

    python examples/known_networks.py FOLDER                 all of them
    python examples/known_networks.py FOLDER resnet20 -o runs
    cnnvis open runs/resnet20

FOLDER holds the weights, the images and ``networks.py`` with the networks' definitions.
"""

import argparse
import gzip
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
import torch.nn.functional as F
from onnx_file import weights_in_order
from PIL import Image
from torch import nn

import cnnvis
from cnnvis import Preprocess

Data = tuple[object, list[str] | None]


class CaptumLeNet(nn.Module):
    """6-16-120-84-10 on CIFAR-10."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)
        self.pool1, self.pool2 = nn.MaxPool2d(2), nn.MaxPool2d(2)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool2(F.relu(self.conv2(self.pool1(F.relu(self.conv1(x))))))
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


class MnistNet(nn.Module):
    """20-50-500-10 on MNIST."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 20, 5), nn.Conv2d(20, 50, 5)
        self.fc1, self.fc2 = nn.Linear(800, 500), nn.Linear(500, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class FashionNet(nn.Module):
    """Two 3x3 convolutions beside one of 5x5, on Fashion-MNIST; the names are those of the Lightning checkpoint."""

    def __init__(self) -> None:
        super().__init__()
        self.parallel = nn.Sequential(nn.Conv2d(1, 16, 5, 2, bias=False), nn.BatchNorm2d(16))
        self.conv1, self.conv2 = nn.Conv2d(1, 16, 3), nn.Conv2d(16, 16, 3, 2)
        self.bn1, self.bn2 = nn.BatchNorm2d(16), nn.BatchNorm2d(16)
        self.linear1, self.linear2 = nn.Linear(576, 120), nn.Linear(120, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        deep = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        x = F.max_pool2d(F.relu(deep + self.parallel(x)), 2)
        return self.linear2(F.relu(self.linear1(x.flatten(1))))


class OneConv(nn.Module):
    """One convolution of 32 and a pooling, on MNIST."""

    def __init__(self, pool: nn.Module) -> None:
        super().__init__()
        self.conv1, self.pool, self.out = nn.Conv2d(1, 32, 2), pool, nn.Linear(1152, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(self.pool(F.relu(self.conv1(x))).flatten(1))


class KerasConv(nn.Module):
    """Two convolutions of stride 2 and three linear layers on CIFAR-10, flattened with the channels last."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, first, 4, 2), nn.Conv2d(first, second, 4, 2)
        self.fc1, self.fc2, self.fc3 = nn.Linear(36 * second, 128), nn.Linear(128, 64), nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = F.relu(self.fc1(x.permute(0, 2, 3, 1).flatten(1)))
        return self.fc3(F.relu(self.fc2(x)))


@dataclass(frozen=True)
class Known:
    """A network with weights, its data and the accuracy to expect on them."""

    network: Callable[[ModuleType], nn.Module]
    weights: str
    data: Callable[[Path, ModuleType], Data]
    preprocess: Preprocess
    accuracy: float | None = None
    outputs_before_first_class: int = 0


def cifar10(folder: Path, networks: ModuleType) -> Data:
    """CIFAR-10 test images 0-4999."""
    return networks.cifar10("test"), list(networks.CIFAR10_CLASSES)


def mnist(folder: Path, networks: ModuleType) -> Data:
    """MNIST test images."""
    return idx_pair(folder / "mnist"), None


def fashion_mnist(folder: Path, networks: ModuleType) -> Data:
    """Fashion-MNIST test images."""
    names = "T-shirt,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot"
    return idx_pair(folder / "fashion_mnist"), names.split(",")


def idx_pair(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read the test images of MNIST's format, and their labels."""
    images = read_idx(folder / "t10k-images-idx3-ubyte.gz", (-1, 28, 28))
    return images, read_idx(folder / "t10k-labels-idx1-ubyte.gz", (-1,)).astype(np.int64)


def read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read a gzipped IDX file of bytes."""
    data = gzip.decompress(path.read_bytes())
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


class Photos:
    """Photos named ``<class id>_<name>.JPEG``, with all 1000 ImageNet classes."""

    def __init__(self, folder: Path) -> None:
        lines = (folder / "classes.txt").read_text().splitlines()
        self.names = [line.split(maxsplit=1)[1].replace("_", " ") for line in lines]
        numbers = {line.split()[0]: number for number, line in enumerate(lines)}
        self.files = [(path, numbers[path.name.split("_")[0]]) for path in sorted(folder.glob("*/*.JPEG"))]

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> tuple[Image.Image, int]:
        path, label = self.files[index]
        return Image.open(path).convert("RGB"), label


def imagenet(folder: Path, networks: ModuleType) -> Data:
    """A hundred ImageNet photos."""
    photos = Photos(folder / "imagenet_samples")
    return photos, photos.names


IMAGENET_STD = Preprocess(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
KNOWN = {
    "resnet20": Known(
        lambda n: n.resnet20(), "cifar10_resnet_akamaster/resnet20-12fca82f.th", cifar10, IMAGENET_STD, 0.9150
    ),
    "resnet32": Known(
        lambda n: n.resnet32(), "cifar10_resnet_akamaster/resnet32-d509ac18.th", cifar10, IMAGENET_STD, 0.9234
    ),
    "resnet8": Known(
        lambda n: n.resnet8(), "cifar10_resnet8_mlperf/resnet8.pth", cifar10, Preprocess(scale="0-255"), 0.8702
    ),
    "lenet": Known(
        lambda _: CaptumLeNet(),
        "cifar10_lenet_captum/cifar_torchvision.pt",
        cifar10,
        Preprocess(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
        0.5986,
    ),
    "mnistnet": Known(
        lambda _: MnistNet(),
        "mnist_lenet_shrinkbench/mnistnet.pt",
        mnist,
        Preprocess(mean=(0.1307,), std=(0.3081,)),
        0.9896,
    ),
    "fashion": Known(
        lambda _: FashionNet(), "fashion_zennit_crp/fashion_acc=89.ckpt", fashion_mnist, Preprocess(), 0.8991
    ),
    "mnist_average": Known(
        lambda _: OneConv(nn.AvgPool2d(4)), "vnncomp2021/Convnet_avgpool.onnx", mnist, Preprocess(), 0.9795
    ),
    "mnist_maximum": Known(
        lambda _: OneConv(nn.MaxPool2d(4)), "vnncomp2021/Convnet_maxpool.onnx", mnist, Preprocess(), 0.9792
    ),
    "keras_small": Known(lambda _: KerasConv(8, 16), "vnncomp2021/cifar10_small.onnx", cifar10, Preprocess(), 0.6394),
    "keras_large": Known(lambda _: KerasConv(32, 64), "vnncomp2021/cifar10_large.onnx", cifar10, Preprocess(), 0.7432),
    "squeezenet": Known(
        lambda n: n.squeezenet(),
        "imagenet_squeezenet10_dc/squeezenet1_0_dc.pth",
        imagenet,
        Preprocess(resize=(227, 227), colour="bgr", scale="0-255", mean=(104.0, 117.0, 123.0)),
    ),
    "mobilenet_v1": Known(
        lambda n: n.mobilenet_v1_025(),
        "imagenet_mobilenet/mobilenet_v1_0.25_128_quant.dequant.pth",
        imagenet,
        Preprocess(resize=146, crop=128, scale="-1-1"),
        outputs_before_first_class=1,
    ),
    "mobilenet_v2": Known(
        lambda n: n.mobilenet_v2(),
        "imagenet_mobilenet/mobilenet_v2_1.0_224_quant.dequant.pth",
        imagenet,
        Preprocess(resize=256, crop=224, scale="-1-1"),
        outputs_before_first_class=1,
    ),
}


def load(known: Known, folder: Path, networks: ModuleType) -> nn.Module:
    """Build a network and put its weights in."""
    model = known.network(networks)
    if known.weights.endswith(".onnx"):
        arrays = [torch.from_numpy(array.copy()) for array in weights_in_order(folder / "models" / known.weights)]
        model.load_state_dict(dict(zip(model.state_dict(), arrays, strict=True)))
        return model
    saved = torch.load(folder / "models" / known.weights, map_location="cpu", weights_only=True)
    state = saved.get("state_dict", saved)
    model.load_state_dict({name.removeprefix("module."): value for name, value in state.items()})
    return model


def class_map(known: Known) -> np.ndarray | None:
    """Return the label of each output where the outputs begin with something that is no class."""
    extra = known.outputs_before_first_class
    return np.concatenate([np.full(extra, -1), np.arange(1000)]) if extra else None


def analyse(name: str, folder: Path, *, to: Path, limit: int | None) -> bool:
    """Analyse one network; say whether its accuracy is the known one."""
    spec = importlib.util.spec_from_file_location("networks", folder / "networks.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{folder} has no networks.py")
    networks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(networks)
    known = KNOWN[name]
    data, names = known.data(folder, networks)
    run = cnnvis.analyze(
        load(known, folder, networks),
        data,
        to=to / name,
        class_names=names,
        preprocess=known.preprocess,
        class_map=class_map(known),
        name=name,
        limit=limit,
        overwrite=True,
    )
    accuracy = run.accuracy or 0.0
    expected = None if limit else known.accuracy
    right = expected is None or round(accuracy, 4) == expected
    known_figure = "" if expected is None else f", known: {100 * expected:.2f} %"
    print(f"{name:14} {100 * accuracy:6.2f} % right{known_figure}{'' if right else '  <- differs'}  -> {run.path}")
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", choices=[*KNOWN, []], metavar="NAME", help=", ".join(KNOWN))
    parser.add_argument("-o", "--output", type=Path, default=Path("runs"))
    parser.add_argument("--limit", type=int)
    given = parser.parse_args()
    right = [analyse(name, given.folder, to=given.output, limit=given.limit) for name in given.names or KNOWN]
    sys.exit(0 if all(right) else 1)


if __name__ == "__main__":
    main()
