"""Each map's maximum, and where it first lies.

Maxima are wanted of all maps, places of the few that enter a top-k. Where channels lie innermost in memory the values
of one map are far apart, and reading it again brings its neighbours along. The maxima of a few runs of positions, which
come on the way to those of whole maps, tell in which run to look.
"""

from collections.abc import Callable
from math import gcd

import numpy as np
import torch
from jaxtyping import Float, Int

Map = Float[torch.Tensor, "images neurons positions"]
Block = Float[torch.Tensor, "images neurons"]
Entry = Int[np.ndarray, " entries"]

STRIPES = 8
"""Runs of as many positions each that a map is cut into; what is left over is one more."""
LARGE_IMAGE = 1 << 16
"""Values of an image's maps from which they are cut: of smaller ones little is read again."""
LANES = 32
"""Values side by side that PyTorch compares at once on a CPU where channels lie innermost; what is left over of a
row takes about forty times as long per value."""
LOOKUP_BYTES = 1 << 17
LONG_ROW = 1 << 13


class Stripes:
    """The way to the maxima of maps of one shape, and to their places.

    Args:
        neurons: Channels of the maps.
        positions: Positions of the maps.
        memory: Gives room for the stripes' maxima, of a shape [stripes, neurons] for every image.

    """

    @staticmethod
    def suit(values: Map) -> bool:
        """Whether these maps are large, on a CPU, in single precision, and lie position by position."""
        _, neurons, positions = values.shape
        large = neurons * positions >= LARGE_IMAGE and positions >= STRIPES * _beside(neurons)
        return large and _innermost(values) and values.dtype == torch.float32

    def __init__(self, neurons: int, positions: int, memory: Callable[[int, int], torch.Tensor]) -> None:
        self._beside = _beside(neurons)
        self._length = positions // (STRIPES * self._beside) * self._beside
        self._cut = STRIPES * self._length
        self._rest = self._cut < positions
        self._maxima: Float[torch.Tensor, "images stripes neurons"] = memory(STRIPES + self._rest, neurons)

    def highest(self, values: Map, images: slice, out: Block) -> None:
        """Write the maxima of maps, those of ``images``; NaN where there is one."""
        rows, maxima = values.transpose(1, 2), self._maxima[images]
        shape = (STRIPES, self._length // self._beside, self._beside)
        best = rows[:, : self._cut].unflatten(1, shape).flatten(3).amax(2)
        maxima[:, :STRIPES] = _folded(best, values.shape[1])
        if self._rest:
            torch.amax(rows[:, self._cut :], 1, out=maxima[:, STRIPES])
        torch.amax(maxima, 1, out=out)

    def places(
        self, values: Map, part: slice, images: Entry, neurons: Entry, highest: Float[np.ndarray, " entries"]
    ) -> Entry:
        """Return where maps first reach their maxima.

        Args:
            values: The maps of a part of the images, whose maxima were just found.
            part: That part.
            images: Rows of ``values``.
            neurons: Their channels.
            highest: Their maxima, none of them NaN.

        """
        maxima = self._maxima[part].numpy()
        stripes = (maxima[images, :, neurons] >= highest[:, None]).argmax(1)
        rows = values.transpose(1, 2).numpy()
        cut = rows[:, : self._cut].reshape(len(rows), STRIPES, self._length, -1)
        left = stripes == STRIPES
        if not self._rest or not left.any():
            return stripes * self._length + _first_in(cut, images, stripes, neurons)
        places = stripes * self._length
        places[left] += _first_in(rows[:, None, self._cut :], images[left], 0 * stripes[left], neurons[left])
        within = ~left
        places[within] += _first_in(cut, images[within], stripes[within], neurons[within])
        return places


def _first_in(
    runs: Float[np.ndarray, "images runs positions neurons"], images: Entry, which: Entry, neurons: Entry
) -> Entry:
    return _first_of_rows(lambda some: runs[images[some], which[some], :, neurons[some]], len(images), runs.shape[2])


def highest(values: Map, out: Block) -> None:
    """Write each map's maximum; NaN where there is one."""
    neurons, positions = values.shape[1:]
    beside = _beside(neurons)
    if beside == 1 or positions < 2 * beside or not _innermost(values):
        torch.amax(values, 2, out=out)
        return
    # As in stripes. A maximum does not mind that the last positions are looked at twice.
    rows = values.transpose(1, 2)
    whole = rows[:, : positions // beside * beside].unflatten(1, (-1, beside)).flatten(2).amax(1)
    out.copy_(_folded(torch.maximum(whole, rows[:, -beside:].flatten(1)), neurons))


def _beside(neurons: int) -> int:
    """Return of how many positions to compare the channels at once, so that they fill the lanes."""
    return LANES // gcd(neurons, LANES)


def _folded(best: torch.Tensor, neurons: int) -> torch.Tensor:
    """Return the maxima of values of the same neuron side by side; their number is a power of two."""
    while best.shape[-1] > neurons:
        best = torch.maximum(*best.tensor_split(2, dim=-1))
    return best


def _innermost(values: Map) -> bool:
    return values.stride()[1:] == (1, values.shape[1]) and values.device.type == "cpu"


def first_maximum(values: Map, images: Entry, neurons: Entry) -> Entry:
    """Return the position of each map's maximum; of equal ones the first. Works on a bounded copy at a time."""
    if values.shape[2] == 1:
        return np.zeros(len(images), np.int64)
    if values.dtype not in (torch.float32, torch.float64):
        picked = values[torch.from_numpy(images), torch.from_numpy(neurons)]
        return picked.float().numpy().argmax(axis=1)
    if values.stride(2) == 1 and values.shape[2] * values.element_size() >= LONG_ROW:
        # Long rows are looked at where they are; gathering short ones saves calls.
        maps = values.numpy()
        return np.array([maps[place].argmax() for place in zip(images.tolist(), neurons.tolist(), strict=True)])
    if values.is_contiguous():
        rows, picked = values.reshape(-1, values.shape[2]).numpy(), images * values.shape[1] + neurons
        return _first_of_rows(lambda chosen: rows.take(picked[chosen], axis=0), len(images), values.shape[2])
    maps = values.numpy()
    return _first_of_rows(lambda chosen: maps[images[chosen], neurons[chosen]], len(images), values.shape[2])


def _first_of_rows(gather: Callable[[slice], np.ndarray], count: int, length: int) -> Entry:
    """Return the first maximum of each of these rows; a bounded number at a time, so that they stay in the cache."""
    step = max(1, LOOKUP_BYTES // (4 * length))
    if count <= step:
        return gather(slice(None)).argmax(axis=1)
    found = [gather(slice(start, start + step)).argmax(axis=1) for start in range(0, count, step)]
    return np.concatenate(found)
