"""Runs of trained networks on real images, made once and kept: what benchmarks of whole pictures look at."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import torch
from torch import nn
from torch.nn import functional

import cnnvis
from cnnvis.store.reader import Run, read_run

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
KEPT = ROOT / ".cache" / "benchmarks"
IMAGES = {"resnet20": 2000, "squeezenet": 100, "mobilenet_v2": 100}
"""Trained networks of the shared data, and how many images they are analysed on."""
NAMES = ("resnet20", "vgg", "squeezenet", "mobilenet_v2")
WIDTHS = (16, 16, 0, 32, 32, 0, 48, 48, 48, 0, 64, 64, 64)
"""Ten convolutions; 0: pooling."""


class TenConvolutions(nn.Sequential):
    """A network like VGG: ten convolutions of 3 × 3, each with batch norm and ReLU, a hidden layer and the classes."""

    def __init__(self, classes: int = 10) -> None:
        layers: list[nn.Module] = []
        before = 3
        for width in WIDTHS:
            if width == 0:
                layers.append(nn.MaxPool2d(2))
                continue
            layers += [nn.Conv2d(before, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
            before = width
        head = [nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * before, 64), nn.ReLU(), nn.Linear(64, classes)]
        super().__init__(*layers, *head)


def known_networks() -> ModuleType:
    """Return the example that knows how to build the trained networks and what to feed them with."""
    sys.path.insert(0, str(ROOT / "examples"))  # where its reader of ONNX files lies
    return module_at("known_networks", ROOT / "examples" / "known_networks.py")


def module_at(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        sys.exit(f"There is no {path}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def trained(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, *, epochs: int) -> nn.Module:
    """Train with Adam on random batches; flips and shifts are left out, so that it is soon over."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.02)
    steps = epochs * (len(labels) // 100)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=2e-3, total_steps=steps + 1)
    model.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(labels))[: len(labels) // 100 * 100].split(100):
            loss = functional.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def _ten_convolutions(to: Path) -> None:
    networks = module_at("networks", DATA / "networks.py")
    images, labels = networks.cifar10("train")
    torch.manual_seed(0)
    inputs = torch.as_tensor(images).permute(0, 3, 1, 2).float() / 127.5 - 1
    model = trained(TenConvolutions(), inputs, torch.as_tensor(labels).long(), epochs=4)
    preprocess = cnnvis.Preprocess(mean=(0.5,) * 3, std=(0.5,) * 3)
    names = list(networks.CIFAR10_CLASSES)
    cnnvis.analyze(
        model, networks.cifar10("test"), to=to, class_names=names, preprocess=preprocess, limit=2000, overwrite=True
    )


def real_runs() -> list[Path]:
    """Return the folders of the runs of all networks, made now where they are not there; none without the data."""
    runs = [run.path for name in NAMES if (run := real_run(name)) is not None]
    if not runs:
        print(f"There is no {DATA}: real data are left out.")
    return runs


def real_run(name: str) -> Run | None:
    """Return the run of a network, made now if it is not there; None without the shared data."""
    folder = KEPT / name
    if not (folder / "run.json").is_file():
        if not (DATA / "networks.py").is_file():
            return None
        if name == "vgg":
            _ten_convolutions(folder)
        else:
            program = [sys.executable, str(ROOT / "examples" / "known_networks.py"), str(DATA), name]
            subprocess.run([*program, "-o", str(KEPT), "--limit", str(IMAGES[name])], check=True)
    return read_run(folder)
