"""Which neurons count as never active."""

import numpy as np
import pytest

from cnnvis.schema.statistics import UnitStatistics


@pytest.mark.parametrize(
    ("best", "never"), [(1e-30, False), (0.0, True), (-2.0, True), (-np.inf, True), (np.nan, True)]
)
def test_a_neuron_is_never_active_unless_it_rises_above_zero(best: float, never: bool) -> None:
    zero = np.zeros(1)
    unit = UnitStatistics(
        after_mean=np.zeros((2, 1)),
        after_std=np.zeros((2, 1)),
        before_mean=np.zeros((2, 1)),
        mean=zero,
        std=zero,
        minimum=zero,
        maximum=zero,
        active=zero,
        slope=zero,
        nonfinite=np.zeros(1, dtype=np.int64),
        top_value=np.array([[best, -np.inf]]),
        top_sample=np.array([[0, -1]]),
        top_y=np.array([[0, 0]]),
        top_x=np.array([[0, 0]]),
    )
    assert unit.never_active.tolist() == [never]
