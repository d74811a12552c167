"""A map-style data set (anything with a length and numbered items), read in order and re-read at will."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast, final, runtime_checkable

import numpy as np
import torch
from jaxtyping import Int
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from cnnvis.observe.inputs.converter import Converter
from cnnvis.observe.inputs.example import Example, find_transform
from cnnvis.observe.inputs.items import ImageItem
from cnnvis.observe.inputs.order import portions, reading_order
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.randomness import random_state_kept
from cnnvis.observe.inputs.sample import Sample, to_sample, to_samples
from cnnvis.observe.inputs.skipping import Skipping
from cnnvis.observe.inputs.source import Batch, Picture
from cnnvis.observe.inputs.values import find_normalise
from cnnvis.schema.errors import DataError

_LOOKED_AT = 32
"""Samples whose range tells what floating-point values mean."""
_TWICE = 6
"""Samples fetched twice: a flip with probability 1/2 then stays unnoticed in one of 64 cases."""


@runtime_checkable
class Items(Protocol):
    """What a map-style data set must have."""

    def __len__(self) -> int:
        """Return the number of samples."""
        ...

    def __getitem__(self, index: int, /) -> object:
        """Return one sample."""
        ...


@dataclass(frozen=True, kw_only=True)
class Loading:
    """How samples are read and put together."""

    collate: Callable[[list[object]], object] | None = None
    """The user's own way to make a batch of samples; None: stack."""
    workers: int = 0
    """Processes that read ahead."""
    image: str | None = None
    """Which of several inputs is the image: a key or a position; None: by the usual keys, else by shape."""


Loaded = Sample | str
"""A sample, or the reason why it cannot be read."""


