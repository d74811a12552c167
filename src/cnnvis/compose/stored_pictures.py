"""Which pictures a run keeps, in which order: those with activation maps first, then those of other best places."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int
from tqdm import tqdm

from cnnvis.observe.collect import Collected
from cnnvis.schema.maps import ActivationMaps
from cnnvis.store.pictures import StoredPicture


def stored_pictures(
    collected: Collected, maps: ActivationMaps | None = None, *, progress: bool = False
) -> Iterator[StoredPicture]:
    """Yield the pictures that patches and maps need, the most needed first."""
    outcomes = _outcomes(collected)
    samples = picture_order(collected.needed, maps).tolist()
    for sample in tqdm(samples, desc="images", unit="image", disable=not progress, delay=2, leave=False):
        picture = collected.picture(sample)
        label, predicted = outcomes.get(sample, (-1, -1))
        yield StoredPicture(
            sample=sample,
            pixels=picture.pixels,
            left=picture.left,
            top=picture.top,
            scale_x=picture.scale_x,
            scale_y=picture.scale_y,
            label=label,
            predicted=predicted,
        )


def picture_order(needed: Int[np.ndarray, " images"], maps: ActivationMaps | None) -> Int[np.ndarray, " pictures"]:
    """Return sample ids, each once: first those that a map is kept of, rising, then the others in their order."""
    first = np.zeros(0, np.int64) if maps is None else maps.samples
    return np.concatenate([first, needed[~np.isin(needed, first)]])


def _outcomes(collected: Collected) -> dict[int, tuple[int, int]]:
    """Return label and predicted label of the winning images and of the probe images."""
    probe = collected.statistics.probe
    pairs = zip(probe.labels.tolist(), probe.predictions.tolist(), strict=True)
    return dict(zip(probe.samples.tolist(), pairs, strict=True)) | dict(collected.outcomes)
