"""Any data a user may name or hand over, opened as an ImageSource."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

import numpy as np
import torch
from torch.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    TensorDataset,
    default_collate,
)

from cnnvis.observe.inputs.arrays import ArraySource
from cnnvis.observe.inputs.cifar import cifar_files, read_cifar
from cnnvis.observe.inputs.classes import ClassList, read_label_column, to_indices
from cnnvis.observe.inputs.dataset import DatasetSource, Items, Loading
from cnnvis.observe.inputs.folders import FolderSource, list_folder
from cnnvis.observe.inputs.idx import is_idx, read_idx_pair
from cnnvis.observe.inputs.npz import read_npz
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.reference import call, is_reference, resolve
from cnnvis.observe.inputs.rows import as_rows
from cnnvis.observe.inputs.source import ImageSource
from cnnvis.observe.inputs.stream import StreamSource
from cnnvis.schema.errors import DataError

_THREADS = 2
"""Threads that read image files ahead: decoding then hides behind the model without taking its cores."""
_KINDS = (
    "a folder with one folder of images per class, a folder of images, an .npz file, an IDX (MNIST) images file, "
    "a CIFAR binary file, or module:function"
)


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """How to read data, whatever its kind."""

    batch_size: int = 64
    limit: int | None = None
    """Number of images; class folders keep their shares, other data gives its first."""
    classes: ClassList | None = None
    labels: Path | None = None
    """File of labels: `image name,label` for a flat folder, one per line for arrays."""
    split: Literal["train", "test"] | None = None
    """Which part to read of data that holds both; None: test."""
    workers: int | None = None
    """Threads (image files) or processes (data sets) that read ahead; None: 2 threads, no processes, since a user's
    data set need not survive being copied into another process. A DataLoader keeps its own number."""
    args: Mapping[str, object] | None = None
    """Keyword arguments for module:function."""
    image: str | None = None
    """Which of several inputs is the image: a key or a position; None: by the usual keys, else by shape."""

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            DataError: When one is below its least value.

        """
        for name, value, least in (
            ("batch size", self.batch_size, 1),
            ("limit", self.limit, 1),
            ("workers", self.workers, 0),
        ):
            if value is not None and value < least:
                message = f"The {name} is {value}; it must be {least} or more."
                raise DataError(message, "Give a larger number.")


@dataclass(frozen=True, kw_only=True)
class _Job:
    """What all ways of opening need."""

    name: str
    preprocess: Preprocess
    options: DataOptions

    @property
    def names(self) -> tuple[str, ...] | None:
        return self.options.classes.names if self.options.classes else None


def open_data(
    reference: str, *, preprocess: Preprocess | None = None, options: DataOptions | None = None
) -> ImageSource:
    """Open the data that a reference names.

    Args:
        reference: A folder, an `.npz`, IDX or CIFAR file, or `module:function` that returns a Dataset, a DataLoader or
            (images, labels).
        preprocess: What is done to each image.
        options: Batch size, limit, classes, labels and the like.

    Raises:
        DataError: When there is no such data, or it cannot be read.

    """
    path = Path(reference)
    job = _Job(name=path.stem, preprocess=preprocess or Preprocess(), options=options or DataOptions())
    if is_reference(reference):
        return _from_code(reference, job)
    if path.is_dir():
        return _from_folder(path, job)
    if not path.exists():
        message = f"The data {reference!r} does not exist in {Path.cwd()}; allowed is {_KINDS}."
        raise DataError(message, "Check the path after --data.")
    if path.suffix == ".npz":
        images, labels, split = read_npz(path, job.options.split)
        return _from_arrays(images, labels, replace(job, name=f"{path.stem} {split}".strip()))
    if is_idx(path):
        return _from_idx(path, job)
    if path.suffix == ".bin":
        return _from_cifar([path], replace(job, name=path.resolve().parent.name))
    message = f"The data {path.name!r} is a file of an unknown kind; allowed is {_KINDS}."
    raise DataError(message, "Convert it with numpy.savez(FILE, images=..., labels=...).")


