"""Hierarchical packing: the rules that hold for any tiles and any tree, and how tight it gets."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage

from cnnvis.analysis.pack import Packing, pack_hierarchy
from cnnvis.analysis.pack.hierarchy import MORE_STEPS, MOST_STEPS, _fullest
from cnnvis.analysis.pack.skyline import Skyline, Spot
from tests.analysis.pack.checks import check_is_sound, fill_in_shape

IMPORTANCE = st.lists(st.floats(0, 100) | st.just(float("nan")), min_size=1, max_size=60).map(
    lambda values: np.array(values, float)
)


def tree_of(count: int, seed: int = 0, method: str = "ward") -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 4))
    return linkage(rows, method) if count > 1 else np.zeros((0, 4))


def same(one: Packing, other: Packing) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("x", "y", "side", "region", "column")
    ) and (one.width, one.height) == (other.width, other.height)


@settings(deadline=None)
@given(
    importance=IMPORTANCE,
    seed=st.integers(0, 100),
    method=st.sampled_from(["ward", "single", None]),
    aspect=st.sampled_from([0.7, 1.0, 1.4]),
)
def test_any_tiles_are_packed_soundly_and_the_same_way_twice(
    importance: np.ndarray, seed: int, method: str | None, aspect: float
) -> None:
    tree = None if method is None else tree_of(len(importance), seed, method)
    packing = pack_hierarchy(importance, tree, aspect=aspect)
    check_is_sound(packing)
    assert same(packing, pack_hierarchy(importance, tree, aspect=aspect))


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 500), count=st.integers(2, 70))
def test_other_numbers_for_the_neurons_change_nothing(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    importance, rows = rng.gamma(3.0, 1.0, count), rng.normal(size=(count, 4))
    shuffle = rng.permutation(count)
    one = pack_hierarchy(importance, linkage(rows, "ward"))
    other = pack_hierarchy(importance[shuffle], linkage(rows[shuffle], "ward"))
    np.testing.assert_array_equal(one.x[shuffle], other.x)
    np.testing.assert_array_equal(one.y[shuffle], other.y)
    np.testing.assert_array_equal(one.side[shuffle], other.side)


FAMILIES = {
    "uniform": lambda rng, count: rng.random(count),
    "lognormal": lambda rng, count: rng.lognormal(0.0, 1.0, count),
    "gamma": lambda rng, count: rng.gamma(3.0, 1.0, count),
    "nearly equal": lambda rng, count: rng.gamma(20.0, 1.0, count),
    "two levels": lambda rng, count: np.where(rng.random(count) < 0.3, 3.0, 1.0),
    "equal": lambda rng, count: np.ones(count),
    "exponential": lambda rng, count: rng.exponential(1.0, count),
}


def fullest(packing: Packing) -> float:
    """Return what no packing of these tiles can exceed, by trying every rectangle of whole steps."""
    sides = packing.side // np.gcd.reduce(packing.side)
    area, least = int((sides**2).sum()), int(sides.max())
    return max(
        area / (max(width, height / 1.5) * max(height, width / 1.5))
        for width in range(least, 3 * math.isqrt(area) + 3)
        for height in range(least, 3 * math.isqrt(area) + 3)
        if width * height >= area
    )


@pytest.mark.parametrize("count", [20, 21, 22, 25, 31, 50, 100, 200, 500])
@pytest.mark.parametrize("family", FAMILIES)
def test_fill_is_at_least_nine_tenths_within_the_aspect(count: int, family: str) -> None:
    for seed in range(2):
        importance = FAMILIES[family](np.random.default_rng(seed), count)
        packing = pack_hierarchy(importance, tree_of(count, seed))
        check_is_sound(packing)
        # 21 equal tiles need a rectangle of 4 × 6, which they fill to 0.875: as much as there can be.
        assert fill_in_shape(packing) >= min(0.90, fullest(packing) if count <= 31 else 1.0) - 1e-9


@given(sides=st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_the_fullest_there_can_be_is_found(sides: list[int]) -> None:
    side = np.array(sides) * 12 // np.gcd.reduce(sides)
    packing = Packing(width=1, height=1, x=side, y=side, side=side)
    assert _fullest((side // 12).tolist()) == pytest.approx(fullest(packing))


def test_work_is_bounded_whatever_the_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[int] = []
    lay = Skyline.lay

    def counted(sky: Skyline, index: int, side: int, *, at_left: bool) -> Spot:
        laid.append(side)
        return lay(sky, index, side, at_left=at_left)

    monkeypatch.setattr(Skyline, "lay", counted)
    for count in (20, 75, 500):
        for seed in range(5):
            rng = np.random.default_rng(seed)
            importance = np.where(rng.random(count) < 0.3, 0.0, rng.lognormal(0.0, 1.0, count))
            laid.clear()
            pack_hierarchy(importance, tree_of(count, seed))
            # The last try may go on after the limit.
            assert len(laid) <= MOST_STEPS + MORE_STEPS + 12 * count


@pytest.mark.parametrize(("count", "least"), [(1, 1.0), (2, 0.75), (4, 0.8), (8, 0.85), (12, 0.9), (19, 0.9)])
def test_few_tiles_are_packed_as_well_as_they_can_be(count: int, least: float) -> None:
    packing = pack_hierarchy(np.random.default_rng(0).gamma(3.0, 1.0, count), tree_of(count))
    check_is_sound(packing)
    assert fill_in_shape(packing) >= least


def test_no_tiles_need_no_room() -> None:
    packing = pack_hierarchy(np.zeros(0), None)
    assert (packing.width, packing.height, packing.fill) == (0, 0, 1.0)


def test_without_a_tree_the_most_important_come_first() -> None:
    packing = pack_hierarchy(np.linspace(1, 3, 100), None)
    assert (packing.x[99], packing.y[99]) == (0, 0)


def test_reference_makes_sizes_comparable() -> None:
    one = pack_hierarchy(np.array([1.0, 2.0]), tree_of(2), reference=1.0)
    other = pack_hierarchy(np.array([2.0, 4.0, 1.0]), tree_of(3), reference=1.0)
    np.testing.assert_array_equal(np.abs(one.side[1] / other.side[0] - 1) <= 0.1, True)
    many = np.linspace(1.0, 2.0, 40)
    assert pack_hierarchy(many, tree_of(40), reference=1.0).side.max() == 96


def test_wide_is_wider_than_tall() -> None:
    importance = np.random.default_rng(0).gamma(3.0, 1.0, 100)
    wide, tall = (pack_hierarchy(importance, tree_of(100), aspect=aspect) for aspect in (1.4, 1 / 1.4))
    assert wide.width / wide.height > 1.1
    assert tall.height / tall.width > 1.1
