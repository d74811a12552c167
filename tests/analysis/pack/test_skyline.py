"""Setting tiles down: against a picture of the column, cell by cell."""

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.pack.skyline import Skyline, fill_region


@given(
    regions=st.lists(st.lists(st.integers(1, 8), min_size=1, max_size=12), min_size=1, max_size=5),
    width=st.integers(8, 30),
    seed=st.none() | st.integers(0, 3),
)
def test_tiles_never_overlap_and_regions_lie_in_order(regions: list[list[int]], width: int, seed: int | None) -> None:
    sky = Skyline([0] * width)
    rng = None if seed is None else random.Random(seed)
    picture = np.full((400, width), -1)
    for number, sides in enumerate(regions):
        spots = fill_region(sky, sides, rng)
        assert sorted(spot.side for spot in spots) == sorted(sides)
        for spot in spots:
            place = picture[spot.y : spot.y + spot.side, spot.x : spot.x + spot.side]
            assert place.shape == (spot.side, spot.side), "inside"
            assert (place == -1).all(), "no overlap"
            assert (picture[spot.y + spot.side :, spot.x : spot.x + spot.side] == -1).all(), "nothing lies above"
            place[:] = number
    heights = np.concatenate([np.full(wide, top) for wide, top in zip(sky.wide, sky.height, strict=True)])
    reached = np.array([(column >= 0).nonzero()[0].max(initial=-1) + 1 for column in picture.T])
    assert len(heights) == width
    assert (heights >= reached).all()
    assert sky.start == [0, *np.cumsum(sky.wide)[:-1].tolist()]
    assert all(one != other for one, other in zip(sky.height, sky.height[1:], strict=False)), "joined where equal"


def test_ragged_ground_is_filled_lowest_first() -> None:
    spots = fill_region(Skyline([3, 3, 0, 0, 3]), [2, 3])
    assert [(spot.x, spot.y, spot.side) for spot in spots] == [(2, 0, 2), (2, 3, 3)] or spots[0].y == 0


def test_skyline_groups_cells_of_one_height() -> None:
    sky = Skyline([2, 2, 5, 0, 0])
    assert (sky.start, sky.wide, sky.height) == ([0, 2, 3], [2, 1, 2], [2, 5, 0])
    assert sky.lowest()[0] == 2
