"""CIFAR's binary files, written here byte by byte."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.observe.inputs.cifar import CLASSES, cifar_files, read_cifar
from cnnvis.schema.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (4, 3, 32, 32), dtype=np.uint8)


def records(labels: list[list[int]]) -> bytes:
    return b"".join(bytes(heads) + image.tobytes() for heads, image in zip(labels, PIXELS, strict=False))


def test_cifar10(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1.bin").write_bytes(records([[3], [9]]))
    (tmp_path / "data_batch_2.bin").write_bytes(records([[0], [1], [2]]))
    (tmp_path / "test_batch.bin").write_bytes(records([[5]]))
    images, labels, names = read_cifar(cifar_files(tmp_path, "train"))
    assert labels.tolist() == [3, 9, 0, 1, 2]
    assert np.array_equal(images[2:], PIXELS[:3])
    assert names == CLASSES
    assert read_cifar(cifar_files(tmp_path, "test"))[1].tolist() == [5]


def test_cifar100_takes_the_fine_labels_and_their_names(tmp_path: Path) -> None:
    (tmp_path / "test.bin").write_bytes(records([[1, 44], [2, 99]]))
    assert read_cifar(cifar_files(tmp_path, "test"))[2] is None
    (tmp_path / "fine_label_names.txt").write_text("\n".join(f"class {index}" for index in range(100)))
    images, labels, names = read_cifar(cifar_files(tmp_path, "test"))
    assert labels.tolist() == [44, 99]
    assert np.array_equal(images, PIXELS[:2])
    assert names is not None
    assert names[44] == "class 44"


@pytest.mark.parametrize("content", [b"", b"12345"])
def test_files_of_another_length_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "test_batch.bin").write_bytes(content)
    with pytest.raises(DataError, match=r"not a whole number of images of 3073 bytes"):
        read_cifar([tmp_path / "test_batch.bin"])


def test_other_folders_have_no_cifar_files(tmp_path: Path) -> None:
    assert cifar_files(tmp_path, "train") == []
