"""Which pictures a run keeps, in which order: with maps, then of other best places, then of probe images."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int
from tqdm import tqdm

from cnnvis.compose.words import counted
from cnnvis.observe.collect import Collected
from cnnvis.observe.collect.probe import sample_hash
from cnnvis.schema.errors import DataError
from cnnvis.schema.maps import ActivationMaps
from cnnvis.schema.statistics import ProbeSet
from cnnvis.store.pictures import StoredPicture

PROBE_PICTURES = 500
"""Pictures of probe images at most, those answered wrongly first: a person looks at mistakes one by one, not at all."""


def stored_pictures(
    collected: Collected, maps: ActivationMaps | None = None, *, missing: list[str], progress: bool = False
) -> Iterator[StoredPicture]:
    """Yield the pictures that patches and maps need, the most needed first, and then some of the probe images.

    Args:
        collected: What the pass over the data found.
        maps: The activation maps.
        missing: Gets a sentence for each picture that cannot be had any more: the run is worth more than it.
        progress: Whether to show a progress bar.

    """
    outcomes = _outcomes(collected)
    samples = picture_order(collected.needed, maps).tolist()
    known = set(samples)
    samples += [sample for sample in probe_order(collected.statistics.probe).tolist() if sample not in known]
    for sample in tqdm(samples, desc="images", unit="image", disable=not progress, delay=2, leave=False):
        try:
            picture = collected.picture(sample)
        except DataError as error:
            if sample in known:  # nothing else counts on the others
                missing.append(error.message)
            continue
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


def missing_pictures(missing: list[str]) -> tuple[str, ...]:
    """Return one sentence about the pictures that could not be had; none without any."""
    if not missing:
        return ()
    return (f"{counted(len(missing), 'picture')} could not be read again and will not be shown; first: {missing[0]}",)


def picture_order(needed: Int[np.ndarray, " images"], maps: ActivationMaps | None) -> Int[np.ndarray, " pictures"]:
    """Return sample ids, each once: first those that a map is kept of, rising, then the others in their order."""
    first = np.zeros(0, np.int64) if maps is None else maps.samples
    return np.concatenate([first, needed[~np.isin(needed, first)]])


def probe_order(probe: ProbeSet) -> Int[np.ndarray, " pictures"]:
    """Return the probe images whose pictures are worth keeping: those answered wrongly first, then by their hash."""
    wrong = (probe.labels >= 0) & (probe.labels != probe.predictions)
    order = np.lexsort((probe.samples, sample_hash(probe.samples), ~wrong))
    return probe.samples[order[:PROBE_PICTURES]]


def _outcomes(collected: Collected) -> dict[int, tuple[int, int]]:
    """Return label and predicted label of the winning images and of the probe images."""
    probe = collected.statistics.probe
    pairs = zip(probe.labels.tolist(), probe.predictions.tolist(), strict=True)
    return dict(zip(probe.samples.tolist(), pairs, strict=True)) | dict(collected.outcomes)