def from_dataset(
    data: object, *, preprocess: Preprocess | None = None, options: DataOptions | None = None, name: str | None = None
) -> ImageSource:
    """Open data that a program hands over.

    Args:
        data: A torch Dataset (map-style or iterable), a DataLoader, anything with a length and numbered samples,
            or (images, labels) as arrays. A sample is (image, label), a dict with "image" or "pixel_values" and
            "label", or an image alone; for a model with several inputs ((image, other), label) or a dict. Class names
            that the data carry (``classes``) are used where none are given.
        preprocess: What is done to PIL images and 8-bit arrays; floating-point values outside 0-1 and 0-255 are
            taken as the model's input, and its mean and std then only make the pictures.
        options: Batch size, limit, classes and the like; a DataLoader keeps its own batches.
        name: What to call the data; None: its class.

    Raises:
        DataError: When the data is of another kind, empty or does not hold images.

    """
    return _open(data, _Job(name=name or "", preprocess=preprocess or Preprocess(), options=options or DataOptions()))


def _open(data: object, job: _Job) -> ImageSource:
    inner = data.dataset if isinstance(data, DataLoader) else data
    options = job.options if job.options.classes else replace(job.options, classes=_classes_of(inner))
    arrays = _as_arrays(data)
    rows = as_rows(data)
    in_memory = (arrays is not None or rows is not None) and isinstance(data, (tuple, list))
    name = "arrays" if in_memory else type(inner).__name__
    job = replace(job, name=job.name or name, options=options)
    if arrays is not None and not isinstance(data, DataLoader):
        return _from_arrays(*arrays, job)
    if job.options.labels is not None:
        message = f"The labels file {job.options.labels.name} cannot be used with a data set made by code."
        raise DataError(message, "Let the data set itself give the labels, or give a folder or arrays.")
    if isinstance(data, DataLoader):
        return _from_loader(cast("DataLoader[object]", data), job)
    if rows is not None:
        return _from_items(rows, job)
    if isinstance(data, IterableDataset) or (not _is_map(data) and isinstance(data, Iterable)):
        return _stream(cast("Iterable[object]", data), job)
    if not _is_map(data):
        message = f"The data is a {type(data).__name__}; it must be a Dataset, a DataLoader or (images, labels)."
        raise DataError(message, "Give one of these, or a function that returns one.")
    return _from_items(cast("Items", data), job)


def _from_code(reference: str, job: _Job) -> ImageSource:
    found = resolve(reference, error=DataError, what="--data")
    if callable(found) and not isinstance(found, (Dataset, DataLoader)):
        found = call(found, job.options.args or {}, error=DataError, what="--data")
    return _open(found, replace(job, name=reference.rpartition(":")[2].rpartition(".")[2]))


def _from_folder(path: Path, job: _Job) -> ImageSource:
    name = path.resolve().name
    splits: tuple[Literal["test", "train"], ...] = (job.options.split,) if job.options.split else ("test", "train")
    for split in splits:
        files = cifar_files(path, split)
        if files:
            return _from_cifar(files, replace(job, name=f"{name} {split}"))
        marks = ("t10k", "test") if split == "test" else ("train",)
        images = sorted(entry for entry in path.iterdir() if entry.is_file() and is_idx(entry))
        chosen = [entry for entry in images if entry.name.startswith(marks)] or (images if len(images) == 1 else [])
        if chosen:
            return _from_idx(chosen[0], job)
    options = job.options
    files = list_folder(path, options.classes, options.labels)
    return FolderSource(
        files,
        job.preprocess,
        batch_size=options.batch_size,
        limit=options.limit,
        workers=_THREADS if options.workers is None else options.workers,
    )


def _from_idx(path: Path, job: _Job) -> ImageSource:
    images, labels = read_idx_pair(path)
    split = "train" if path.name.startswith("train") else "test"
    source = _from_arrays(images, labels, replace(job, name=f"{path.resolve().parent.name} {split}"))
    if labels is None and job.options.labels is None:
        source.warnings.append(f"There is no labels file beside {path.name}, so the images have no labels.")
    return source


def _from_cifar(files: list[Path], job: _Job) -> ImageSource:
    images, labels, names = read_cifar(files)
    if names and not job.options.classes:
        job = replace(job, options=replace(job.options, classes=ClassList(names)))
    return _from_arrays(images, labels, job)


