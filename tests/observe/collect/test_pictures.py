"""Pixels of a stream are kept within bounds."""

import numpy as np
import pytest

from cnnvis.observe.collect.pictures import Pictures
from cnnvis.schema.errors import DataError
from tests.observe.collect.helpers import Memory


def stream() -> Memory:
    source = Memory(np.zeros((9, 1)), np.zeros(9), [], rereadable=False)
    source.latest = np.arange(9)
    return source


def test_losers_are_dropped_and_then_all_but_representatives() -> None:
    pictures = Pictures(stream(), limit=2 * 12)  # each picture has 12 bytes
    pictures.add(range(9))
    pictures.drop_all_but(lambda only: np.array([1, 2]) if only else np.array([1, 2, 3, 4]))
    assert pictures.only_representatives
    assert sorted(pictures.kept) == [1, 2]
    assert pictures.picture(1).pixels[0, 0, 0] == 1
    with pytest.raises(DataError, match="picture of image 3 of memory was not kept"):
        pictures.picture(3)


def test_data_that_can_be_read_again_is() -> None:
    source = Memory(np.zeros((9, 1)), np.zeros(9), [])
    assert Pictures(source).picture(7).pixels[0, 0, 0] == 7
    assert source.asked == [7]
