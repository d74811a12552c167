"""Maxima and their places, in every layout, against numpy's looking at every value."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.collect import maxima
from cnnvis.observe.collect.activation import Activation
from cnnvis.observe.collect.reduce import Columns, Plan, Reducer

EVERY = slice(None)


def plan_for(values: torch.Tensor, piece: int) -> Plan:
    images, neurons, _ = values.shape
    blocks = torch.zeros(5, images, neurons + 1)[:, :, 1:]
    columns = Columns(before=blocks[0], shares=blocks[1:3], highest=blocks[3], slope=blocks[4])
    return Plan(values, Activation("none"), columns, Reducer(piece))


def layouts(rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Return maps given as [images, positions, neurons] with channels innermost, and with positions."""
    return torch.from_numpy(rows).transpose(1, 2), torch.from_numpy(rows.swapaxes(1, 2).copy())


@pytest.fixture(params=[1, maxima.LARGE_IMAGE], autouse=True)
def large_image(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut small maps too: real ones take too long to look at value by value."""
    monkeypatch.setattr(maxima, "LARGE_IMAGE", request.param)


SHAPES = {"images": st.integers(1, 4), "neurons": st.integers(1, 70), "positions": st.integers(1, 600)}


@given(**SHAPES, piece=st.sampled_from([1, 20_000, 1 << 20]), seed=st.integers(0, 999))
def test_maxima_do_not_depend_on_the_layout(images: int, neurons: int, positions: int, piece: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((images, positions, neurons)).astype(np.float32)
    rows[rng.random(rows.shape) < 0.002] = np.nan
    rows[rng.random(rows.shape) < 0.002] = np.inf
    for values in layouts(rows):
        plan = plan_for(values, piece)
        plan.before(values, EVERY)
        np.testing.assert_array_equal(plan.out.highest, rows.max(1))


@given(**SHAPES, piece=st.sampled_from([1, 20_000, 1 << 20]), levels=st.integers(1, 5), seed=st.integers(0, 99))
def test_the_first_of_equal_maxima_is_found_in_every_layout(
    images: int, neurons: int, positions: int, piece: int, levels: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, levels, (images, positions, neurons)).astype(np.float32)
    rows[:, rng.integers(0, positions)] += rng.integers(0, 2, neurons)
    expected = rows.argmax(1)
    for values in layouts(rows):
        plan = plan_for(values, piece)
        plan.before(values, EVERY)
        for index, out in plan.parts:
            part = values[index]
            chosen = rng.permutation(part.shape[0] * part.shape[1])[: rng.integers(1, 40)]
            places = np.divmod(chosen, part.shape[1])
            found = plan.places(part, index, *places, out.highest.numpy()[places])
            np.testing.assert_array_equal(found, expected[index][places])


@pytest.mark.parametrize("neurons", [96, 144, 84])
@pytest.mark.parametrize("positions", [784, 785])
def test_large_maps_with_channels_innermost_are_cut(neurons: int, positions: int) -> None:
    values = torch.zeros(2, positions, neurons).transpose(1, 2)
    assert plan_for(values, 1).stripes is not None
    assert plan_for(values.contiguous(), 1).stripes is None
    assert plan_for(values.double(), 1).stripes is None
    assert plan_for(values[:, :40], 1).stripes is None
