"""The fast sums against the obvious calls."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.record.moments import Scratch, bad

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 6))


@given(SHAPES, st.integers(0, 10_000), st.sampled_from([0.0, 100.0, -1e4]))
def test_mean_and_deviation(shape: tuple[int, int, int], seed: int, offset: float) -> None:
    values = torch.randn(shape, generator=torch.Generator().manual_seed(seed)) + offset
    scratch = Scratch()
    exact = values.double()
    whole = scratch.moments(values)
    assert float(whole.mean) == pytest.approx(float(exact.mean()), rel=1e-5, abs=1e-6)
    assert float(whole.deviation) == pytest.approx(
        float(exact.std(correction=0)), rel=1e-3, abs=1e-5 * abs(offset) + 1e-6
    )
    found = scratch.moments_by_channel(values)
    np.testing.assert_allclose(found.mean, exact.mean((0, 2)), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        found.deviation, exact.std((0, 2), correction=0), rtol=1e-3, atol=1e-5 * abs(offset) + 1e-6
    )


@given(SHAPES, st.integers(0, 10_000))
def test_counts(shape: tuple[int, int, int], seed: int) -> None:
    values = torch.randint(-1, 2, shape, generator=torch.Generator().manual_seed(seed)).float()
    scratch = Scratch()
    assert int(scratch.above(values)) == sum(value > 0 for value in values.flatten().tolist())
    assert int(scratch.zeros(values)) == sum(value == 0 for value in values.flatten().tolist())


@pytest.mark.parametrize(("worst", "count"), [(1.0, 0), (torch.nan, 1), (torch.inf, 1), (-torch.inf, 1)])
def test_bad_values_are_counted_where_there_are_some(worst: float, count: int) -> None:
    values = torch.tensor([1.0, worst, -2.0])
    low, high = torch.aminmax(values)
    assert int(bad(values, torch.maximum(low.abs(), high.abs()))) == count


def test_the_memory_is_used_again() -> None:
    scratch = Scratch()
    first = scratch.like(torch.zeros(8, 8))
    assert scratch.like(torch.zeros(4, 2)).data_ptr() == first.data_ptr()
    assert scratch.like(torch.zeros(4, 2, dtype=torch.float64)).dtype == torch.float32
