"""Data that can only be run through: an iterable data set, or a loader of one."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import final

import numpy as np
from jaxtyping import Int

from cnnvis.observe.inputs.converter import Converter
from cnnvis.observe.inputs.items import ImageItem
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.sample import Sample, to_sample, to_samples
from cnnvis.observe.inputs.source import Batch, Picture, scan
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
        image: str | None = None,
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
            image: Which of several inputs is the image: a key or a position; None: by the usual keys, else by shape.

        Raises:
            DataError: When it is empty, can be read only once, or does not give images.

        """
        if iter(data) is data:
            message = f"The data {name} is an iterator, which can be read only once."
            raise DataError(message, "Give the data set or the DataLoader itself.")
        self._data = data
        self._batched = batched
        self._image = image
        self._batch_size = batch_size
        self._limit = limit
        self._latest: dict[int, ImageItem] = {}
        self.name = name
        self.total = _length(data, batched, limit)
        self.samples: Int[np.ndarray, " images"] | None = None
        self.class_names = class_names
        self.skipped: list[str] = []
        self.warnings: list[str] = []
        some = [sample.image for sample in islice(self._samples(), _LOOKED_AT)]
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
                numbers = range(first, first + len(part))
                self._latest = {number: sample.image for number, sample in zip(numbers, part, strict=True)}
                yield self._converter.batch(numbers, part)
            first += len(part)

    def select(self, samples: Int[np.ndarray, " images"]) -> Iterator[Batch]:
        """Yield these samples; the stream is run through up to the last of them."""
        return scan(self.batches(), samples)

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

    def _parts(self) -> Iterator[list[Sample]]:
        if not self._batched:
            samples = islice(self._samples(), self._limit)
            while part := list(islice(samples, self._batch_size)):
                yield part
            return
        left = self._limit
        for batch in self._data:
            part = to_samples(batch, "A batch", self._image)[:left]
            if left is not None:
                left -= len(part)
            if part:
                yield part
            if left == 0:
                return

    def _samples(self) -> Iterator[Sample]:
        for number, item in enumerate(self._data):
            if self._batched:
                yield from to_samples(item, "A batch", self._image)
            else:
                yield to_sample(item, f"Sample {number}", self._image)


def _length(data: Iterable[object], batched: bool, limit: int | None) -> int | None:
    if batched:
        return None  # a loader's length counts batches, the last of which may be smaller
    try:
        length = len(data)  # pyright: ignore[reportArgumentType] - an iterable data set may have a length
    except (TypeError, NotImplementedError):
        return None
    return length if limit is None else min(limit, length)
