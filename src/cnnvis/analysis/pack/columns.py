"""Columns of regions, and how they become a packing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from cnnvis.analysis.pack.packing import Packing
from cnnvis.analysis.pack.skyline import Spot

WIDEST = 1.5
"""A packing is at most this much longer one way than the other, where the tiles allow it."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """Regions set down one after another: which tile lies where, counted from where the column starts."""

    tiles: list[tuple[int, int, Spot]]
    """Region, tile and spot."""
    width: int
    height: int


def fill_in_shape(area: int, width: int, height: int) -> float:
    """Return the tile area over that of the smallest rectangle around the tiles that is between 2:3 and 3:2."""
    return area / (max(width, height / WIDEST) * max(height, width / WIDEST))


def joined(columns: Sequence[Column], side: Int[np.ndarray, " tiles"], step: int) -> Packing:
    """Set columns side by side: the first goes down, the second up and so on, so that the regions stay neighbours.

    Args:
        columns: Columns, in units of ``step`` cells.
        side: Side of each tile in cells.
        step: Cells per unit.

    """
    x, y, region, number = (np.zeros_like(side) for _ in range(4))
    height = max(column.height for column in columns)
    left = 0
    for index, column in enumerate(columns):
        for group, tile, spot in column.tiles:
            x[tile] = left + spot.x
            y[tile] = height - spot.y - spot.side if index % 2 else spot.y
            region[tile], number[tile] = group, index
        left += column.width
    return Packing(
        width=left * step, height=height * step, x=x * step, y=y * step, side=side, region=region, column=number
    )
