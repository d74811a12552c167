"""The order in which data are read."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.inputs.order import interleaved, portions, reading_order


@given(st.lists(st.integers(-1, 6), max_size=60))
def test_every_image_comes_once_and_every_part_holds_the_classes_in_their_shares(labels: list[int]) -> None:
    numbers = np.array(labels, np.int64)
    order = interleaved(numbers)
    assert sorted(order.tolist()) == list(range(len(labels)))
    for seen in range(len(labels) + 1):
        for label in set(labels):
            expected = labels.count(label) * seen / len(labels)
            found = int((numbers[order[:seen]] == label).sum())
            assert abs(found - expected) <= len(set(labels))
    for label in set(labels):
        own = order[numbers[order] == label].tolist()
        assert own == sorted(own)


def test_equal_classes_come_strictly_in_turn() -> None:
    assert interleaved(np.repeat([2, 0, 1], 3)).tolist() == [3, 6, 0, 4, 7, 1, 5, 8, 2]


def test_only_sorted_data_are_read_in_another_order() -> None:
    mixed = np.random.default_rng(0).integers(0, 10, 500)
    assert reading_order(mixed).tolist() == list(range(500))
    assert reading_order(np.full(7, -1)).tolist() == list(range(7))
    assert reading_order(np.sort(mixed)).tolist() == interleaved(np.sort(mixed)).tolist()
    assert reading_order(np.zeros(0, np.int64)).tolist() == []


def test_portions() -> None:
    assert portions(np.arange(5), 2) == [[0, 1], [2, 3], [4]]