def _from_arrays(images: np.ndarray | torch.Tensor, labels: object, job: _Job) -> ArraySource:
    options, names = job.options, job.names
    if options.labels is not None:
        texts = read_label_column(options.labels)
        if len(texts) != len(images):
            message = f"The file {options.labels.name} has {len(texts)} labels, but there are {len(images)} images."
            raise DataError(message, "Give one label per line, in the images' order.")
        labels, names = to_indices(texts, options.classes, where=options.labels.name)
    return ArraySource(
        images,
        labels,
        name=job.name,
        preprocess=job.preprocess,
        batch_size=options.batch_size,
        limit=options.limit,
        class_names=names,
    )


def _from_loader(loader: DataLoader[object], job: _Job) -> ImageSource:
    data = loader.dataset
    if isinstance(data, IterableDataset):
        return _stream(loader, job, batched=loader.batch_sampler is not None)
    batch_size = loader.batch_size or job.options.batch_size
    workers = loader.num_workers if job.options.workers is None else job.options.workers
    job = replace(job, options=replace(job.options, batch_size=batch_size, workers=workers))
    sampler = loader.sampler
    indices = sorted(sampler.indices) if isinstance(sampler, SubsetRandomSampler) else None
    collate = cast("Callable[[list[object]], object]", loader.collate_fn)
    source = _from_items(
        cast("Items", data), job, collate=None if loader.collate_fn is default_collate else collate, indices=indices
    )
    if not isinstance(sampler, SequentialSampler) or loader.batch_size is None:
        why = "shuffles" if isinstance(sampler, (RandomSampler, SubsetRandomSampler)) else "has an order of its own"
        source.warnings.append(
            f"The DataLoader {why}; its data set was read in order instead, so that samples keep their numbers."
        )
    return source


def _from_items(
    data: Items,
    job: _Job,
    *,
    collate: Callable[[list[object]], object] | None = None,
    indices: Sequence[int] | None = None,
) -> DatasetSource:
    numbers = list(indices if indices is not None else range(len(data)))
    return DatasetSource(
        data,
        name=job.name,
        preprocess=job.preprocess,
        batch_size=job.options.batch_size,
        indices=numbers[: job.options.limit],
        class_names=job.names,
        loading=Loading(collate=collate, workers=job.options.workers or 0, image=job.options.image),
    )


def _stream(data: Iterable[object], job: _Job, *, batched: bool = False) -> StreamSource:
    return StreamSource(
        data,
        name=job.name,
        preprocess=job.preprocess,
        batch_size=job.options.batch_size,
        limit=job.options.limit,
        class_names=job.names,
        batched=batched,
        image=job.options.image,
    )


def _as_arrays(data: object) -> tuple[np.ndarray | torch.Tensor, object] | None:
    """Return images and labels when the data is nothing but arrays; None otherwise."""
    if isinstance(data, TensorDataset):
        data = data.tensors
    if isinstance(data, (np.ndarray, torch.Tensor)):
        return data, None
    if not isinstance(data, (tuple, list)):
        return None
    parts = cast("Sequence[object]", data)
    if len(parts) not in (1, 2) or not isinstance(parts[0], (np.ndarray, torch.Tensor)):
        return None
    labels = parts[1] if len(parts) == 2 else None
    if isinstance(labels, (np.ndarray, torch.Tensor)) and labels.ndim > 2:
        return None  # a list of two images, not images and labels
    return parts[0], labels


def _is_map(data: object) -> bool:
    return (
        callable(getattr(data, "__len__", None))
        and callable(getattr(data, "__getitem__", None))
        and not isinstance(data, Mapping)
    )


def _classes_of(data: object) -> ClassList | None:
    """Return the class names that torchvision's data sets carry, also inside a Subset or a DataLoader."""
    for _ in range(8):
        names = cast("object", getattr(data, "classes", None))
        if isinstance(names, (list, tuple)) and names:
            return ClassList(tuple(str(name) for name in cast("Sequence[object]", names)))
        data = cast("object", getattr(data, "dataset", None))
    return None
