"""Setting tiles down: against a picture of the column, cell by cell."""

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.pack.skyline import Skyline, Spot, Wishes, try_region


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
        spots = try_region(sky, sides, rng)
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
    spots = try_region(Skyline([3, 3, 0, 0, 3]), [2, 3])
    assert spots[0] == Spot(2, 0, 2)
    assert spots[1].y == 3


def test_gap_too_narrow_for_a_region_is_left_to_the_next() -> None:
    sky = Skyline([2, 2, 0, 2, 2])
    assert try_region(sky, [2]) == [Spot(0, 2, 2)]
    assert (sky.start, sky.height, sky.waste) == ([0, 2, 3], [4, 0, 2], 0)
    assert try_region(sky, [1]) == [Spot(2, 0, 1)]


def test_gap_that_something_lies_on_stays_closed() -> None:
    sky = Skyline([2, 0, 2])
    assert try_region(sky, [3]) == [Spot(0, 2, 3)]
    assert (sky.height, sky.waste) == ([5], 2)
    assert try_region(sky, [1])[0].y == 5


@given(
    tops=st.lists(st.integers(0, 6), min_size=4, max_size=20),
    sides=st.lists(st.integers(2, 4), min_size=1, max_size=8),
    highest=st.integers(4, 20),
    most_waste=st.integers(0, 12),
    seed=st.none() | st.integers(0, 3),
)
def test_limits_stop_what_would_pass_them_and_change_nothing_else(
    tops: list[int], sides: list[int], highest: int, most_waste: int, seed: int | None
) -> None:
    def rng() -> random.Random | None:
        return None if seed is None else random.Random(seed)

    free, limited = Skyline(tops), Skyline(tops)
    before = limited.copy()
    spots = try_region(free, sides, rng())
    found = try_region(limited, sides, rng(), highest=highest, most_waste=most_waste)
    if max(spot.y + spot.side for spot in spots) > highest or free.waste > most_waste:
        assert found is None
    if found is not None:
        assert found == spots
        assert (limited.start, limited.wide, limited.height) == (free.start, free.wide, free.height)
        assert limited.laid == len(sides)
    assert before.height == Skyline(tops).height, "a copy does not change with the other"


def test_waste_counts_the_empty_cells_below_the_outline() -> None:
    rng = random.Random(0)
    for _ in range(30):
        sky, area = Skyline([0] * 17), 0
        for _ in range(4):
            sides = [rng.randint(1, 7) for _ in range(6)]
            try_region(sky, sides, rng)
            area += sum(side**2 for side in sides)
        outline = sum(wide * height for wide, height in zip(sky.wide, sky.height, strict=True))
        assert sky.waste == outline - area


def test_skyline_groups_cells_of_one_height() -> None:
    sky = Skyline([2, 2, 5, 0, 0])
    assert (sky.start, sky.wide, sky.height) == ([0, 2, 3], [2, 1, 2], [2, 5, 0])
    assert sky.lowest()[0] == 2


def test_tiles_go_where_one_of_their_size_was() -> None:
    before = [Spot(0, 0, 2), Spot(2, 0, 3), Spot(5, 0, 2)]
    sides = [spot.side for spot in before]
    assert try_region(Skyline([0] * 7), sides, wishes=Wishes(before, 20.0)) == before
    assert try_region(Skyline([0] * 7), sides) != before, "by itself the largest comes first"


def test_a_wish_is_fulfilled_once_and_counts_only_nearby() -> None:
    wishes = Wishes([Spot(4, 0, 2)], 10.0)
    assert wishes.worth(2, 4, 0) == 10.0
    assert wishes.worth(2, 5, 0) == 10.0 * (1 - 1 / 3)
    assert wishes.worth(2, 9, 0) == wishes.worth(3, 4, 0) == 0.0
    wishes.take(Spot(4, 0, 2))
    assert wishes.worth(2, 4, 0) == 0.0
