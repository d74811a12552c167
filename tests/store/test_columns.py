"""Rows that keep coming are all there, and what was handed out before stays as it was."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.store.columns import GrowingColumn
from cnnvis.store.downsample import PointIndex


@given(st.lists(st.integers(0, 400), max_size=6), st.integers(1, 3), st.integers(0, 1000))
def test_the_same_as_a_plain_list(parts: list[int], width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    column, rows, seen = GrowingColumn(width), [], []
    for number, part in enumerate(parts):
        new = rng.normal(size=(part, width))
        if number % 2:
            column.take(np.arange(len(rows), len(rows) + part), new)
        else:
            for row in new:
                column.add(len(column), row.tolist())
        rows += new.tolist()
        assert len(column) == len(rows)
        seen.append((column.values, len(rows)))
    for values, count in seen:
        np.testing.assert_array_equal(values, np.array(rows[:count]).reshape(count, width))
    np.testing.assert_array_equal(column.steps, np.arange(len(rows)))
    np.testing.assert_array_equal(column.curves().values[:, 0], column.curve().values)


def test_a_row_of_another_length_is_left_out() -> None:
    column = GrowingColumn(2)
    column.add(1, [1.0, 2.0])
    column.add(2, [1.0])
    assert column.steps.tolist() == [1]


def test_an_index_grows_with_its_column() -> None:
    column, whole = GrowingColumn(2), PointIndex()
    for start in range(0, 3000, 700):
        column.take(np.arange(start, start + 700), np.random.default_rng(start).normal(size=(700, 2)))
        column.index(1)
    whole.update(column.values[:, 1])
    edges = np.array([0, 1234])
    found = column.index(1).candidates(0, 3000, edges)
    np.testing.assert_array_equal(found, whole.candidates(0, 3000, edges))
