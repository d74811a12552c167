"""Few tiles: as full as a slow search through all orders, sides true to importance, and calm after a change."""

import itertools

import numpy as np
import pytest
from scipy.stats import spearmanr

from cnnvis.analysis.pack import Packing, moved
from cnnvis.analysis.pack.few import pack_few, repack_few
from cnnvis.analysis.pack.sides import exact_sides
from tests.analysis.pack.checks import check_is_sound, fill_in_shape


def packed(importance: np.ndarray, aspect: float = 1.0) -> Packing:
    return pack_few(importance, exact_sides(importance), aspect=aspect)


def lowest_first(sides: tuple[int, ...], width: int) -> int:
    """Height reached when each tile in turn goes to the lowest, then leftmost, place where it fits."""
    tops = [0] * width
    for side in sides:
        x = min(range(width - side + 1), key=lambda left: max(tops[left : left + side]))
        tops[x : x + side] = [max(tops[x : x + side]) + side] * side
    return max(tops)


def fullest_by_search(sides: list[int]) -> float:
    """The best fill of all orders at all widths."""
    area = sum(side**2 for side in sides)
    return max(
        area / (max(width, height / 1.5) * max(height, width / 1.5))
        for order in set(itertools.permutations(sides))
        for width in range(max(sides), sum(sides) + 1)
        for height in [lowest_first(order, width)]
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_as_full_as_the_best_order_of_coarse_sides(count: int) -> None:
    """Fitting sides makes up for trying only some orders: on average it beats trying all of them."""
    ours, others = [], []
    for seed in range(8):
        importance = np.random.default_rng(seed).gamma(3.0, 1.0, count)
        packing = packed(importance)
        check_is_sound(packing)
        ours.append(fill_in_shape(packing))
        coarse = np.floor(exact_sides(importance) / 12 + 0.5).astype(int)
        others.append(fullest_by_search(coarse.tolist()))
    assert np.mean(ours) >= np.mean(others) - 0.005
    assert min(ours) >= min(others) - 0.04


@pytest.mark.parametrize("count", [3, 5, 8, 12, 15])
def test_sides_say_importance(count: int) -> None:
    for seed in range(6):
        importance = np.random.default_rng(seed).gamma(8.0, 1.0, count)
        side, exact = packed(importance).side, exact_sides(importance)
        assert spearmanr(side, importance).statistic >= 0.95 or count < 6
        assert (np.abs(side / exact - 1) <= 0.1 + 0.5 / 24).all()


@pytest.mark.parametrize(
    ("count", "fill"), [(1, 1.0), (2, 0.75), (3, 0.75), (4, 1.0), (6, 1.0), (9, 1.0), (12, 1.0), (15, 15 / 16)]
)
def test_equal_tiles_lie_in_a_grid(count: int, fill: float) -> None:
    packing = packed(np.ones(count))
    check_is_sound(packing)
    assert np.ptp(packing.side) == 0
    assert fill_in_shape(packing) == pytest.approx(fill)


def test_aspect_is_what_is_asked_for_where_fill_allows() -> None:
    importance = np.random.default_rng(0).gamma(3.0, 1.0, 12)
    wide, tall = packed(importance, 1.4), packed(importance, 1 / 1.4)
    assert wide.width / wide.height > tall.width / tall.height


def test_a_tile_that_grows_leaves_the_others_where_they_were() -> None:
    shares = []
    for seed in range(6):
        importance = np.random.default_rng(seed).gamma(3.0, 1.0, 8)
        before = packed(importance)
        for neuron in range(8):
            other = importance * np.where(np.arange(8) == neuron, 1.3, 1.0)
            exact = exact_sides(other, reference=float(np.median(importance)))
            after = repack_few(before, np.arange(8), other, exact, keep=True)
            check_is_sound(after)
            shares.append(moved(before, after, np.arange(8)).mean())
    assert np.mean(shares) <= 0.1


@pytest.mark.parametrize("change", ["leave", "join"])
def test_a_tile_that_comes_or_goes_moves_few(change: str) -> None:
    ours, anew = [], []
    for seed in range(8):
        importance = np.random.default_rng(seed).gamma(3.0, 1.0, 9)
        reference = float(np.median(importance))
        fewer, all_of_them = np.arange(8), np.append(np.arange(8), -1)
        first, then = (importance, importance[:8]) if change == "leave" else (importance[:8], importance)
        kept = fewer if change == "leave" else all_of_them
        before = pack_few(first, exact_sides(first, reference=reference))
        exact = exact_sides(then, reference=reference)
        after, fresh = repack_few(before, kept, then, exact, keep=True), pack_few(then, exact)
        check_is_sound(after)
        assert fill_in_shape(after) >= fill_in_shape(fresh) - 0.11
        ours.append(moved(before, after, kept).mean())
        anew.append(moved(before, fresh, kept).mean())
    assert np.mean(ours) <= 0.3
    assert np.mean(ours) <= 0.6 * np.mean(anew)


def test_same_tiles_same_places() -> None:
    importance = np.random.default_rng(0).gamma(3.0, 1.0, 11)
    one, other = packed(importance), packed(importance)
    again = repack_few(one, np.arange(11), importance, exact_sides(importance), keep=True)
    for packing in (other, again):
        assert not moved(one, packing, np.arange(11)).any()
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.side, other.side)
