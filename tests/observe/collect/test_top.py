"""Top-k keys: order, ties, merging."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnnvis.observe.collect.top import EMPTY, Top, merge_top, pack, pack_tensor, samples_of, values_of

floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(hnp.arrays(np.float32, 20, elements=floats), st.integers(0, 2**31))
def test_keys_hold_values_and_samples(values: np.ndarray, first: int) -> None:
    samples = np.arange(first, first + 20)
    keys = pack(values, samples)
    np.testing.assert_array_equal(values_of(keys), values)
    np.testing.assert_array_equal(samples_of(keys), samples)
    expected = sorted(range(20), key=lambda i: (-values[i], samples[i]))
    assert np.argsort(~keys).tolist() == expected
    assert keys.min() > EMPTY


def test_free_places_hold_no_sample() -> None:
    empty = Top.empty(2, 3)
    assert (values_of(empty.keys) == -np.inf).all()
    assert (samples_of(empty.keys) == -1).all()


@given(hnp.arrays(np.float32, (6, 4), elements=st.floats(width=32)))
def test_on_a_device_keys_are_the_same_and_what_is_not_finite_is_empty(values: np.ndarray) -> None:
    samples = np.arange(6)
    found = pack_tensor(torch.from_numpy(values), torch.from_numpy(samples)).numpy()
    finite = np.isfinite(values)
    expected = np.where(finite, pack(np.where(finite, values, 0), samples[:, None]), EMPTY)
    np.testing.assert_array_equal(found, expected)


@given(st.data())
def test_any_portions_in_any_order_give_the_sorted_list(data: st.DataObject) -> None:
    images, neurons, k = 12, 3, data.draw(st.integers(1, 5))
    values = data.draw(hnp.arrays(np.float32, (images, neurons), elements=st.sampled_from([-1.0, 0.0, 0.5, 2.0])))
    order = np.array(data.draw(st.permutations(range(images))))
    cut, split = sorted(data.draw(st.tuples(st.integers(0, images), st.integers(0, images))))
    parts = [Top.empty(neurons, k) for _ in range(3)]
    for part, rows in zip(parts, np.split(order, [cut, split]), strict=True):
        image, neuron = np.repeat(rows, neurons), np.tile(np.arange(neurons), len(rows))
        part.insert(neuron, pack(values[image, neuron], image), image * 7)
    first = merge_top(parts[0], merge_top(parts[1], parts[2]))
    second = merge_top(merge_top(parts[2], parts[0]), parts[1])
    np.testing.assert_array_equal(first.keys, second.keys)
    for neuron in range(neurons):
        expected = sorted(range(images), key=lambda i: (-values[i, neuron], i))[:k]
        assert samples_of(first.keys)[neuron].tolist() == expected
        assert first.places[neuron].tolist() == [7 * image for image in expected]
