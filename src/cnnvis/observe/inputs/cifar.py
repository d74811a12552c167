"""CIFAR-10 and CIFAR-100 in their binary version: one or two label bytes, then three 32 x 32 planes per image."""

from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8

from cnnvis.schema.errors import DataError

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_PIXELS = 3 * 32 * 32
_FINE = ("train.bin", "test.bin")
"""File names of CIFAR-100, whose images have a coarse and a fine label."""


def cifar_files(folder: Path, split: str) -> list[Path]:
    """Return the folder's CIFAR binary files of one split (`train`, `test`), in order; empty when there are none."""
    names = {"test": ("test_batch.bin", "test.bin"), "train": ("data_batch_*.bin", "train.bin")}[split]
    return sorted(path for name in names for path in folder.glob(name))


def read_cifar(
    paths: list[Path],
) -> tuple[UInt8[np.ndarray, "images 3 32 32"], Int[np.ndarray, " images"], tuple[str, ...] | None]:
    """Read CIFAR binary files to images, labels (CIFAR-100: fine ones) and class names where they are known.

    Raises:
        DataError: When a file's length is not a whole number of images.

    """
    images: list[UInt8[np.ndarray, "images 3 32 32"]] = []
    labels: list[Int[np.ndarray, " images"]] = []
    for path in paths:
        heads = 2 if path.name in _FINE else 1
        content = np.fromfile(path, dtype=np.uint8)
        if content.size == 0 or content.size % (_PIXELS + heads):
            message = (
                f"The CIFAR file {path.name} has {content.size} bytes, which is not a whole number of images of "
                f"{_PIXELS + heads} bytes."
            )
            raise DataError(message, "It may be cut off or not CIFAR's binary version: download it again.")
        rows = content.reshape(-1, _PIXELS + heads)
        labels.append(rows[:, heads - 1].astype(np.int64))
        images.append(rows[:, heads:].reshape(-1, 3, 32, 32))
    numbers = np.concatenate(labels)
    return np.concatenate(images), numbers, _names(paths[0], int(numbers.max()))


def _names(path: Path, highest: int) -> tuple[str, ...] | None:
    fine = path.name in _FINE
    meta = path.with_name("fine_label_names.txt" if fine else "batches.meta.txt")
    if meta.is_file():
        names = tuple(line.strip() for line in meta.read_text(encoding="utf-8").splitlines() if line.strip())
        if len(names) > highest:
            return names
    return None if fine or highest >= len(CLASSES) else CLASSES
