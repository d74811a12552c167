"""What is found out about maps whose sums are not finite, against looking at every value by itself."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.collect import table

VALUES = st.sampled_from([0.0, 1.5, -2.0, 3e38, -3e38, math.nan, math.inf, -math.inf])
SHAPE = (4, 3, 5)


@given(st.lists(VALUES, min_size=60, max_size=60), st.integers(1, 40))
def test_suspicious_maps_are_counted_and_summed_value_by_value(numbers: list[float], at_a_time: int) -> None:
    values = torch.tensor(numbers).reshape(SHAPE)
    mask = ~torch.isfinite(values.sum(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "SUSPECT_VALUES", at_a_time)  # whatever is copied at a time
        parts = list(table._suspects(values, mask))
    found = [row for part in parts for row in zip(*(column.tolist() for column in part), strict=True)]
    expected: list[tuple[int, int, int, float]] = []
    for image, neuron in np.ndindex(SHAPE[:2]):
        if mask[image, neuron]:
            whole = [float(value) for value in values[image, neuron]]
            bad = sum(not math.isfinite(value) for value in whole)
            expected.append((image, neuron, bad, math.nan if bad else math.fsum(whole)))
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    np.testing.assert_allclose([row[3] for row in found], [row[3] for row in expected], rtol=1e-12, atol=1e26)


def test_a_network_that_is_nan_everywhere_is_looked_at_in_few_pieces() -> None:
    values = torch.full((50, 40, 64), torch.nan)
    assert len(list(table._suspects(values, torch.ones(50, 40, dtype=torch.bool)))) == 1
