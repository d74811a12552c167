"""The inputs of chosen images, read anew in the order of the data."""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Int

from cnnvis.observe.inputs.source import Batch, ImageSource


def chosen_batches(source: ImageSource, samples: Int[np.ndarray, " images"], size: int) -> Iterator[Batch]:
    """Yield the images of these sample ids in batches of at most ``size``; stops reading after the last of them."""
    missing = len(samples)
    waiting: Batch | None = None
    for batch in source.batches():
        part = _part(batch, np.flatnonzero(np.isin(batch.samples, samples)))
        missing -= len(part.samples)
        if waiting is not None and waiting.inputs.shape[1:] != part.inputs.shape[1:]:
            yield waiting
            waiting = None
        waiting = part if waiting is None else _joined(waiting, part)
        while len(waiting.samples) >= size:
            yield _part(waiting, np.arange(size))
            waiting = _part(waiting, np.arange(size, len(waiting.samples)))
        if not missing:
            break
    if waiting is not None and len(waiting.samples):
        yield waiting


def _part(batch: Batch, places: Int[np.ndarray, " places"]) -> Batch:
    return Batch(
        inputs=batch.inputs[torch.from_numpy(places).to(batch.inputs.device)],
        labels=batch.labels[places],
        samples=batch.samples[places],
    )


def _joined(first: Batch, second: Batch) -> Batch:
    return Batch(
        inputs=torch.cat([first.inputs, second.inputs]),
        labels=np.concatenate([first.labels, second.labels]),
        samples=np.concatenate([first.samples, second.samples]),
    )
