"""The k images on which each neuron fires most: one sortable number per entry, so that merging is exact.

An entry's *key* holds the value in its high 32 bits and the complement of the sample id in its low 32 bits: a larger
key is a larger value, or the same value in an image of lower id. Keys of distinct images differ, so the k largest are
the same in whatever order and portions the images came.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped

EMPTY = np.iinfo(np.int64).min
"""Key of a place that no image has taken."""
SAMPLES = 1 << 32
"""Sample ids must be below this: a key has 32 bits for them."""


def pack(values: Float[np.ndarray, "*places"], samples: Int[np.ndarray, "*samples"]) -> Int[np.ndarray, "*places"]:
    """Return the keys of these values (float32) in these images; broadcasts."""
    bits = (values.astype(np.float32) + np.float32(0)).view(np.int32)  # adding 0 makes -0.0 equal to 0.0
    ordered = (bits ^ ((bits >> 31) & 0x7FFFFFFF)).astype(np.int64)
    return (ordered << 32) | (SAMPLES - 1 - samples.astype(np.int64))


def pack_tensor(
    values: Float[torch.Tensor, "images neurons"], samples: Int[torch.Tensor, " images"]
) -> Int[torch.Tensor, "images neurons"]:
    """Return `pack` on a device; values that are not finite give `EMPTY`."""
    values = values.float() + 0.0
    bits = values.view(torch.int32)
    ordered = (bits ^ ((bits >> 31) & 0x7FFFFFFF)).long()
    keys = (ordered << 32) | (SAMPLES - 1 - samples)[:, None]
    return torch.where(torch.isfinite(values), keys, EMPTY)


def values_of(keys: Int[np.ndarray, "*places"]) -> Float[np.ndarray, "*places"]:
    """Return the values in these keys; -inf for empty places."""
    ordered = (keys >> 32).astype(np.int32)
    bits = ordered ^ ((ordered >> 31) & 0x7FFFFFFF)
    return np.where(keys == EMPTY, np.float32(-np.inf), bits.astype(np.int32).view(np.float32))


def samples_of(keys: Int[np.ndarray, "*places"]) -> Int[np.ndarray, "*places"]:
    """Return the sample ids in these keys; -1 for empty places."""
    return np.where(keys == EMPTY, np.int64(-1), SAMPLES - 1 - (keys & (SAMPLES - 1)))


@dataclass(frozen=True, eq=False)
class Top:
    """The best k entries of each neuron, best first."""

    keys: Int[np.ndarray, "neurons k"]
    places: Int[np.ndarray, "neurons k"]
    """Row (high 32 bits) and column (low 32 bits) of the maximum in the neuron's map."""

    @staticmethod
    def empty(neurons: int, k: int) -> "Top":
        """Return k free places per neuron."""
        return Top(np.full((neurons, k), EMPTY, np.int64), np.zeros((neurons, k), np.int64))

    def insert(
        self,
        neurons: Int[np.ndarray, " entries"],
        keys: Int[np.ndarray, " entries"],
        places: Int[np.ndarray, " entries"],
    ) -> None:
        """Let these entries compete for places, in place; one image comes at most once per neuron."""
        enter = keys > self.keys[neurons, -1]
        neurons, keys, places = neurons[enter], keys[enter], places[enter]
        if not len(neurons):
            return
        # One row per neuron with all that compete there: many short rows sort faster than one long list.
        order = np.argsort(neurons, kind="stable")
        neurons, keys, places = neurons[order], keys[order], places[order]
        first = np.flatnonzero(np.diff(neurons, prepend=-1))
        sizes = np.diff(first, append=len(neurons))
        touched, k = neurons[first], self.keys.shape[1]
        row, rank = np.repeat(np.arange(len(touched)), sizes), np.arange(len(neurons)) - np.repeat(first, sizes)
        rivals = Top.empty(len(touched), k + int(sizes.max()))
        rivals.keys[:, :k], rivals.places[:, :k] = self.keys[touched], self.places[touched]
        rivals.keys[row, k + rank], rivals.places[row, k + rank] = keys, places
        best = np.argsort(~rivals.keys, axis=1)[:, :k]  # ~ turns the order round without overflow
        self.keys[touched] = _take(rivals.keys, best)
        self.places[touched] = _take(rivals.places, best)


def merge_top(first: Top, second: Top) -> Top:
    """Return the best of both; commutative and associative to the last bit."""
    keys = np.concatenate([first.keys, second.keys], axis=1)
    places = np.concatenate([first.places, second.places], axis=1)
    order = np.argsort(~keys, axis=1, kind="stable")[:, : first.keys.shape[1]]
    return Top(_take(keys, order), _take(places, order))


def _take(
    array: Shaped[np.ndarray, "neurons entries"], order: Int[np.ndarray, "neurons k"]
) -> Shaped[np.ndarray, "neurons k"]:
    return np.take_along_axis(array, order, axis=1)
