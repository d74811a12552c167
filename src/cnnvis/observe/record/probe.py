"""The images that snapshots are taken on: handed over, or kept from the first training batches."""

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import cast

import numpy as np
import torch
from jaxtyping import Int

from cnnvis.observe.collect.probe import sample_hash
from cnnvis.observe.inputs import ClassList, DataOptions, ImageSource, Preprocess, from_dataset
from cnnvis.observe.inputs.arrays import to_labels
from cnnvis.observe.inputs.randomness import random_state_kept
from cnnvis.observe.inputs.source import Batch, scan
from cnnvis.observe.record.images import Fingerprints
from cnnvis.schema.run import DataFacts
from cnnvis.store.pictures import StoredPicture

MOST_IMAGES = 2000
BATCH = 64
FEW = 128
"""About so many images are enough for a snapshot that must cost little."""
SAVING = 0.75
"""Share of all images up to which fewer are worth it."""


class ProbeImages:
    """The probe set of a recording.

    Args:
        data: (images, labels) as arrays, or anything else that `cnnvis.analyze` takes; or a source of images, all of
            which are taken.
        class_names: Names of the classes, by label; the data's own when not given.
        preprocess: What is done to 8-bit images before the model sees them.
        name: What to call the data.

    Raises:
        DataError: The data are empty or hold no images.

    """

    def __init__(
        self,
        data: object,
        *,
        class_names: Sequence[str] | None = None,
        preprocess: Preprocess | None = None,
        name: str = "probe images",
    ) -> None:
        self.source: ImageSource
        if isinstance(data, ImageSource):
            self.source = data
        else:
            classes = ClassList(tuple(class_names)) if class_names is not None else None
            options = DataOptions(batch_size=BATCH, limit=MOST_IMAGES, classes=classes)
            with random_state_kept():
                self.source = from_dataset(_chosen(data), preprocess=preprocess, options=options, name=name)
        self.class_names = self.source.class_names
        self.labels: Int[np.ndarray, " images"]
        self.fingerprints = Fingerprints()
        self.few: ImageSource
        """Some of the images, spread over all, for snapshots that must cost little; all where there are few."""
        self.inputs: torch.Tensor
        """The same as the model takes them."""
        self.mean: list[float] = []
        self.std: list[float] = []
        with random_state_kept():  # a data set may transform its images at random
            self._look()

    @property
    def share(self) -> float:
        """Share of the images that `few` holds."""
        return len(self.inputs) / max(1, len(self.samples))

    def facts(self) -> DataFacts:
        """Return what the run's front page says of the data."""
        return DataFacts(
            name=self.source.name,
            images=len(self.labels),
            labelled=bool((self.labels >= 0).any()),
            preprocessing=self.source.preprocessing,
            skipped=tuple(self.source.skipped),
        )

    def pictures(self) -> Iterator[StoredPicture]:
        """Yield every image as a person should see it."""
        for sample, label in zip(self.samples.tolist(), self.labels.tolist(), strict=True):
            with random_state_kept():
                picture = self.source.picture(sample)
            yield StoredPicture(
                sample=sample,
                pixels=picture.pixels,
                left=picture.left,
                top=picture.top,
                scale_x=picture.scale_x,
                scale_y=picture.scale_y,
                label=label,
                predicted=-1,
            )

    def _look(self) -> None:
        samples: list[Int[np.ndarray, " images"]] = []
        labels: list[Int[np.ndarray, " images"]] = []
        some: list[Batch] = []
        share = FEW / max(1, self.source.total or MOST_IMAGES)
        for batch in self.source.batches():
            samples.append(batch.samples)
            labels.append(batch.labels)
            self.fingerprints.add(batch.inputs.image)
            # By hash, so that no order of the images makes a difference.
            some.append(batch.take(np.flatnonzero(sample_hash(batch.samples) / 2.0**64 < share)))
        self.samples = np.concatenate(samples) if samples else np.zeros(0, np.int64)
        self.labels = np.concatenate(labels) if labels else np.zeros(0, np.int64)
        few = _Some(self.source, some)
        self.few = few if 0 < (few.total or 0) < SAVING * len(self.samples) else self.source
        self.inputs = torch.cat([batch.inputs.image for batch in self.few.batches()])
        channels = self.inputs.float().movedim(1, 0).flatten(1)
        self.mean, self.std = channels.mean(1).tolist(), channels.std(1, correction=0).tolist()


class _Some:
    """Some images of a source, kept in memory as the model takes them."""

    def __init__(self, source: ImageSource, kept: list[Batch]) -> None:
        self._kept = reduce(Batch.followed_by, kept)
        self.name = source.name
        self.total: int | None = len(self._kept.samples)
        self.samples: Int[np.ndarray, " images"] | None = self._kept.samples
        self.class_names = source.class_names
        self.preprocessing = source.preprocessing
        self.skipped: list[str] = []
        self.warnings: list[str] = []
        self.rereadable = True
        self.picture = source.picture

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield them in their order."""
        for first in range(start * BATCH, len(self._kept.samples), BATCH):
            yield self._kept.take(slice(first, first + BATCH))

    def select(self, samples: Int[np.ndarray, " images"]) -> Iterator[Batch]:
        """Yield those of the images that are asked for."""
        return scan(self.batches(), samples)


def _chosen(data: object) -> object:
    """Return at most as many images as a probe set has, every class as evenly as can be, in their order."""
    if not isinstance(data, (tuple, list)):
        return data
    parts = cast("Sequence[object]", data)
    images = parts[0]
    if len(parts) != 2 or not isinstance(images, (np.ndarray, torch.Tensor)) or len(images) <= MOST_IMAGES:
        return data
    labels = to_labels(parts[1], len(images))
    rows = spread(labels, MOST_IMAGES)
    return images[torch.from_numpy(rows) if isinstance(images, torch.Tensor) else rows], labels[rows]


def spread(labels: Int[np.ndarray, " images"], most: int) -> Int[np.ndarray, " chosen"]:
    """Return which images to take: of each class those with the lowest hashes, as many of each as there is place."""
    order = np.lexsort((sample_hash(np.arange(len(labels))), labels))
    sorted_labels = labels[order]
    rank = np.arange(len(labels)) - np.searchsorted(sorted_labels, sorted_labels)
    return np.sort(order[np.lexsort((sorted_labels, rank))[:most]])
