"""Small pictures to train on: scikit-learn's digits, MNIST, Fashion-MNIST and CIFAR-10, reduced to 8 to 16 pixels."""

import gzip
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits

DEVELOPMENT = ("digits", "mnist")
HOLD_OUT = ("fashion", "cifar10")
TRAINED, HELD_OUT = 1200, 400


@dataclass(frozen=True, eq=False)
class Images:
    """Pictures from 0 to 1 and their labels; the held-out ones are never trained on."""

    inputs: torch.Tensor
    labels: torch.Tensor
    held_inputs: torch.Tensor
    held_labels: torch.Tensor


def data_folder() -> Path:
    """Return where the shared data lies: CNNVIS_TEST_DATA, or beside the repository."""
    given = os.environ.get("CNNVIS_TEST_DATA")
    return Path(given) if given else Path(__file__).resolve().parents[2].parent / "shared" / "data"


def available(name: str) -> bool:
    """Whether these pictures are on this machine."""
    return name == "digits" or data_folder().is_dir()


@cache
def load(name: str) -> Images:
    """Return the pictures of a data set."""
    values, labels = {"digits": _digits, "mnist": _mnist, "fashion": _fashion, "cifar10": _cifar}[name]()
    order = np.random.default_rng(0).permutation(len(labels))[: TRAINED + HELD_OUT]
    inputs = torch.from_numpy(values[order].astype(np.float32))
    chosen = torch.from_numpy(labels[order].astype(np.int64))
    return Images(inputs[:TRAINED], chosen[:TRAINED], inputs[TRAINED:], chosen[TRAINED:])


def _digits() -> tuple[np.ndarray, np.ndarray]:
    found = load_digits()
    return found.images[:, None] / 16, found.target


def _mnist() -> tuple[np.ndarray, np.ndarray]:
    return _idx("mnist")


def _fashion() -> tuple[np.ndarray, np.ndarray]:
    return _idx("fashion_mnist")


def _idx(folder: str) -> tuple[np.ndarray, np.ndarray]:
    place = data_folder() / folder
    pixels = np.frombuffer(gzip.decompress((place / "t10k-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16)
    labels = np.frombuffer(gzip.decompress((place / "t10k-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8)
    return _halved(pixels.reshape(-1, 1, 28, 28)[:4000] / 255), labels[:4000]


def _cifar() -> tuple[np.ndarray, np.ndarray]:
    pixels, labels = cifar10("train", 3000)
    return _halved(pixels / 255), labels


def cifar10(split: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first CIFAR-10 images of a split as bytes [images, 3, 32, 32], and their labels."""
    folder = data_folder() / "cifar10" / "sheets"
    parts = []
    for path in sorted(folder.glob(f"{split}_*.webp"))[: -(-count // 500)]:
        sheet = np.asarray(Image.open(path).convert("RGB"))
        rows, columns = sheet.shape[0] // 32, sheet.shape[1] // 32
        parts.append(sheet.reshape(rows, 32, columns, 32, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 3, 32, 32))
    labels = np.frombuffer(next(folder.glob(f"{split}*label*")).read_bytes(), np.uint8)
    return np.concatenate(parts)[:count], labels[:count]


def _halved(values: np.ndarray) -> np.ndarray:
    images, channels, height, width = values.shape
    return values.reshape(images, channels, height // 2, 2, width // 2, 2).mean((3, 5))
