"""The images that snapshots are taken on: handed over, or kept from the first training batches."""

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import torch
from jaxtyping import Int

from cnnvis.observe.collect.probe import sample_hash
from cnnvis.observe.inputs import ClassList, DataOptions, ImageSource, Preprocess, from_dataset
from cnnvis.observe.inputs.arrays import to_labels
from cnnvis.observe.record.images import Fingerprints
from cnnvis.schema.run import DataFacts
from cnnvis.store.pictures import StoredPicture

MOST_IMAGES = 2000
BATCH = 64
_LOOKED_AT = 64


class ProbeImages:
    """The probe set of a recording.

    Args:
        data: (images, labels) as arrays, or anything else that `cnnvis.analyze` takes.
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
        classes = ClassList(tuple(class_names)) if class_names is not None else None
        options = DataOptions(batch_size=BATCH, limit=MOST_IMAGES, classes=classes)
        self.source: ImageSource = from_dataset(_chosen(data), preprocess=preprocess, options=options, name=name)
        self.class_names = self.source.class_names
        self.labels: Int[np.ndarray, " images"]
        self.inputs: torch.Tensor
        """Some of the images as the model takes them, spread over all."""
        self.mean: list[float] = []
        self.std: list[float] = []
        self._look()

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
        step = max(1, (self.source.total or MOST_IMAGES) // _LOOKED_AT)
        samples: list[Int[np.ndarray, " images"]] = []
        labels: list[Int[np.ndarray, " images"]] = []
        some: list[torch.Tensor] = []
        inputs: list[torch.Tensor] = []
        for batch in self.source.batches():
            samples.append(batch.samples)
            labels.append(batch.labels)
            inputs.append(batch.inputs.image)
            some.append(batch.inputs.image[torch.from_numpy(np.flatnonzero(batch.samples % step == 0))])
        self.samples = np.concatenate(samples) if samples else np.zeros(0, np.int64)
        self.labels = np.concatenate(labels) if labels else np.zeros(0, np.int64)
        self.inputs = torch.cat(some)[: 2 * _LOOKED_AT]
        self.fingerprints = Fingerprints(inputs)
        channels = self.inputs.float().movedim(1, 0).flatten(1)
        self.mean, self.std = channels.mean(1).tolist(), channels.std(1, correction=0).tolist()


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
