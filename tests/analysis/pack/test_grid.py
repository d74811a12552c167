"""Packing: the rules that hold for any tiles, and how tight it gets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from cnnvis.analysis.pack import Packing, pack_grid, tile_sides

IMPORTANCE = st.lists(st.floats(0, 100) | st.just(float("nan")), max_size=60).map(
    lambda values: np.array(values, float)
)


def check_is_sound(packing: Packing) -> None:
    """No overlap, all inside, and the rectangle is as small as its tiles reach."""
    covered = np.zeros((packing.height, packing.width), dtype=int)
    for x, y, side in zip(packing.x, packing.y, packing.side, strict=True):
        assert x >= 0
        assert y >= 0
        assert covered[y : y + side, x : x + side].size == side**2, "inside"
        covered[y : y + side, x : x + side] += 1
    assert covered.max(initial=0) <= 1, "no overlap"
    assert (covered.sum(axis=0) > 0).any() or not covered.size
    if len(packing.side):
        assert packing.width == (packing.x + packing.side).max()
        assert packing.height == (packing.y + packing.side).max()
    assert packing.fill == pytest.approx(covered.mean() if covered.size else 1.0)


@given(importance=IMPORTANCE, aspect=st.sampled_from([0.7, 1.0, 1.4]))
def test_any_tiles_are_packed_soundly_and_the_same_way_twice(importance: np.ndarray, aspect: float) -> None:
    packing = pack_grid(importance, aspect=aspect)
    check_is_sound(packing)
    again = pack_grid(importance, aspect=aspect)
    for one, other in zip((packing.x, packing.y, packing.side), (again.x, again.y, again.side), strict=True):
        np.testing.assert_array_equal(one, other)


@given(importance=IMPORTANCE)
def test_sides_grow_with_importance_from_1_to_4(importance: np.ndarray) -> None:
    side = tile_sides(importance)
    values = np.nan_to_num(importance)
    order = np.argsort(values, kind="stable")
    assert (np.diff(side[order]) >= 0).all()
    assert ((side >= 1) & (side <= 4)).all()


def test_median_gets_two_cells_unless_a_reference_is_given() -> None:
    np.testing.assert_array_equal(tile_sides(np.array([1.0, 2.0, 4.0])), [1, 2, 4])
    np.testing.assert_array_equal(tile_sides(np.array([1.0, 2.0, 4.0]), reference=4.0), [1, 1, 2])
    np.testing.assert_array_equal(tile_sides(np.array([0.0, 0.0])), [1, 1])
    np.testing.assert_array_equal(tile_sides(np.array([1.0, 2.0]), reference=0.0), [1, 1])


@pytest.mark.parametrize("tiles", [20, 40, 64, 100, 200, 500])
@pytest.mark.parametrize("shape", [1.0, 2.0, 5.0, 20.0])
def test_fill_is_at_least_nine_tenths_within_the_aspect(tiles: int, shape: float) -> None:
    """The design's target, on importances from very unequal to nearly equal."""
    for seed in range(3):
        importance = np.random.default_rng(seed).gamma(shape, 1.0, tiles)
        packing = pack_grid(importance)
        check_is_sound(packing)
        assert packing.fill >= 0.90
        assert 2 / 3 - 1e-9 <= packing.width / packing.height <= 3 / 2 + 1e-9


def test_sides_follow_importance_in_rank() -> None:
    importance = np.random.default_rng(0).gamma(3.0, 1.0, 200)
    assert spearmanr(tile_sides(importance), importance).statistic > 0.9


def test_most_important_lies_at_the_top_left_of_many() -> None:
    importance = np.linspace(1, 3, 100)
    packing = pack_grid(importance)
    assert (packing.x[99], packing.y[99]) == (0, 0)


def test_equal_tiles_make_a_plain_grid() -> None:
    packing = pack_grid(np.ones(12))
    assert packing.fill == 1.0
    assert sorted((packing.width, packing.height)) == [6, 8]


def test_no_tiles_need_no_room() -> None:
    packing = pack_grid(np.zeros(0))
    assert (packing.width, packing.height, packing.fill) == (0, 0, 1.0)


def test_wide_is_wider_than_tall() -> None:
    importance = np.random.default_rng(0).gamma(3.0, 1.0, 100)
    wide, tall = pack_grid(importance, aspect=1.5), pack_grid(importance, aspect=1 / 1.5)
    assert wide.width / wide.height > 1.1
    assert tall.height / tall.width > 1.1
