"""Distances by a matrix product against differences."""

import numpy as np
from scipy.spatial.distance import pdist, squareform

from cnnvis.analysis.reorder.distances import distances


def test_same_as_by_differences() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 30)) + 100.0
    np.testing.assert_allclose(distances(rows), squareform(pdist(rows)), atol=1e-6)


def test_symmetric_zero_for_equal_rows_and_without_missing_features() -> None:
    rows = np.array([[1.0, np.nan, 2.0], [1.0, 5.0, 2.0], [4.0, 5.0, 6.0]])
    found = distances(rows)
    np.testing.assert_allclose(found, [[0, 0, 5], [0, 0, 5], [5, 5, 0]], atol=1e-7)
    np.testing.assert_array_equal(found, found.T)
    assert distances(np.zeros((0, 3))).shape == (0, 0)
    assert distances(np.full((2, 3), np.nan)).tolist() == [[0, 0], [0, 0]]
