"""A packing made as like an earlier one as can be without changing its outline: equal tiles swapped, sides turned."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment

from cnnvis.analysis.pack.packing import Packing, moved


def likest(packing: Packing, before: Packing, kept: Int[np.ndarray, " tiles"]) -> Packing:
    """Return the packing, perhaps mirrored, with tiles of equal side swapped so that few lie elsewhere than before.

    Only tiles of one region are swapped, and columns keep their order, so siblings stay together. A packing of a single
    region may also be turned upside down.

    Args:
        packing: A packing with regions.
        before: An earlier packing of most of its tiles.
        kept: Tile of the earlier packing for each tile, -1 for new ones.

    """
    choices = [packing, _left_right(packing)]
    if packing.region is not None and not packing.region.any():
        choices += [_upside_down(one) for one in choices]
    # Swaps go by the way in this packing, `moved` by the earlier outline: the packing as it is may be the better one.
    candidates = [*(_swapped(one, before, kept) for one in choices), packing]
    return min(candidates, key=lambda one: int(moved(before, one, kept).sum()))


def _left_right(packing: Packing) -> Packing:
    """Mirror each column in itself."""
    if packing.column is None or not len(packing.x):
        return packing
    starts = [int(packing.x[packing.column == number].min()) for number in range(int(packing.column.max()) + 1)]
    ends = np.array([*starts[1:], packing.width])
    column = packing.column
    return replace(packing, x=np.array(starts)[column] + ends[column] - packing.x - packing.side)


def _upside_down(packing: Packing) -> Packing:
    return replace(packing, y=packing.height - packing.y - packing.side)


def _swapped(packing: Packing, before: Packing, kept: Int[np.ndarray, " tiles"]) -> Packing:
    """Give the spots of each region and side to its tiles anew, those nearest to where they were."""
    if packing.region is None:
        return packing
    x, y = packing.x.copy(), packing.y.copy()
    now, then = packing.centres, before.centres[kept]
    extent = np.array([max(packing.width, 1), max(packing.height, 1)])
    groups = packing.region * (int(packing.side.max(initial=0)) + 1) + packing.side
    for group in np.unique(groups):
        tiles = np.flatnonzero(groups == group)
        known = tiles[kept[tiles] >= 0]
        if len(tiles) < 2 or not len(known):
            continue
        cost = swap_cost(then[known] * extent, now[tiles] * extent, float(packing.side[tiles[0]]))
        rows, columns = linear_sum_assignment(cost)
        spots = np.setdiff1d(np.arange(len(tiles)), columns)
        order = np.concatenate([known[rows], np.setdiff1d(tiles, known)])
        taken = tiles[np.concatenate([columns, spots])]
        x[order], y[order] = packing.x[taken], packing.y[taken]
    return replace(packing, x=x, y=y)


def swap_cost(
    then: Float[np.ndarray, "tiles 2"], now: Float[np.ndarray, "spots 2"], side: float
) -> Float[np.ndarray, "tiles spots"]:
    """Return what it costs to set each tile down at each spot: dear where it would count as moved, else the way."""
    far = np.abs(then[:, None, :] - now[None, :, :]).max(axis=2)
    return far + np.where(far > side, 100.0 * side, 0.0)
