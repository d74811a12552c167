"""In which order data are read: class by class in turn where they come sorted, so that any first part is a fair one."""

from typing import cast

import numpy as np
from jaxtyping import Int

_RUNS_PER_CLASS, _IMAGES_PER_RUN = 2, 4
"""Data count as sorted by class with at most so many unbroken rows of equal labels per class, at least so long."""


def reading_order(labels: Int[np.ndarray, " images"]) -> Int[np.ndarray, " images"]:
    """Return the order in which to read images with these labels (-1: unknown): their own, unless sorted by class.

    A pass that is stopped early has then seen all classes alike, and so have the first few batches.
    """
    classes = len(np.unique(labels))
    runs = 1 + int((np.diff(labels) != 0).sum())
    if classes < 2 or runs > _RUNS_PER_CLASS * classes or len(labels) < _IMAGES_PER_RUN * runs:
        return np.arange(len(labels), dtype=np.int64)
    return interleaved(labels)


def interleaved(labels: Int[np.ndarray, " images"]) -> Int[np.ndarray, " images"]:
    """Return an order in which each class is spread evenly over the whole; within a class the order stays."""
    grouped = np.argsort(labels, kind="stable")
    ordered = labels[grouped]
    starts = np.searchsorted(ordered, ordered, side="left")
    sizes = np.searchsorted(ordered, ordered, side="right") - starts
    place = (np.arange(len(labels)) - starts + 0.5) / sizes
    return grouped[np.lexsort((ordered, place))]


def portions(samples: Int[np.ndarray, " images"], size: int) -> list[list[int]]:
    """Return the sample ids in lists of at most ``size``."""
    order = cast("list[int]", samples.tolist())
    return [order[first : first + size] for first in range(0, len(order), size)]
