"""What the side of a tile says, against loops over single numbers."""

import numpy as np
import pytest

from cnnvis.compose.importance import by_activation, by_contribution, importances
from tests import making


def test_activation_is_the_mean_of_the_top_values_that_count() -> None:
    statistics = making.unit_statistics(0, 5)
    statistics.top_value[1] = [3.0, -np.inf]
    statistics.top_sample[1] = [4, -1]
    found = by_activation(statistics)
    for neuron in range(5):
        kept = [
            max(float(value), 0.0)
            for value, sample in zip(statistics.top_value[neuron], statistics.top_sample[neuron], strict=True)
            if sample >= 0 and np.isfinite(value)
        ]
        assert found[neuron] == pytest.approx(sum(kept) / len(kept))
    assert found[1] == 3.0
    assert found[4] == 0.0


def test_contribution_is_the_mean_size_over_classes_with_images() -> None:
    values = np.array([[1.0, -2.0, np.nan], [-3.0, 0.0, np.nan], [np.nan, np.nan, np.nan]])
    assert by_contribution(values).tolist() == [2.0, 1.0, 0.0]


def test_contribution_is_there_only_where_it_was_computed() -> None:
    statistics = making.unit_statistics(0, 5)
    assert list(importances(statistics, None)) == ["activation", "uniform"]
    assert list(importances(statistics, np.ones((3, 5)))) == ["activation", "contribution", "uniform"]
    assert importances(statistics, None)["uniform"].tolist() == [1.0] * 5
