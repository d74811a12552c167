"""Sides of tiles: proportional, clamped, comparable, and faithful in rank."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from cnnvis.analysis.pack import neuron_sides, typical_importance
from cnnvis.analysis.pack.sides import exact_sides, sides_like

IMPORTANCE = st.lists(st.floats(0, 100) | st.just(float("nan")), max_size=60).map(
    lambda values: np.array(values, float)
)


@given(importance=IMPORTANCE)
def test_sides_grow_with_importance_from_1_to_4(importance: np.ndarray) -> None:
    side = neuron_sides(importance)
    order = np.argsort(np.nan_to_num(importance), kind="stable")
    assert (np.diff(side[order]) >= 0).all()
    assert ((side >= 24) & (side <= 96)).all()


def test_reference_importance_gets_48_cells() -> None:
    np.testing.assert_array_equal(neuron_sides(np.array([1.0, 2.0, 4.0])), [24, 48, 96])
    np.testing.assert_array_equal(neuron_sides(np.array([1.0, 2.0, 4.0]), reference=4.0), [24, 24, 48])
    np.testing.assert_array_equal(neuron_sides(np.array([0.0, 0.0])), [24, 24])
    np.testing.assert_array_equal(neuron_sides(np.array([1.0, 2.0]), reference=0.0), [24, 24])
    assert neuron_sides(np.zeros(0)).shape == (0,)


def clamped_agreement(importance: np.ndarray, typical: float) -> float:
    """Rank correlation that the clamp alone leaves."""
    side = np.clip(importance / typical * 48, 24, 96)
    return float(spearmanr(side, importance).statistic) if np.ptp(side) else 0.0


@pytest.mark.parametrize("count", [20, 30, 60])
@pytest.mark.parametrize("family", ["exponential", "sparse"])
def test_where_the_clamp_hides_ranks_another_typical_importance_shows_them(count: int, family: str) -> None:
    better = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        importance = rng.exponential(1.0, count)
        if family == "sparse":
            importance[rng.random(count) < 0.3] = 0.0
        positive = importance[importance > 0]
        possible = max(
            clamped_agreement(importance, typical) for typical in np.quantile(positive, np.linspace(0, 1, 99))
        )
        reached = float(spearmanr(neuron_sides(importance), importance).statistic)
        assert reached >= min(0.95, possible - 0.015), "as good as any choice lets it be"
        better += reached > clamped_agreement(importance, float(np.median(positive))) + 1e-9
    assert better > 0 or family == "exponential"


def test_typical_importance_is_the_median_where_that_keeps_ranks() -> None:
    importance = np.random.default_rng(0).gamma(20.0, 1.0, 50)
    assert typical_importance(np.append(importance, [0.0, np.nan])) == np.median(importance)
    assert typical_importance(np.zeros(3)) == 1.0
    assert typical_importance(np.zeros(0)) == 1.0


@pytest.mark.parametrize("count", [20, 100, 500])
@pytest.mark.parametrize("family", ["uniform", "lognormal", "gamma", "nearly equal"])
def test_rank_correlation_is_at_least_the_designs(count: int, family: str) -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        importance = {
            "uniform": rng.random(count),
            "lognormal": rng.lognormal(0, 1, count),
            "gamma": rng.gamma(3, 1, count),
            "nearly equal": rng.gamma(20, 1, count),
        }[family]
        side = neuron_sides(importance)
        assert spearmanr(side, importance).statistic >= 0.95
        exact = np.clip(importance / typical_importance(importance) * 48, 24, 96)
        assert np.abs(side - exact).max() <= 6.0, "proportional but for rounding"


@pytest.mark.parametrize("family", ["exponential", "lognormal"])
def test_rounding_does_not_cost_the_ranks_that_the_clamp_leaves(family: str) -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        importance = rng.exponential(1.0, 20) if family == "exponential" else rng.lognormal(0.0, 1.0, 20)
        typical = np.quantile(importance, np.linspace(0, 1, 99))
        possible = max(clamped_agreement(importance, float(one)) for one in typical)
        reached = float(spearmanr(neuron_sides(importance), importance).statistic)
        assert reached >= min(0.95, possible - 0.01)


def test_sides_of_what_did_not_change_stay() -> None:
    importance = np.random.default_rng(0).gamma(20, 1, 100)
    reference = float(np.median(importance))
    side = neuron_sides(importance, reference=reference)
    importance[3] *= 1.4
    again = sides_like(exact_sides(importance, reference=reference), side)
    np.testing.assert_array_equal(np.delete(again, 3), np.delete(side, 3))
    assert again[3] > side[3]
    assert again[3] % np.gcd.reduce(side) == 0
    fitted = np.array([50, 47, 0])
    np.testing.assert_array_equal(sides_like(np.array([48.0, 60.0, 30.2]), fitted), [50, 60, 30])
