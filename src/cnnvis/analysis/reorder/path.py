"""Orders in which alike rows are neighbours (design: reordering)."""

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.reorder.distances import distances
from cnnvis.analysis.reorder.exact import shortest_path
from cnnvis.analysis.reorder.greedy import greedy_path
from cnnvis.analysis.reorder.search import shorten

MOST_EXACT = 8
NEAREST = 8
LOOKS_PER_ROW = 14
LEAST_LOOKS = 600
FINENESS = 2**24
"""Distances are rounded to this fraction of the largest, so that what matters is the same on every machine."""


def path_order(
    rows: Float[np.ndarray, "rows features"], *, effort: float = 1.0, seed: int = 0
) -> Int[np.ndarray, " rows"]:
    """Return the rows in an order with a small sum of distances between neighbours.

    Exact up to eight rows; above it the shortest links first, then 2-opt and Or-opt on the eight nearest rows with
    shake-ups. Never longer than the order given; the end with the smaller index comes first.

    Args:
        rows: One row per neuron; a feature that is missing (NaN) in any row is left out.
        effort: How many shake-ups, in proportion; counted in steps, never in time. 0: the first search alone, in a
            tenth of the time, at one or two per cent more length.
        seed: For the shake-ups.

    Returns:
        Indices of the rows.

    """
    count = len(rows)
    if count < 3:
        return np.arange(count)
    apart = distances(rows)
    if count <= MOST_EXACT:
        path = shortest_path(apart)
    else:
        path = _searched(apart, looks=round(effort * max(LOOKS_PER_ROW * count, LEAST_LOOKS)), seed=seed)
    order = np.array(path if path[0] < path[-1] else path[::-1], dtype=np.int64)
    given = np.arange(count)
    return order if _length(apart, order) < _length(apart, given) else given


def path_length(rows: Float[np.ndarray, "rows features"], order: Int[np.ndarray, " rows"]) -> float:
    """Return the sum of distances between neighbours, over the features that are finite in every row."""
    values = np.asarray(rows, dtype=np.float64)
    values = values[:, np.isfinite(values).all(axis=0)]
    return float(np.linalg.norm(np.diff(values[order], axis=0), axis=1).sum())


def _searched(apart: Float[np.ndarray, "rows rows"], *, looks: int, seed: int) -> list[int]:
    whole = np.rint(apart * (FINENESS / max(float(apart.max()), 1e-300))).astype(np.int64)
    near = min(NEAREST, len(whole) - 1)
    others = whole.astype(np.int32)
    np.fill_diagonal(others, 2 * FINENESS)
    # Partition first, in half the bytes: sorting whole rows would take most of the time.
    nearest = np.argpartition(others, near - 1, axis=1)[:, :near]
    nearest.sort(axis=1)
    by_distance = np.argsort(np.take_along_axis(others, nearest, 1), axis=1, kind="stable")
    nearest = np.take_along_axis(nearest, by_distance, 1)
    return shorten(whole, nearest, greedy_path(whole, nearest), looks=looks, seed=seed)


def _length(apart: Float[np.ndarray, "rows rows"], order: Int[np.ndarray, " rows"]) -> float:
    return float(apart[order[:-1], order[1:]].sum())