@final
class DatasetSource:
    """Samples of a data set in order; sample id: index in the data set."""

    rereadable = True

    def __init__(
        self,
        data: Items,
        *,
        name: str,
        preprocess: Preprocess,
        batch_size: int = 64,
        indices: Sequence[int] | None = None,
        class_names: tuple[str, ...] | None = None,
        loading: Loading | None = None,
    ) -> None:
        """Look at a few samples, without moving the program's random numbers.

        Args:
            data: The data set.
            name: What to call it.
            preprocess: What is done to PIL images and bytes; floating-point tensors outside 0-1 are taken as ready.
            batch_size: Samples per batch.
            indices: Which samples to read; None: all.
            class_names: Names of the classes in label order.
            loading: How samples are read and put together.

        Raises:
            DataError: When the data set is empty or a sample is not an image.

        """
        loading = loading or Loading()
        self._fetch = _Fetch(data, loading)
        self._transform = find_transform(data)
        chosen = np.array(range(len(data)) if indices is None else indices, dtype=np.int64)
        self._order = chosen[reading_order(_known_labels(data)[chosen])]
        self._batch_size = batch_size
        self._workers = loading.workers
        remedy = "Call data[index] in Python to see where, and check the files that the data set reads."
        self._skipping = Skipping(name, len(chosen), remedy)
        self.name = name
        self.total: int | None = len(chosen)
        self.samples: Int[np.ndarray, " images"] | None = self._order
        self.class_names = class_names
        self.skipped: list[str] = self._skipping.listed
        self.warnings: list[str] = []
        if not self.total:
            message = f"The data set {name} is empty."
            raise DataError(message, "Give one with at least one image.")
        with random_state_kept():
            self._converter = Converter(preprocess, find_normalise(data), self._look())
        self.preprocessing = self._converter.describe()

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield batches in the data set's order, leaving out the first ``start`` that hold any readable sample.

        A data set that says by its ``targets`` that it is sorted by class is read class by class in turn.

        Raises:
            DataError: When images differ in size after preprocessing, or none can be read.

        """
        parts = portions(self._order, self._batch_size)
        return self._skipping.batches(parts, start, is_readable=self._is_readable, read=self._batches)

    def select(self, samples: Int[np.ndarray, " images"]) -> Iterator[Batch]:
        """Yield these samples, reading no others."""
        return self._batches(portions(samples, self._batch_size))

    def picture(self, sample: int) -> Picture:
        """Fetch the sample again and return it as a person should see it.

        Raises:
            DataError: When it cannot be read any more.

        """
        loaded = self._fetch([sample])[0]
        if isinstance(loaded, str):
            message = f"Sample {sample} of {self.name} could be read before and cannot now ({loaded})."
            raise DataError(message, "Check that the data is still in place.")
        return self._converter.picture(loaded.image)

    def example(self) -> Example:
        """Return the first sample that can be read, and what is done to images.

        Raises:
            DataError: None can be read.

        """
        with random_state_kept():
            found = next(
                (each for index in self._order if not isinstance(each := self._fetch([int(index)])[0], str)), None
            )
        if found is None:
            raise DataError(f"No sample of {self.name} can be read any more.", "Check that the data is still in place.")
        return self._converter.example(found.image, self._transform)

    def _is_readable(self, sample: int) -> bool:
        return not isinstance(self._fetch([sample])[0], str)

    def _batches(self, parts: list[list[int]]) -> Iterator[Batch]:
        for part, items in zip(parts, self._loaded(parts), strict=True):
            kept = self._skipping.readable(part, items, "sample {}".format)
            if kept:
                yield self._converter.batch([index for index, _ in kept], [sample for _, sample in kept])

    def _loaded(self, parts: list[list[int]]) -> Iterable[list[Loaded]]:
        if not self._workers:
            return map(self._fetch, parts)
        plan = cast("Dataset[list[Loaded]]", _Plan(self._fetch, parts))
        return DataLoader(plan, batch_size=None, shuffle=False, num_workers=self._workers, collate_fn=_unchanged)

    def _look(self) -> list[ImageItem]:
        step = max(1, len(self._order) // _LOOKED_AT)
        some: list[ImageItem] = []
        for index in self._order[::step][:_LOOKED_AT]:
            loaded = self._fetch([int(index)])[0]
            if isinstance(loaded, str):
                continue
            some.append(loaded.image)
            if len(some) <= _TWICE and not self.warnings:
                again = self._fetch([int(index)])[0]
                if isinstance(again, str) or not _same(loaded.image, again.image):
                    self.warnings.append(
                        f"Sample {int(index)} of {self.name} differs each time it is read: a random transform is at "
                        "work, so patches may not show what the model saw. Use the transforms of evaluation."
                    )
        return some


class _Fetch:
    """Reads samples by index; a class, so that reading processes can receive it."""

    def __init__(self, data: Items, loading: Loading) -> None:
        self._data = data
        self._collate = loading.collate
        self._image = loading.image

    def __call__(self, indices: list[int]) -> list[Loaded]:
        items = [self._item(index) for index in indices]
        if self._collate is None or any(isinstance(item, _Fault) for item in items):
            return [self._loaded(item, f"Sample {index}") for index, item in zip(indices, items, strict=True)]
        found = to_samples(self._collated(items), "A batch", self._image)
        if len(found) != len(indices):
            message = f"A batch of {len(indices)} samples gives {len(found)} images."
            raise DataError(message, "Let the collate function return one image per sample.")
        return list(found)

    def _collated(self, items: list[object]) -> object:
        try:
            return self._collate(items) if self._collate is not None else items
        except Exception as problem:
            message = f"The collate function failed with {type(problem).__name__}: {problem}"
            raise DataError(message, "Call it in Python on a list of samples to see where.") from problem

    def _item(self, index: int) -> object:
        try:
            return self._data[index]
        except (DataError, MemoryError):
            raise
        except (OSError, SyntaxError) as problem:  # what Pillow raises for files that are missing or cut off
            return _Fault(str(problem).partition("\n")[0] or type(problem).__name__)
        except Exception as problem:  # noqa: BLE001 - the user's own code may raise anything for a single odd sample
            return _Fault(f"{type(problem).__name__}: {problem}".partition("\n")[0])

    def _loaded(self, item: object, where: str) -> Loaded:
        return str(item) if isinstance(item, _Fault) else to_sample(item, where, self._image)


class _Fault(str):
    """Why a sample cannot be read; a type of its own, since a sample may be anything."""

    __slots__ = ()


class _Plan:
    """The batches to read as a data set of lists, for reading processes."""

    def __init__(self, fetch: _Fetch, parts: list[list[int]]) -> None:
        self._fetch = fetch
        self._parts = parts

    def __len__(self) -> int:
        return len(self._parts)

    def __getitem__(self, index: int) -> list[Loaded]:
        return self._fetch(self._parts[index])


def _unchanged(items: list[Loaded]) -> list[Loaded]:
    return items


def _known_labels(data: object) -> Int[np.ndarray, " samples"]:
    """Return the labels that a data set tells by ``targets``, as torchvision's do; else equal ones."""
    length = len(cast("Items", data))
    told = cast("object", getattr(data, "targets", None))
    if isinstance(told, (list, tuple, np.ndarray, torch.Tensor)):
        values = np.asarray(cast("list[object]", told))
        if values.shape == (length,) and values.dtype.kind in "iu":
            return values.astype(np.int64)
    return np.zeros(length, np.int64)


def _same(first: ImageItem, second: ImageItem) -> bool:
    if isinstance(first, Image.Image) or isinstance(second, Image.Image):
        return np.array_equal(np.asarray(first), np.asarray(second))
    return first.shape == second.shape and torch.equal(torch.nan_to_num(first), torch.nan_to_num(second))
