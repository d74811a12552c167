"""Columns side by side: down, up, down."""

import numpy as np

from cnnvis.analysis.pack.columns import Column, fill_in_shape, joined
from cnnvis.analysis.pack.skyline import Spot


def test_every_second_column_goes_up() -> None:
    first = Column(tiles=[(0, 0, Spot(0, 0, 2)), (1, 1, Spot(0, 2, 1))], width=2, height=3)
    second = Column(tiles=[(1, 2, Spot(0, 0, 1)), (2, 3, Spot(0, 1, 1))], width=1, height=2)
    packing = joined([first, second], np.array([2, 1, 1, 1]) * 12, 12)
    assert (packing.width, packing.height) == (36, 36)
    np.testing.assert_array_equal(packing.x, [0, 0, 24, 24])
    np.testing.assert_array_equal(packing.y, [0, 24, 24, 12])
    np.testing.assert_array_equal(packing.region, [0, 1, 1, 2])
    np.testing.assert_array_equal(packing.column, [0, 0, 1, 1])


def test_fill_counts_the_rectangle_that_is_not_too_long() -> None:
    assert fill_in_shape(6, 2, 3) == 1.0
    assert fill_in_shape(4, 2, 2) == 1.0
    assert fill_in_shape(2, 2, 1) == 0.75
