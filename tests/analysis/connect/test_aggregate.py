"""Cluster to cluster: excitation and inhibition apart, per pair of neurons."""

from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.connect import aggregate

module = import_module("cnnvis.analysis.connect.aggregate")


@given(st.integers(0, 2**32 - 1))
def test_pair_by_pair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((int(rng.integers(1, 9)), int(rng.integers(1, 9)))).astype(np.float16)
    left, right = (rng.integers(0, 3, size) for size in values.shape)
    sources, targets = ([np.flatnonzero(one == cluster).tolist() for cluster in range(3)] for one in (left, right))
    found = aggregate(values, sources, targets)
    for s, source in enumerate(sources):
        for t, target in enumerate(targets):
            entries = [float(values[i, j]) for i in source for j in target]
            count = max(len(entries), 1)
            np.testing.assert_allclose(found.positive[s, t], sum(e for e in entries if e > 0) / count, atol=1e-12)
            np.testing.assert_allclose(found.negative[s, t], sum(e for e in entries if e < 0) / count, atol=1e-12)


@pytest.mark.parametrize("part", [1, 7, 12, 30])
def test_large_matrices_are_summed_part_by_part(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(-20, 22, dtype=np.float32).reshape(7, 6)
    sources, targets = [(0, 6), (1, 2, 3), (4, 5)], [(0, 5), (1, 2, 3, 4)]
    whole = aggregate(values, sources, targets)
    monkeypatch.setattr(module, "PART", part)
    found = aggregate(values, sources, targets)
    np.testing.assert_allclose(found.positive, whole.positive, rtol=1e-12)
    np.testing.assert_allclose(found.negative, whole.negative, rtol=1e-12)


def test_excitation_and_inhibition_do_not_cancel() -> None:
    found = aggregate(np.array([[2.0, -2.0]]), [[0]], [[0, 1], []])
    np.testing.assert_array_equal(found.positive, [[1, 0]])
    np.testing.assert_array_equal(found.negative, [[-1, 0]])
