"""Data by reference and data handed over: the right reader is chosen."""

import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import (
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
)

from cnnvis.observe.inputs.arrays import ArraySource
from cnnvis.observe.inputs.classes import ClassList, read_classes
from cnnvis.observe.inputs.data import DataOptions, from_dataset, open_data
from cnnvis.observe.inputs.dataset import DatasetSource
from cnnvis.observe.inputs.folders import FolderSource
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.source import ImageSource
from cnnvis.observe.inputs.stream import StreamSource
from cnnvis.schema.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 4, 5, 3), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])
CODE = """
import numpy as np
from torch.utils.data import DataLoader, Dataset

class Squares(Dataset):
    classes = ["a", "b"]
    def __init__(self, count=4):
        self.count = count
    def __len__(self):
        return self.count
    def __getitem__(self, index):
        return np.full((4, 4, 3), index, np.uint8), index % 2

def loader():
    return DataLoader(Squares(), batch_size=3)

def arrays(count=2):
    return np.zeros((count, 4, 4, 3), np.uint8), np.zeros(count, int)

ready = Squares(5)

def nothing():
    return 3
"""


class Plain(Dataset[object]):
    classes = ("x", "y", "z")

    def __len__(self) -> int:
        return 6

    def __getitem__(self, index: int) -> object:
        return PIXELS[index], int(LABELS[index])


class Stream(IterableDataset[object]):
    def __iter__(self) -> Iterator[object]:
        return zip(torch.from_numpy(PIXELS).permute(0, 3, 1, 2), LABELS, strict=True)


def labels_of(source: ImageSource) -> list[int]:
    return [int(label) for batch in source.batches() for label in batch.labels]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "data_test_sets", raising=False)
    (tmp_path / "data_test_sets.py").write_text(CODE)


def test_folders_and_files_find_their_reader(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        Image.fromarray(PIXELS[0]).save(tmp_path / "photos" / name / "a.png")
    photos = open_data("photos")
    assert isinstance(photos, FolderSource)
    assert photos.class_names == ("cat", "dog")
    np.savez(tmp_path / "small.npz", x_test=PIXELS, y_test=LABELS)
    small = open_data("small.npz", options=DataOptions(classes=ClassList(("a", "b", "c"))))
    assert (small.name, small.class_names, labels_of(small)) == ("small test", ("a", "b", "c"), LABELS.tolist())


def test_mnist_folder_and_file(tmp_path: Path) -> None:
    folder = tmp_path / "mnist"
    folder.mkdir()
    for part, count in (("train", 3), ("t10k", 2)):
        images = struct.pack(">4B3I", 0, 0, 8, 3, count, 2, 2) + bytes(4 * count)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(images)
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">4BI", 0, 0, 8, 1, count) + bytes(count))
    assert (open_data("mnist").total, open_data("mnist").name) == (2, "mnist test")
    assert open_data("mnist", options=DataOptions(split="train")).total == 3
    source = open_data("mnist/train-images-idx3-ubyte")
    assert (source.total, source.name) == (3, "mnist train")
    (folder / "train-labels-idx1-ubyte").unlink()
    source = open_data("mnist/train-images-idx3-ubyte")
    assert isinstance(source, ArraySource)
    assert labels_of(source) == [-1] * 3
    assert "no labels file" in source.warnings[0]


def test_cifar_folder_and_file(tmp_path: Path) -> None:
    folder = tmp_path / "cifar"
    folder.mkdir()
    (folder / "data_batch_1.bin").write_bytes(bytes([3]) + bytes(3072))
    (folder / "test_batch.bin").write_bytes((bytes([9]) + bytes(3072)) * 2)
    source = open_data("cifar")
    assert (source.name, labels_of(source)) == ("cifar test", [9, 9])
    assert source.class_names is not None
    assert source.class_names[9] == "truck"
    assert labels_of(open_data("cifar", options=DataOptions(split="train"))) == [3]
    assert labels_of(open_data("cifar/data_batch_1.bin")) == [3]


def test_labels_from_a_file_for_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "small.npz", images=PIXELS)
    (tmp_path / "labels.txt").write_text("\n".join("bacbac"))
    source = open_data("small.npz", options=DataOptions(labels=tmp_path / "labels.txt"))
    assert labels_of(source) == [1, 0, 2, 1, 0, 2]
    assert source.class_names == ("a", "b", "c")
    (tmp_path / "labels.txt").write_text("a\nb\n")
    with pytest.raises(DataError, match=r"labels.txt has 2 labels, but there are 6 images"):
        open_data("small.npz", options=DataOptions(labels=tmp_path / "labels.txt"))


@pytest.mark.parametrize(
    ("reference", "total", "names"),
    [
        ("data_test_sets:Squares", 4, ("a", "b")),
        ("data_test_sets.py:ready", 5, ("a", "b")),
        ("data_test_sets:loader", 4, ("a", "b")),
        ("data_test_sets:arrays", 2, None),
    ],
)
def test_functions_of_the_user(reference: str, total: int, names: tuple[str, ...] | None) -> None:
    source = open_data(reference)
    assert source.total == total
    assert source.class_names == names
    assert source.name == reference.rpartition(":")[2]
    assert len(labels_of(source)) == total


