"""Scores from sums, against the definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.bundle.score import FINENESS, scores, whole_weights
from tests.analysis.bundle.plain import score


@given(seed=st.integers(0, 1000), sources=st.integers(1, 5), targets=st.integers(1, 5), skew=st.sampled_from([1, 8]))
def test_weight_times_coherence(seed: int, sources: int, targets: int, skew: int) -> None:
    weights = np.random.default_rng(seed).random((sources, targets)) ** skew + 1e-3
    sums = (float(weights.size), weights.sum(), (weights**2).sum())
    found = scores(*(np.array([one]) for one in sums))[0]
    plain = score(weights, (tuple(range(sources)), tuple(range(targets))))
    assert float(found) == pytest.approx(plain, abs=1e-6)


def test_weights_become_whole_numbers() -> None:
    whole = whole_weights(np.array([[-2.0, 1.0], [0.0, 0.5]]))
    assert whole.tolist() == [[FINENESS, FINENESS / 2], [0, FINENESS / 4]]
    assert whole_weights(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]
    assert whole_weights(np.zeros((0, 2))).shape == (0, 2)
