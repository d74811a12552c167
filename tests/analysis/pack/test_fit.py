"""Sides fitted to one another: against every choice there is, and what holds for any."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.analysis.pack.fit import Arrangement, SidePlay, as_packing, fit_sides, side_play
from cnnvis.analysis.pack.sides import PLAY, exact_sides
from tests.analysis.pack.checks import check_is_sound, fill_in_shape

IMPORTANCE = st.lists(st.floats(0.01, 20), min_size=1, max_size=9).map(lambda values: np.array(values, float))


def row(side: np.ndarray) -> Arrangement:
    return Arrangement(x=np.cumsum(side) - side, y=np.zeros(len(side)), side=side.astype(float))


def scattered(side: np.ndarray, seed: int) -> Arrangement:
    """Tiles anywhere, overlapping as they like."""
    x, y = np.random.default_rng(seed).uniform(0, 200, (2, len(side)))
    return Arrangement(x=x, y=y, side=side.astype(float))


@settings(deadline=None, max_examples=60)
@given(importance=IMPORTANCE, seed=st.integers(0, 100))
def test_fitted_tiles_are_sound_whatever_they_start_from(importance: np.ndarray, seed: int) -> None:
    exact = exact_sides(importance)
    packing = as_packing(fit_sides(scattered(exact, seed), side_play(importance, exact)))
    check_is_sound(packing)
    assert (np.abs(packing.side - exact) <= PLAY * exact + 0.5).all(), "within the play, but for rounding"
    order = np.argsort(importance, kind="stable")
    assert (np.diff(packing.side[order]) >= 0).all()
    rounded = np.floor(exact[order] + 0.5)
    assert (np.diff(packing.side[order])[np.diff(rounded) >= 1] >= 1).all(), "what is larger by a cell stays larger"
    for value in np.unique(importance):
        assert np.ptp(packing.side[importance == value]) == 0


@settings(deadline=None, max_examples=30)
@given(importance=IMPORTANCE, seed=st.integers(0, 100))
def test_tiles_keep_their_neighbours(importance: np.ndarray, seed: int) -> None:
    """Of two tiles that were apart one is still on the same side of the other, along the axis they were apart most."""
    exact = exact_sides(importance)
    before = scattered(exact, seed)
    after = fit_sides(before, side_play(importance, exact))
    for one, other in itertools.permutations(range(len(exact)), 2):
        right = before.x[other] - before.x[one] - before.side[one]
        below = before.y[other] - before.y[one] - before.side[one]
        if right > max(below, before.y[one] - before.y[other] - before.side[other], 0):
            assert after.x[other] >= after.x[one] + after.side[one]


def test_a_row_of_tiles_is_fitted_as_well_as_any_choice_of_sides() -> None:
    """All choices tried: two tiles side by side, which get as unequal as they may to fill a rectangle of 3:2."""
    importance = np.array([0.9, 1.0])
    exact = exact_sides(importance, reference=1.0)
    play = side_play(importance, exact)
    fitted = as_packing(fit_sides(row(exact), play))
    ranges = [range(int(low), int(high) + 1) for low, high in zip(play.low, play.high, strict=True)]
    best = max(
        fill_in_shape(as_packing(row(np.array(sides, float))))
        for sides in itertools.product(*ranges)
        if sides[1] > sides[0]
    )
    assert fill_in_shape(fitted) == pytest.approx(best, abs=0.005)


@given(importance=IMPORTANCE)
def test_the_play_holds_what_importance_asks_for(importance: np.ndarray) -> None:
    play = side_play(importance, exact_sides(importance))
    assert play.allows(play.wanted[None]).all()
    np.testing.assert_array_equal(play.sides, np.floor(exact_sides(importance) + 0.5))
    assert not play.allows(play.wanted[None] + 100).any()


def test_not_a_number_is_the_least_important() -> None:
    importance = np.array([2.0, np.nan, 1.0])
    play = side_play(importance, exact_sides(importance))
    assert play.group.tolist() == [2, 0, 1]
    assert isinstance(play, SidePlay)


def test_fitting_never_makes_it_less_full() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        importance = rng.gamma(3.0, 1.0, 6)
        exact = exact_sides(importance)
        play = side_play(importance, exact)
        stiff = SidePlay(group=play.group, wanted=play.wanted, low=play.wanted, high=play.wanted, apart=play.apart)
        start = scattered(exact, int(rng.integers(100)))
        assert fit_sides(start, play).score(1.0) >= fit_sides(start, stiff).score(1.0)
