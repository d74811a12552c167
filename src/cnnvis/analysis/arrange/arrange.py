"""Orders of the clusters in all columns that make few crossings (issue: order of clusters)."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.arrange.columns import Columns, Links, ranked
from cnnvis.analysis.arrange.moved import moved

SWEEPS = 6
SHUFFLED = 100
"""Clusters to be sifted from shuffled orders: small pictures get many such tries and are then nearly always optimal."""
SEED = 0
WORTH = 0.02
"""Beginning from an earlier order, a move has to save this part of all crossings: small changes move nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrangement:
    """Clusters of each column from top to bottom."""

    orders: tuple[Int[np.ndarray, " _"], ...]
    crossings: float
    """Weight of crossings between curves of the same two columns; one of two mean curves counts 1."""
    unordered: float
    """The same for the columns as they were given."""
    moved: int | None
    """Clusters that do not stand in their earlier order; None without an earlier one."""


def arrange(
    heights: Sequence[Float[np.ndarray, " _"]],
    links: Links,
    *,
    previous: Sequence[Float[np.ndarray, " _"]] | None = None,
) -> Arrangement:
    """Order the clusters of each column so that the curves between the columns cross little.

    Sweeps over the columns put each cluster at the mean height of what it is connected with, weighted (the barycentre
    method of Sugiyama, Tagawa and Toda 1981), towards one side in turn and towards both. From the best orders so found,
    from the given one and from a few shuffled ones, single clusters are moved until no move helps. Never more crossings
    than as given. Only curves that join the same two columns are counted against one another; those that jump columns
    are among them.

    Args:
        heights: Height of each cluster's box, per column.
        links: Weights between two columns (indices, the left one first); signs are not looked at, zero is no curve.
        previous: Place of each cluster in an earlier picture, NaN for new ones. The earlier order then stays, new
            clusters are put where they belong, and a cluster moves only when that saves two per cent of all crossings.

    """
    columns = Columns(heights, links)
    given = columns.given()
    unordered = columns.crossings(given)
    if previous is not None:
        orders = _continued(columns, previous)
        after = columns.crossings(orders)
    else:
        orders, after = _anew(columns, unordered)
    arrays = tuple(np.array(order, dtype=np.int64) for order in orders)
    changed = None if previous is None else sum(moved(*pair) for pair in zip(previous, arrays, strict=True))
    return Arrangement(orders=arrays, crossings=after, unordered=unordered, moved=changed)


def _anew(columns: Columns, unordered: float) -> tuple[list[list[int]], float]:
    best, least = columns.given(), unordered
    for orders in _starts(columns):
        columns.sift(orders)
        after = columns.crossings(orders)
        if after < least:
            best, least = orders, after
    return best, least


def _starts(columns: Columns) -> list[list[list[int]]]:
    """Return orders to begin with: in large pictures, where each takes long, the better of the swept ones alone."""
    swept = [_swept(columns, both=both) for both in (False, True)]
    count = sum(columns.sizes)
    if count > SHUFFLED:
        return [min(swept, key=columns.crossings)]
    rng = random.Random(SEED)
    shuffled = [[rng.sample(order, len(order)) for order in columns.given()] for _ in range(SHUFFLED // max(count, 1))]
    return [columns.given(), *swept, *shuffled]


def _swept(columns: Columns, *, both: bool) -> list[list[int]]:
    """Return the best order of some sweeps, to the right and to the left in turn."""
    orders = columns.given()
    best, least = [list(order) for order in orders], columns.crossings(orders)
    for sweep in range(SWEEPS):
        rightwards = sweep % 2 == 0
        side = 0 if both else (-1 if rightwards else 1)
        columns.sweep(orders, range(columns.count) if rightwards else range(columns.count)[::-1], side)
        after = columns.crossings(orders)
        if after < least:
            best, least = [list(order) for order in orders], after
    return best


def _continued(columns: Columns, previous: Sequence[Float[np.ndarray, " _"]]) -> list[list[int]]:
    """Return the earlier orders with new clusters put in, and with the moves that are worth it."""
    orders = [ranked(places, np.zeros(len(places))).tolist() for places in previous]
    for column, places in enumerate(previous):
        if np.isfinite(places).all():
            continue
        orders[column] = ranked(places, columns.aims(column, orders)).tolist()
    # What is new has no place to keep.
    worth = WORTH * columns.crossings(orders)
    columns.sift(orders, worth=[np.where(np.isfinite(places), worth, 0.0) for places in previous])
    return orders
