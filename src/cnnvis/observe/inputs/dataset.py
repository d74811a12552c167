"""A map-style data set (anything with a length and numbered items), read in order and re-read at will."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, cast, final, runtime_checkable

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from cnnvis.observe.inputs.converter import Converter
from cnnvis.observe.inputs.items import ImageItem, as_image, as_images, as_label, split_item
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.randomness import random_state_kept
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


Loaded = tuple[ImageItem, int] | str
"""An image with its label, or the reason why it cannot be read."""


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
        collate: Callable[[list[object]], object] | None = None,
        workers: int = 0,
    ) -> None:
        """Look at a few samples, without moving the program's random numbers.

        Args:
            data: The data set.
            name: What to call it.
            preprocess: What is done to PIL images and bytes; floating-point tensors outside 0-1 are taken as ready.
            batch_size: Samples per batch.
            indices: Which samples to read; None: all.
            class_names: Names of the classes in label order.
            collate: The user's own way to make a batch of samples; None: stack.
            workers: Processes that read ahead.

        Raises:
            DataError: When the data set is empty or a sample is not an image.

        """
        self._fetch = _Fetch(data, collate)
        self._indices = np.array(range(len(data)) if indices is None else indices, dtype=np.int64)
        self._batch_size = batch_size
        self._workers = workers
        self._faults: set[int] = set()
        self.name = name
        self.total: int | None = len(self._indices)
        self.class_names = class_names
        self.skipped: list[str] = []
        self.warnings: list[str] = []
        if not self.total:
            message = f"The data set {name} is empty."
            raise DataError(message, "Give one with at least one image.")
        with random_state_kept():
            self._converter = Converter(preprocess, find_normalise(data), self._look())
        self.preprocessing = self._converter.describe()

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield batches in the data set's order, leaving out the first ``start`` that hold any readable sample.

        Raises:
            DataError: When images differ in size after preprocessing, or none can be read.

        """
        size = self._batch_size
        order = cast("list[int]", self._indices.tolist())
        parts = [order[first : first + size] for first in range(0, len(order), size)]
        at = 0
        while start and at < len(parts):
            start -= any(not isinstance(self._fetch([index])[0], str) for index in parts[at])
            at += 1
        given = at > 0
        for part, items in zip(parts[at:], self._loaded(parts[at:]), strict=True):
            kept = [(index, item) for index, item in zip(part, items, strict=True) if not isinstance(item, str)]
            self._note(part, items)
            if kept:
                given = True
                yield self._batch(kept)
        if not given:
            message = f"None of the {self.total} samples of {self.name} can be read ({self.skipped[0]})."
            raise DataError(message, "Check the files that the data set reads.")

    def picture(self, sample: int) -> Picture:
        """Fetch the sample again and return it as a person should see it.

        Raises:
            DataError: When it cannot be read any more.

        """
        loaded = self._fetch([sample])[0]
        if isinstance(loaded, str):
            message = f"Sample {sample} of {self.name} could be read before and cannot now ({loaded})."
            raise DataError(message, "Check that the data is still in place.")
        return self._converter.picture(loaded[0])

    def _batch(self, kept: list[tuple[int, tuple[ImageItem, int]]]) -> Batch:
        names = [f"sample {index}" for index, _ in kept]
        return Batch(
            inputs=self._converter.inputs([image for _, (image, _) in kept], names),
            labels=np.array([label for _, (_, label) in kept], dtype=np.int64),
            samples=np.array([index for index, _ in kept], dtype=np.int64),
        )

    def _loaded(self, parts: list[list[int]]) -> Iterable[list[Loaded]]:
        if not self._workers:
            return map(self._fetch, parts)
        plan = cast("Dataset[list[Loaded]]", _Plan(self._fetch, parts))
        return DataLoader(plan, batch_size=None, shuffle=False, num_workers=self._workers, collate_fn=_unchanged)

    def _look(self) -> list[ImageItem]:
        step = max(1, len(self._indices) // _LOOKED_AT)
        some: list[ImageItem] = []
        for index in self._indices[::step][:_LOOKED_AT]:
            loaded = self._fetch([int(index)])[0]
            if isinstance(loaded, str):
                continue
            some.append(loaded[0])
            if len(some) <= _TWICE and not self.warnings:
                again = self._fetch([int(index)])[0]
                if isinstance(again, str) or not _same(loaded[0], again[0]):
                    self.warnings.append(
                        f"Sample {int(index)} of {self.name} differs each time it is read: a random transform is at "
                        "work, so patches may not show what the model saw. Use the transforms of evaluation."
                    )
        return some

    def _note(self, part: list[int], items: Sequence[Loaded]) -> None:
        for index, item in zip(part, items, strict=True):
            if isinstance(item, str) and index not in self._faults:
                self._faults.add(index)
                self.skipped.append(f"sample {index}: {item}")


class _Fetch:
    """Reads samples by index; a class, so that reading processes can receive it."""

    def __init__(self, data: Items, collate: Callable[[list[object]], object] | None) -> None:
        self._data = data
        self._collate = collate

    def __call__(self, indices: list[int]) -> list[Loaded]:
        items = [self._item(index) for index in indices]
        if self._collate is None or any(isinstance(item, _Fault) for item in items):
            return [_loaded(item, f"Sample {index}") for index, item in zip(indices, items, strict=True)]
        images, labels = split_item(self._collate(items), "A batch")
        found = as_images(images, "A batch")
        if len(found) != len(indices):
            message = f"A batch of {len(indices)} samples gives {len(found)} images."
            raise DataError(message, "Let the collate function return one image per sample.")
        each = cast("Sequence[object]", [None] * len(found) if labels is None else labels)
        return [(image, as_label(label, "A batch")) for image, label in zip(found, each, strict=True)]

    def _item(self, index: int) -> object:
        try:
            return self._data[index]
        except (OSError, SyntaxError) as problem:  # what Pillow raises for files that are missing or cut off
            return _Fault(str(problem).partition("\n")[0] or type(problem).__name__)
        except DataError:
            raise
        except Exception as problem:
            message = f"Sample {index} of the data set cannot be read: {type(problem).__name__}: {problem}"
            raise DataError(message, "Call data[index] in Python to see where.") from problem


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


def _loaded(item: object, where: str) -> Loaded:
    if isinstance(item, _Fault):
        return str(item)
    image, label = split_item(item, where)
    return as_image(image, where), as_label(label, where)


def _same(first: ImageItem, second: ImageItem) -> bool:
    if isinstance(first, Image.Image) or isinstance(second, Image.Image):
        return np.array_equal(np.asarray(first), np.asarray(second))
    return first.shape == second.shape and torch.equal(torch.nan_to_num(first), torch.nan_to_num(second))