def test_functions_get_arguments() -> None:
    assert open_data("data_test_sets:arrays", options=DataOptions(args={"count": 3})).total == 3
    with pytest.raises(DataError, match=r"--data: arrays cannot be called with size=3"):
        open_data("data_test_sets:arrays", options=DataOptions(args={"size": 3}))


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("missing", "does not exist"),
        ("data_test_sets.py", "unknown kind"),
        ("data_test_sets:nothing", "The data is a int"),
        ("data_test_sets:squars", "has no 'squars'"),
    ],
)
def test_data_that_is_none(reference: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        open_data(reference)
    assert caught.value.remedy


def test_numbers_below_their_least_value() -> None:
    for option in ({"batch_size": 0}, {"limit": 0}, {"workers": -1}):
        with pytest.raises(DataError, match="or more"):
            DataOptions(**option)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ((PIXELS, LABELS), ArraySource),
        ([torch.from_numpy(PIXELS), torch.from_numpy(LABELS)], ArraySource),
        (PIXELS, ArraySource),
        (TensorDataset(torch.from_numpy(PIXELS), torch.from_numpy(LABELS)), ArraySource),
        (Plain(), DatasetSource),
        (Subset(Plain(), range(6)), DatasetSource),
        (ConcatDataset([Plain()]), DatasetSource),
        ([(pixels, label) for pixels, label in zip(PIXELS, LABELS, strict=True)], DatasetSource),
        (DataLoader(Plain(), batch_size=4), DatasetSource),
        (Stream(), StreamSource),
        (DataLoader(Stream(), batch_size=4), StreamSource),
        (DataLoader(Stream(), batch_size=None), StreamSource),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, type) else "",
)
def test_everything_a_program_may_hand_over(data: object, kind: type) -> None:
    source = from_dataset(data)
    assert type(source) is kind
    batches = list(source.batches())
    inputs = torch.cat([batch.inputs.image for batch in batches])
    assert torch.equal(inputs, torch.from_numpy(PIXELS).permute(0, 3, 1, 2) / 255)
    if data is not PIXELS:
        assert np.concatenate([batch.labels for batch in batches]).tolist() == LABELS.tolist()
    if isinstance(data, DataLoader) and data.batch_size is not None:
        assert [len(batch.samples) for batch in batches] == [4, 2]
    source.picture(5)


def test_class_names_come_along() -> None:
    for data in (Plain(), Subset(Plain(), [0]), DataLoader(Plain())):
        assert from_dataset(data).class_names == ("x", "y", "z")
    given = DataOptions(classes=ClassList(("u", "v", "w")))
    assert from_dataset(Plain(), options=given).class_names == ("u", "v", "w")
    assert (from_dataset(Plain()).name, from_dataset((PIXELS, LABELS)).name) == ("Plain", "arrays")
    assert (from_dataset(DataLoader(Plain())).name, from_dataset(Plain(), name="mine").name) == ("Plain", "mine")


def test_shuffling_loaders_are_read_in_order_with_a_warning() -> None:
    source = from_dataset(DataLoader(Plain(), batch_size=4, shuffle=True, drop_last=True))
    assert isinstance(source, DatasetSource)
    assert [batch.samples.tolist() for batch in source.batches()] == [[0, 1, 2, 3], [4, 5]]
    assert "shuffles" in source.warnings[0]
    part = from_dataset(DataLoader(Plain(), sampler=SubsetRandomSampler([4, 1])))
    assert [batch.samples.tolist() for batch in part.batches()] == [[1], [4]]


def test_limits_take_the_first() -> None:
    for data in ((PIXELS, LABELS), Plain(), Stream()):
        assert labels_of(from_dataset(data, options=DataOptions(limit=4))) == [0, 1, 2, 0]


@pytest.mark.parametrize("data", [3, {"a": 1}, None])
def test_other_things_are_refused(data: object) -> None:
    with pytest.raises(DataError, match=r"The data is a|gives a"):
        from_dataset(data)


def test_real_photos_find_their_labels(shared_data: Path) -> None:
    classes = read_classes(str(shared_data / "imagenet_samples" / "classes.txt"))
    option = Preprocess(resize=64, crop=56)
    folder = str(shared_data / "imagenet_samples" / "short256_q90")
    source = open_data(folder, preprocess=option, options=DataOptions(classes=classes, limit=10))
    assert labels_of(source) == list(range(0, 1000, 100))
    assert source.skipped == []


def test_real_digits_are_read(shared_data: Path) -> None:
    source = open_data(str(shared_data / "mnist"), options=DataOptions(limit=5))
    assert source.total == 5
    assert labels_of(source) == [7, 2, 1, 0, 4]


def test_torchvisions_own_data_sets_and_transforms(torchvision_or_skip: ModuleType, tmp_path: Path) -> None:
    """An ImageFolder with the usual transforms: right labels, and pictures that undo its Normalize."""
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        Image.fromarray(PIXELS[0] if name == "cat" else PIXELS[1]).save(tmp_path / "photos" / name / "a.png")
    transforms = torchvision_or_skip.transforms
    steps = [transforms.ToTensor(), transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))]
    folder = torchvision_or_skip.datasets.ImageFolder(tmp_path / "photos", transform=transforms.Compose(steps))
    for data in (folder, DataLoader(folder, batch_size=2)):
        source = from_dataset(data)
        assert (source.class_names, labels_of(source)) == (("cat", "dog"), [0, 1])
        assert np.array_equal(source.picture(1).pixels, PIXELS[1])
        assert source.warnings == []
        assert torch.equal(next(iter(source.batches())).inputs.image[0], folder[0][0])
    mirrored = transforms.Compose([transforms.RandomHorizontalFlip(), *steps])
    random = torchvision_or_skip.datasets.ImageFolder(tmp_path / "photos", transform=mirrored)
    torch.manual_seed(0)
    assert any("random transform" in warning for warning in from_dataset(ConcatDataset([random] * 3)).warnings)
