"""Rows that join an order: against trying every place, and the order of the others is kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.reorder import joined_order, path_length, path_order


@given(seed=st.integers(0, 500), count=st.integers(1, 12))
def test_a_row_goes_where_it_lengthens_the_path_least(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count + 1, 3))
    order = rng.permutation(count).tolist()
    choices = [np.array([*order[:place], count, *order[place:]]) for place in range(count + 1)]
    found = joined_order(rows, order, [count])
    assert path_length(rows, found) == pytest.approx(min(path_length(rows, one) for one in choices))


@given(seed=st.integers(0, 500), count=st.integers(1, 12), new=st.integers(0, 4))
def test_the_others_keep_their_order(seed: int, count: int, new: int) -> None:
    rng = np.random.default_rng(seed)
    order = rng.permutation(count).tolist()
    found = joined_order(rng.normal(size=(count + new, 3)), order, list(range(count, count + new))).tolist()
    assert sorted(found) == list(range(count + new))
    assert [row for row in found if row < count] == order


def test_features_that_any_of_the_rows_lacks_do_not_count() -> None:
    rows = np.array([[0.0, np.nan], [5.0, 1.0], [10.0, 2.0], [4.0, 9.0]])
    assert joined_order(rows, [0, 1, 2], [3]).tolist() == [0, 3, 1, 2]


def test_a_good_order_stays_good() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(8, 10))[rng.integers(0, 8, 200)] + 0.3 * rng.normal(size=(200, 10))
    order = path_order(rows[:190])
    found = joined_order(rows, order.tolist(), list(range(190, 200)))
    assert path_length(rows, found) <= 1.05 * path_length(rows, path_order(rows))
