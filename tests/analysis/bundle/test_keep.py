"""The strong connections, against trying every number of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.bundle import keep


@given(
    values=st.lists(st.integers(0, 9), min_size=0, max_size=24), share=st.sampled_from([0.0, 0.3, 0.5, 0.8, 0.95, 1.0])
)
def test_fewest_that_carry_the_share(values: list[int], share: float) -> None:
    weights = np.array(values, dtype=float).reshape(1, -1)
    kept = keep(weights, share)
    descending = sorted(values, reverse=True)
    fewest = next(
        count for count in range(len(values) + 1) if sum(descending[:count]) >= share * sum(values) * (1 - 1e-12)
    )
    assert kept.sum() == fewest
    assert sum(weights[kept].tolist()) == sum(descending[:fewest])
    assert not kept[weights == 0].any()


def test_among_equals_the_lower_source_comes_first() -> None:
    np.testing.assert_array_equal(keep(np.ones((2, 2)), 0.5), [[True, True], [False, False]])


def test_sign_is_not_looked_at() -> None:
    weights = np.random.default_rng(0).normal(size=(6, 5))
    np.testing.assert_array_equal(keep(weights), keep(-weights))


def test_whole_share_keeps_what_rounding_would_lose() -> None:
    assert keep(np.array([[1.0, 1e-30, 0.0]]), 1.0).tolist() == [[True, True, False]]


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_other_shares_are_refused(share: float) -> None:
    with pytest.raises(ValueError, match=r"share must be from 0 to 1, not"):
        keep(np.ones((2, 2)), share)
