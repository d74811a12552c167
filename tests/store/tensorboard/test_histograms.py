"""What histograms say of the values that they are of, against the values themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.store.tensorboard import Histogram, moments, share_below_zero, share_of_zeros


def histogram(values: np.ndarray, edges: np.ndarray) -> Histogram:
    counts, edges = np.histogram(values, edges)
    return Histogram(
        low=edges[:-1], high=edges[1:], counts=counts.astype(float), minimum=float(values.min()),
        maximum=float(values.max()), total=float(values.sum()), squares=float((values**2).sum()),
    )  # fmt: skip


@given(st.integers(0, 10_000))
def test_moments_are_exact_and_shares_nearly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(rng.normal(), 1.0, 2000)
    found = histogram(values, np.linspace(values.min(), values.max(), 80))
    assert moments(found) == pytest.approx((2000, values.mean(), (values**2).sum()))
    assert share_below_zero(found) == pytest.approx((values < 0).mean(), abs=0.02)


def test_from_buckets_alone_moments_are_those_of_their_middles() -> None:
    found = Histogram(
        low=np.array([-1.0, 0, 1]), high=np.array([0.0, 1, 2]), counts=np.array([3.0, 5, 0]), minimum=-1.0, maximum=1.0
    )
    count, mean, squares = moments(found)
    assert (count, mean, squares) == (8, pytest.approx((3 * -0.5 + 5 * 0.5) / 8), pytest.approx(2.0))
    assert share_below_zero(found) == pytest.approx(3 / 8)


def test_zeros_are_told_only_where_a_narrow_bucket_holds_them() -> None:
    values = np.concatenate([np.zeros(60), np.linspace(0.1, 1, 40)])
    narrow = np.array([-1e-12, 0, 1e-12, 0.5, 1.0])
    assert share_of_zeros(histogram(values, narrow)) == pytest.approx(0.6)
    assert share_of_zeros(histogram(values, np.array([0, 0.5, 1.0]))) is None
    assert share_of_zeros(histogram(values[60:], np.array([0.1, 0.5, 1.0]))) == 0.0
    assert share_of_zeros(histogram(np.zeros(9), np.array([-0.5, 0.5]))) == 1.0
