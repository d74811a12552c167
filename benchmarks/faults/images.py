"""Small pictures to train on: scikit-learn's digits, MNIST, Fashion-MNIST and CIFAR-10.

The development part has them reduced to 8 to 16 pixels, the others in full size. No part has an image of another one:
the spare part's digits and clothes are those that all others left over, turned by a quarter.
"""

import gzip
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits

DEVELOPMENT = ("digits", "mnist-small", "fashion-small", "cifar10-small")
HOLD_OUT = ("mnist-4000", "fashion-4000", "cifar10-test-0")
RESERVE = ("fashion-7000", "cifar10-test-2500", "mnist-7000")
SPARE = ("cifar10-train-3000", "mnist-rotated", "fashion-rotated")
TRAINED, HELD_OUT = 2000, 400
IDX_PARTS = {"small": (0, 4000), "4000": (4000, 7000), "7000": (7000, 10_000)}
"""First image and the one behind the last that a part draws from, in a file of MNIST's form."""


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
    kind, _, part = name.partition("-")
    if kind == "digits":
        values, labels = _digits()
    elif kind == "cifar10":
        values, labels = _cifar(part)
    else:
        values, labels = _idx("mnist" if kind == "mnist" else "fashion_mnist", part)
    drawn = _drawn(len(labels))
    held, trained = drawn[:HELD_OUT], drawn[HELD_OUT:]
    inputs, chosen = torch.from_numpy(values.astype(np.float32)), torch.from_numpy(labels.astype(np.int64))
    return Images(inputs[trained], chosen[trained], inputs[held], chosen[held])


def _drawn(count: int) -> np.ndarray:
    """Return which of so many images are used, those held out first."""
    return np.random.default_rng(0).permutation(count)[: HELD_OUT + TRAINED]


def _digits() -> tuple[np.ndarray, np.ndarray]:
    found = load_digits()
    return found.images[:, None] / 16, found.target


def _idx(folder: str, part: str) -> tuple[np.ndarray, np.ndarray]:
    place = data_folder() / folder
    pixels = np.frombuffer(gzip.decompress((place / "t10k-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16)
    labels = np.frombuffer(gzip.decompress((place / "t10k-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8)
    images = pixels.reshape(-1, 1, 28, 28) / 255
    if part == "rotated":
        left = left_over(len(labels))
        return np.rot90(images[left], axes=(2, 3)), labels[left]
    begin, end = IDX_PARTS[part]
    chosen = images[begin:end]
    return _halved(chosen) if part == "small" else chosen, labels[begin:end]


def left_over(count: int) -> np.ndarray:
    """Return which of the images in a file of MNIST's form no other part uses, in their order."""
    used = [begin + _drawn(end - begin) for begin, end in IDX_PARTS.values()]
    return np.setdiff1d(np.arange(count), np.concatenate(used))


def _cifar(part: str) -> tuple[np.ndarray, np.ndarray]:
    if part == "small":
        pixels, labels = cifar10("train", 0, 3000)
        return _halved(pixels / 255), labels
    split, _, start = part.partition("-")
    pixels, labels = cifar10(split, int(start), 2500)
    return pixels / 255, labels


def cifar10(split: str, start: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return CIFAR-10 images of a split as bytes [images, 3, 32, 32], and their labels; sheets hold 500 each."""
    folder = data_folder() / "cifar10" / "sheets"
    parts = []
    for path in sorted(folder.glob(f"{split}_*.webp"))[start // 500 : -(-(start + count) // 500)]:
        sheet = np.asarray(Image.open(path).convert("RGB"))
        rows, columns = sheet.shape[0] // 32, sheet.shape[1] // 32
        parts.append(sheet.reshape(rows, 32, columns, 32, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 3, 32, 32))
    labels = np.frombuffer(next(folder.glob(f"{split}*label*")).read_bytes(), np.uint8)
    first = start - start // 500 * 500
    return np.concatenate(parts)[first : first + count], labels[start : start + count]


def _halved(values: np.ndarray) -> np.ndarray:
    images, channels, height, width = values.shape
    return values.reshape(images, channels, height // 2, 2, width // 2, 2).mean((3, 5))
