"""The parts of one backward pass: where it starts, and how images are added up."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.connect.segment import PairSum, cluster_mean_gradient
from cnnvis.schema.graph import Layer


@given(st.integers(0, 2), st.integers(1, 3), st.integers(1, 3), st.sets(st.integers(0, 3), min_size=1))
def test_the_seed_is_the_gradient_of_each_images_mean(axis: int, images: int, windows: int, neurons: set[int]) -> None:
    shape = [2, 3]
    shape.insert(axis, 4)
    layer = Layer(id="x", path="", op="conv2d", kind="conv", event="", shape=tuple(shape), channel_axis=axis)
    value = torch.randn(images * windows, *shape, dtype=torch.float64, requires_grad=True)
    chosen = tuple(sorted(neurons))
    means = value.reshape(images, windows, *shape).index_select(axis + 2, torch.tensor(chosen)).flatten(1).mean(1)
    (wanted,) = torch.autograd.grad(means.sum(), value)
    assert torch.allclose(cluster_mean_gradient(value, layer, chosen, images), wanted)


def test_sums_leave_out_images_with_values_that_are_not_finite() -> None:
    total = PairSum(2, 2)
    total.add(0, np.array([[1.0, 2.0], [np.nan, 1.0], [3.0, 6.0]]))
    total.add(0, np.array([[2.0, 1.0], [np.inf, 1.0]]))
    assert total.images.tolist() == [3, 0]
    assert total.mean().tolist() == [[2.0, 0.0], [3.0, 0.0]]
