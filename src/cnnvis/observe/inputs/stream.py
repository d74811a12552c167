"""Data that can only be run through: an iterable data set, or a loader of one."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import cast, final

import numpy as np

from cnnvis.observe.inputs.converter import Converter
from cnnvis.observe.inputs.items import ImageItem, as_image, as_images, as_label, split_item
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.source import Batch, Picture
from cnnvis.observe.inputs.values import find_normalise
from cnnvis.schema.errors import DataError

_LOOKED_AT = 32


@final
class StreamSource:
    """Images in the order in which they come; sample id: running number. Only the latest batch's pictures are kept."""

    rereadable = False

    def __init__(
        self,
        data: Iterable[object],
        *,
        name: str,
        preprocess: Preprocess,
        batch_size: int = 64,
        limit: int | None = None,
        class_names: tuple[str, ...] | None = None,
        batched: bool = False,
    ) -> None:
        """Take an iterable that begins anew each time it is iterated.

        Args:
            data: Samples, or whole batches when ``batched``.
            name: What to call it.
            preprocess: What is done to PIL images and bytes; floating-point tensors outside 0-1 are taken as ready.
            batch_size: Samples per batch; batches that come ready keep their size.
            limit: Number of images to read.
            class_names: Names of the classes in label order.
            batched: Whether the iterable gives batches.

        Raises:
            DataError: When it is empty, can be read only once, or does not give images.

        """
        if iter(data) is data:
            message = f"The data {name} is an iterator, which can be read only once."
            raise DataError(message, "Give the data set or the DataLoader itself.")
        self._data = data
        self._batched = batched
        self._batch_size = batch_size
        self._limit = limit
        self._latest: dict[int, ImageItem] = {}
        self.name = name
        self.total = _length(data, batched, limit)
        self.class_names = class_names
        self.skipped: list[str] = []
        self.warnings: list[str] = []
        some = [image for image, _ in islice(self._samples(), _LOOKED_AT)]
        if not some:
            message = f"The data {name} gives no images."
            raise DataError(message, "Give data with at least one image.")
        self._converter = Converter(preprocess, find_normalise(data), some)
        self.preprocessing = self._converter.describe()

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield batches as they come, leaving out the first ``start``."""
        first = 0
        for number, part in enumerate(self._parts()):
            if number >= start:
                samples = np.arange(first, first + len(part), dtype=np.int64)
                images = [image for image, _ in part]
                self._latest = dict(zip(samples.tolist(), images, strict=True))
                names = [f"sample {sample}" for sample in samples]
                labels = np.array([label for _, label in part], dtype=np.int64)
                yield Batch(inputs=self._converter.inputs(images, names), labels=labels, samples=samples)
            first += len(part)

    def picture(self, sample: int) -> Picture:
        """Return an image of the latest batch.

        Raises:
            DataError: When the sample is not in the latest batch.

        """
        if sample not in self._latest:
            message = (
                f"Sample {sample} of the stream {self.name} has gone by; only the latest batch's pictures are kept."
            )
            raise DataError(message, "Give a map-style data set to read pictures at any time.")
        return self._converter.picture(self._latest[sample])

    def _parts(self) -> Iterator[list[tuple[ImageItem, int]]]:
        if not self._batched:
            samples = islice(self._samples(), self._limit)
            while part := list(islice(samples, self._batch_size)):
                yield part
            return
        left = self._limit
        for batch in self._data:
            part = _split_batch(batch)[:left]
            if left is not None:
                left -= len(part)
            if part:
                yield part
            if left == 0:
                return

    def _samples(self) -> Iterator[tuple[ImageItem, int]]:
        for number, item in enumerate(self._data):
            if self._batched:
                yield from _split_batch(item)
                continue
            image, label = split_item(item, f"Sample {number}")
            yield as_image(image, f"Sample {number}"), as_label(label, f"Sample {number}")


def _split_batch(batch: object) -> list[tuple[ImageItem, int]]:
    images, labels = split_item(batch, "A batch")
    found = as_images(images, "A batch")
    each = cast("Sequence[object]", [None] * len(found) if labels is None else labels)
    if len(each) != len(found):
        message = f"A batch has {len(found)} images and {len(each)} labels."
        raise DataError(message, "Let each batch hold one label per image.")
    return [(image, as_label(label, "A batch")) for image, label in zip(found, each, strict=True)]


def _length(data: Iterable[object], batched: bool, limit: int | None) -> int | None:
    if batched:
        return None  # a loader's length counts batches, the last of which may be smaller
    try:
        length = len(data)  # pyright: ignore[reportArgumentType] - an iterable data set may have a length
    except (TypeError, NotImplementedError):
        return None
    return length if limit is None else min(limit, length)
