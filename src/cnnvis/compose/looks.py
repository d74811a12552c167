"""What the patches of a layer and the images of a run look like, measured once and kept: titles are made from it."""

import io
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt8
from PIL import Image

from cnnvis.analysis.describe import IMAGE, PATCH, WORDS, image_qualities, patch_words
from cnnvis.compose.cache import DerivedCache
from cnnvis.compose.patches import Patch, PatchFinder
from cnnvis.store.pictures import to_array, to_image
from cnnvis.store.reader import Run

MOST_IMAGES = 400
MOST_PATCHES = 6000
"""Patches of a layer that are looked at: of each neuron's best nine, three at least."""
FEWEST, NINE = 3, 9
CHUNK = 1000
"""Patches measured at a time: some twenty megabytes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageLooks:
    """The qualities of some probe images."""

    rows: Int[np.ndarray, " images"]
    """Their places in the probe set."""
    qualities: Float[np.ndarray, "images qualities"]


class Looks:
    """Words for the patches and images of a run.

    Args:
        run: The run.
        cache: Where to keep them; None: in memory.

    """

    def __init__(self, run: Run, cache: DerivedCache | None = None) -> None:
        self._run = run
        self._cache = cache
        self._images: ImageLooks | None = None
        self._lock = threading.Lock()

    def patches(self, unit: str) -> Float[np.ndarray, "neurons words"]:
        """Return for each neuron of a layer the share of its best patches that each word fits; NaN without patches."""
        return _array(self._kept(f"patch words {unit}", lambda: _bytes(patch_shares(self._run, unit))))

    def images(self) -> ImageLooks:
        """Return the qualities of those probe images whose pictures were kept, of 400 at most."""
        with self._lock:
            if self._images is None:
                rows = _chosen(self._run)
                kept = self._kept("image qualities", lambda: _bytes(self._measured(rows)))
                self._images = ImageLooks(rows=rows, qualities=_array(kept).astype(np.float64))
            return self._images

    def _measured(self, rows: Int[np.ndarray, " images"]) -> Float[np.ndarray, "images qualities"]:
        pictures, samples = self._run.pictures, self._run.statistics.probe().samples
        brought = [_brought(pictures.pixels(int(samples[row])), IMAGE) for row in rows]
        images = np.stack(brought) if brought else np.zeros((0, IMAGE, IMAGE, 3), np.uint8)
        return image_qualities(images).astype(np.float32)

    def _kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        return make() if self._cache is None else self._cache.get(name, make)


def patch_shares(run: Run, unit: str) -> Float[np.ndarray, "neurons words"]:
    """Return for each neuron of a layer the share of its best patches that each word fits; NaN without patches."""
    finder, statistics = PatchFinder(run, unit), run.statistics.unit(unit)
    neurons = len(statistics.mean)
    most = min(NINE, max(FEWEST, MOST_PATCHES // max(neurons, 1)))
    wanted: defaultdict[int, list[tuple[int, Patch]]] = defaultdict(list)
    for neuron in range(neurons):
        for _, patch in finder.stored(statistics, neuron)[:most]:
            wanted[patch.sample].append((neuron, patch))
    counts, total = np.zeros((neurons, len(WORDS)), np.float32), np.zeros((neurons, 1), np.float32)
    owners: list[int] = []
    brought: list[UInt8[np.ndarray, "24 24 3"]] = []

    def count() -> None:
        np.add.at(counts, owners, patch_words(np.stack(brought)).astype(np.float32))
        np.add.at(total, owners, 1.0)
        owners.clear()
        brought.clear()

    # Image by image: each is decoded once.
    for sample in sorted(wanted):
        picture = to_image(run.pictures.pixels(sample)).convert("RGB")
        for neuron, patch in wanted[sample]:
            owners.append(neuron)
            brought.append(_resized(picture, patch.pixel_box(picture.height, picture.width), PATCH))
        if len(owners) >= CHUNK:
            count()
    if owners:
        count()
    return np.divide(counts, total, out=np.full_like(counts, np.nan), where=total > 0)


def _chosen(run: Run) -> Int[np.ndarray, " images"]:
    """Return evenly spread places of the probe set whose pictures were kept."""
    samples = run.statistics.probe().samples
    kept = np.flatnonzero([int(sample) in run.pictures for sample in samples])
    if len(kept) <= MOST_IMAGES:
        return kept
    return kept[np.linspace(0, len(kept) - 1, MOST_IMAGES).round().astype(np.int64)]


def _brought(pixels: UInt8[np.ndarray, "height width channels"], side: int) -> UInt8[np.ndarray, "side side 3"]:
    picture = to_image(pixels).convert("RGB")
    return _resized(picture, (0, 0, picture.width, picture.height), side)


def _resized(picture: Image.Image, box: tuple[int, int, int, int], side: int) -> UInt8[np.ndarray, "side side 3"]:
    # Cut out first: what lies around the box does not count.
    return to_array(picture.crop(box).resize((side, side), Image.Resampling.BILINEAR))


def _bytes(values: Float[np.ndarray, "rows columns"]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values.astype(np.float16), allow_pickle=False)
    return buffer.getvalue()


def _array(data: bytes) -> Float[np.ndarray, "rows columns"]:
    return np.load(io.BytesIO(data), allow_pickle=False).astype(np.float32)
