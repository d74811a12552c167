"""A line through a noisy curve, and how sure it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cnnvis.analysis.diagnose.trend import BLOCKS, SURE, trend


@given(st.integers(0, 10_000), st.integers(2, 30), st.floats(-0.5, 0.5))
def test_the_line_is_that_of_least_squares(seed: int, size: int, slope: float) -> None:
    rng = np.random.default_rng(seed)
    values = 3.0 + slope * np.linspace(0, 1, size * BLOCKS) + 0.3 * rng.random(size * BLOCKS)
    found = trend(values)
    assert found is not None
    line = stats.linregress(np.arange(BLOCKS) + 0.5, values.reshape(BLOCKS, size).mean(1))
    start, end = line.intercept, line.intercept + BLOCKS * line.slope
    assert found.fall == pytest.approx((start - end) / start, rel=1e-6, abs=1e-9)
    margin = stats.t.ppf(0.95, BLOCKS - 2) * line.stderr * BLOCKS / start
    assert found.margin == pytest.approx(margin, rel=1e-3, abs=1e-9)
    assert found.level == pytest.approx(values.mean())


def test_students_quantile() -> None:
    assert pytest.approx(stats.t.ppf(0.95, BLOCKS - 2), rel=1e-3) == SURE


def test_a_flat_curve_is_rarely_taken_for_a_falling_one_and_the_other_way() -> None:
    """What is said to fall by less than a tenth does so, nineteen times in twenty, though losses hang together."""
    rng = np.random.default_rng(0)
    wrong = 0
    for _ in range(400):
        noise = np.convolve(rng.normal(size=410), np.ones(10) / 10, mode="valid")[:400]  # neighbours alike
        found = trend(np.linspace(1.0, 0.9, 400) + 0.3 * noise)  # falls by exactly a tenth
        assert found is not None
        wrong += found.flat(0.1)
    assert wrong / 400 < 0.09


def test_what_cannot_be_said() -> None:
    assert trend(np.ones(2 * BLOCKS - 1)) is None
    assert trend(np.r_[np.ones(30), np.nan]) is None
    assert trend(np.linspace(-5.0, 1.0, 40)) is None
    constant = trend(np.ones(40))
    assert constant is not None
    assert (constant.fall, constant.margin) == (0.0, 0.0)
    rising = trend(np.linspace(1.0, 2.0, 40))
    assert rising is not None
    assert rising.rises(0.5)
    assert not constant.rises(0.01)
