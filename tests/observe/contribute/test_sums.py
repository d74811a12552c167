"""Sums per class against plain means."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.contribute.sums import Sums
from cnnvis.schema.graph import Unit

UNITS = [Unit(id=name, before=name, members=(name,), role="conv", neurons=size) for name, size in (("a", 2), ("b", 3))]
CONFUSED = np.array([[1, 2], [2, -1], [-1, -1], [0, 1]])


@given(st.lists(st.integers(-1, 2), min_size=1, max_size=20), st.integers(1, 7), st.integers(0, 99))
def test_means_are_those_of_each_class(labels: list[int], size: int, seed: int) -> None:
    label = np.array(labels)
    found = np.random.default_rng(seed).standard_normal((3, len(labels), 5))
    sums = Sums(UNITS, CONFUSED, label[label >= 0])
    for start in range(0, len(labels), size):
        sums.add(label[start : start + size], found[:, start : start + size])
    result = sums.means()
    assert result.images.tolist() == np.bincount(label[label >= 0], minlength=4).tolist()
    for unit, part in (("a", slice(0, 2)), ("b", slice(2, 5))):
        for number in range(4):
            members = label == number
            values, others = result.units[unit].values[number], result.units[unit].confused_values[number]
            if not members.any():
                assert np.isnan(values).all()
                assert np.isnan(others).all()
                continue
            np.testing.assert_allclose(values, found[0, members][:, part].mean(0), rtol=1e-5, atol=1e-6)
            for place, other in enumerate(CONFUSED[number]):
                if other < 0:
                    assert np.isnan(others[place]).all()
                else:
                    wanted = found[1 + place, members][:, part].mean(0)
                    np.testing.assert_allclose(others[place], wanted, rtol=1e-5, atol=1e-6)


def test_targets_are_the_own_class_then_those_confused_with_it() -> None:
    sums = Sums(UNITS, CONFUSED, np.array([0, 1]))
    assert sums.targets(np.array([0, 1, 2, -1, 9])).T.tolist() == [[0, 1, 2], [1, 2, -1], *[[-1] * 3] * 3]


def test_an_image_with_a_value_that_is_not_finite_is_left_out() -> None:
    sums = Sums(UNITS, CONFUSED, np.array([0]))
    found = np.ones((3, 3, 5))
    found[2, 1, 4] = np.inf
    sums.add(np.array([0, 0, -1]), found)
    assert (sums.left_out, sums.images.tolist()) == (1, [1, 0, 0, 0])
    assert sums.means().units["b"].values[0].tolist() == [1, 1, 1]
