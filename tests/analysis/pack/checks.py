"""What holds for every packing, checked on a picture of its cells."""

from itertools import pairwise

import numpy as np
import pytest

from cnnvis.analysis.pack import Packing


def region_picture(packing: Packing) -> np.ndarray:
    """Region of each cell, -1 where nothing lies; fails where tiles overlap or stick out."""
    step = int(np.gcd.reduce(np.concatenate([packing.side, packing.x, packing.y])))
    picture = np.full((packing.height // step, packing.width // step), -1)
    assert packing.region is not None
    for x, y, side, region in zip(
        packing.x // step, packing.y // step, packing.side // step, packing.region, strict=True
    ):
        assert x >= 0
        assert y >= 0
        place = picture[y : y + side, x : x + side]
        assert place.shape == (side, side), "inside, and square"
        assert (place == -1).all(), "no overlap"
        place[:] = region
    return picture


def check_is_sound(packing: Packing) -> None:
    """No overlap, all inside, no wider or higher than needed, and siblings in one piece."""
    picture = region_picture(packing)
    assert packing.width == (packing.x + packing.side).max()
    assert packing.height == (packing.y + packing.side).max()
    assert packing.fill == pytest.approx((picture >= 0).mean())
    for line in picture.T:
        met = line[line >= 0]
        steps = np.diff(met)
        # In order either way: so the line meets any run of regions, that is any branch of the tree, in one piece.
        assert (steps >= 0).all() or (steps <= 0).all(), "a vertical line never leaves a region and comes back"
    assert packing.region is not None
    assert packing.column is not None
    for region in range(int(packing.region.max()) + 1):
        columns = np.unique(packing.column[packing.region == region])
        assert (np.diff(columns) == 1).all(), "a region lies in columns side by side"
    tops = [packing.region[packing.column == column] for column in range(int(packing.column.max()) + 1)]
    for one, other in pairwise(part for part in tops if len(part)):
        assert one.max() <= other.min(), "regions follow one another from column to column"


def fill_in_shape(packing: Packing) -> float:
    """The design's fill: over a rectangle of aspect 2:3 to 3:2 around the tiles."""
    width, height = packing.width, packing.height
    return float((packing.side**2).sum() / (max(width, height / 1.5) * max(height, width / 1.5)))
