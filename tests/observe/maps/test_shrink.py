"""Shrunk maps hold the mean over each cell's area, and their steps are even."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.maps.shrink import area_weights, in_steps, shrink, stored_size
from cnnvis.schema.maps import LONGEST_SIDE


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 99))
def test_a_cell_is_the_mean_over_its_area(size: int, cells: int, seed: int) -> None:
    values = np.random.default_rng(seed).standard_normal(size)
    fine = np.repeat(values, cells)  # in pieces so small that each lies in one cell
    wanted = fine.reshape(cells, size).mean(axis=1)
    np.testing.assert_allclose(area_weights(size, cells).numpy() @ values, wanted, atol=1e-6)


def test_both_directions_are_shrunk_and_the_mean_stays() -> None:
    maps = torch.rand(3, 40, 10, generator=torch.Generator().manual_seed(0))
    small = shrink(maps, (8, 5))
    torch.testing.assert_close(small, maps.reshape(3, 8, 5, 5, 2).mean((2, 4)))
    assert shrink(maps, (40, 10)) is maps


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((28, 28), (28, 28)), ((56, 56), (28, 28)), ((112, 56), (28, 14)), ((3, 300), (1, 28)), ((1, 1), (1, 1))],
)
def test_the_longer_side_is_capped_and_the_shape_kept(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    assert stored_size(*size) == wanted
    assert max(wanted) <= LONGEST_SIDE


@given(st.lists(st.floats(-5, 5, width=32), min_size=6, max_size=6))
def test_steps_are_even_from_zero_to_the_maximum(numbers: list[float]) -> None:
    steps, maximum = in_steps(torch.tensor(numbers).reshape(1, 2, 3))
    highest = max(0.0, *numbers)
    assert maximum.item() == pytest.approx(highest)
    for number, step in zip(numbers, steps.flatten().tolist(), strict=True):
        assert abs(step * highest / 255 - max(0.0, number)) <= highest / 255
