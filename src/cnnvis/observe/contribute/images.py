"""The inputs of chosen images, read anew."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int

from cnnvis.observe.inputs.source import Batch, ImageSource


def chosen_batches(source: ImageSource, samples: Int[np.ndarray, " images"], size: int) -> Iterator[Batch]:
    """Yield the images of these sample ids in batches of at most ``size``, reading no others where that is possible."""
    waiting: Batch | None = None
    for part in source.select(samples):
        if waiting is not None and not waiting.inputs.fits(part.inputs):
            yield waiting
            waiting = None
        waiting = part if waiting is None else waiting.followed_by(part)
        while len(waiting.samples) >= size:
            yield waiting.take(slice(None, size))
            waiting = waiting.take(slice(size, None))
    if waiting is not None and len(waiting.samples):
        yield waiting
