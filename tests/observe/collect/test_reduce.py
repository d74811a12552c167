"""Reductions in every memory layout and cut into any pieces."""

import numpy as np
import pytest
import torch

from cnnvis.observe.collect.activation import Activation
from cnnvis.observe.collect.reduce import Columns, Index, Plan, Reducer, as_map, map_width
from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import Layer


def layer(shape: tuple[int, ...], channel_axis: int | None, spatial: tuple[int, ...]) -> Layer:
    return Layer(
        id="x",
        path="x",
        op="conv2d",
        kind="conv",
        event="x",
        shape=shape,
        channel_axis=channel_axis,
        spatial_axes=spatial,
    )


VALUES = torch.arange(2 * 3 * 4 * 5, dtype=torch.float32).reshape(2, 3, 4, 5)


def test_channels_first_and_channels_last_are_views() -> None:
    plain = as_map(VALUES, layer((3, 4, 5), 0, (1, 2)), 2)
    last = VALUES.contiguous(memory_format=torch.channels_last)
    assert plain.data_ptr() == VALUES.data_ptr()
    assert as_map(last, layer((3, 4, 5), 0, (1, 2)), 2).data_ptr() == last.data_ptr()
    assert torch.equal(as_map(last, layer((3, 4, 5), 0, (1, 2)), 2), plain)
    assert map_width(VALUES, layer((3, 4, 5), 0, (1, 2)), 20) == 5


def test_channel_axis_last_and_tokens() -> None:
    plain = VALUES.flatten(2)
    assert torch.equal(as_map(VALUES.permute(0, 2, 3, 1), layer((4, 5, 3), 2, (0, 1)), 2), plain)
    assert torch.equal(as_map(plain.transpose(1, 2), layer((20, 3), 1, ()), 2), plain)
    assert torch.equal(as_map(VALUES[:, :, 0, 0], layer((3,), 0, ()), 2), VALUES[:, :, :1, 0])


def test_windows_in_the_first_axis_belong_to_their_image() -> None:
    windows = torch.arange(2 * 4 * 9 * 3.0).reshape(8, 9, 3)  # images x windows, places, channels
    found = as_map(windows, layer((9, 3), 1, (0,)), 2)
    assert found.shape == (2, 3, 36)
    assert torch.equal(found[1, 2], windows[4:, :, 2].flatten())
    assert map_width(windows, layer((9, 3), 1, (0,)), 36) == 36


@pytest.mark.parametrize("output", [torch.zeros(3, 3, 4, 5), torch.zeros(2, 3), torch.tensor(1.0)])
def test_a_shape_unlike_the_traced_one_is_an_error(output: torch.Tensor) -> None:
    with pytest.raises(ModelError, match="Layer x gave an output of shape"):
        as_map(output, layer((3, 4, 5), 0, (1, 2)), 2)


def columns(images: int, neurons: int, *, places: bool = False) -> Columns:
    table = torch.full((5, images, neurons + 2), torch.nan)
    return Columns(
        before=table[0, :, 1:-1],
        shares=table[1:3, :, 1:-1],
        highest=table[3, :, 1:-1],
        slope=table[4, :, 1:-1],
        place=torch.zeros(images, neurons, dtype=torch.int64) if places else None,
    )


@pytest.mark.parametrize("piece", [1, 200, 1000, 1 << 20])
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("places", [False, True])
@pytest.mark.parametrize("counted", [slice(None), slice(1, 5, 2), torch.tensor([0, 1, 5])])
def test_pieces_do_not_change_the_result(
    piece: int, channels_last: bool, dtype: torch.dtype, places: bool, counted: slice | torch.Tensor
) -> None:
    random = torch.Generator().manual_seed(0)
    maps = (torch.randint(-20, 70, (6, 4, 5, 7), generator=random) / 8).to(dtype)
    maps = maps.contiguous(memory_format=torch.channels_last if channels_last else torch.contiguous_format)
    values = maps.flatten(2)
    out = columns(6, 4, places=places)
    plan = Plan(values, Activation("clamp", 6.0), out, Reducer(piece))
    assert plan.fits(values)
    plan.before(values, counted)
    exact = values.double()
    torch.testing.assert_close(out.before.double(), exact.sum(2))
    torch.testing.assert_close(out.shares[1, counted].double(), (exact > 0).double().sum(2)[counted])
    torch.testing.assert_close(out.highest.double(), exact.amax(2))
    torch.testing.assert_close(out.slope[counted].double(), ((exact > 0) & (exact < 6)).double().sum(2)[counted])
    if out.place is not None:
        np.testing.assert_array_equal(out.place, exact.numpy().argmax(2))
    after = exact.clamp(0, 6)
    plan.after(after.to(dtype), counted)
    torch.testing.assert_close(out.shares[0].double(), after.sum(2))
    uncounted = np.setdiff1d(np.arange(6), np.arange(6)[counted])
    assert out.shares[1, uncounted].isnan().all()


@pytest.mark.parametrize("piece", [1, 200, 1000, 1 << 20])
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("ceiling", [None, 6.0])
@pytest.mark.parametrize("counted", [slice(None), slice(0, 0), slice(1, 6, 2), torch.tensor([0, 1, 5])])
def test_computing_a_clamp_in_pieces_tells_what_it_tells_whole(
    piece: int, channels_last: bool, in_place: bool, ceiling: float | None, counted: slice | torch.Tensor
) -> None:
    maps = torch.randint(-20, 70, (6, 4, 5, 7), generator=torch.Generator().manual_seed(0)) / 8
    maps = maps.contiguous(memory_format=torch.channels_last if channels_last else torch.contiguous_format)
    whole, pieces, values = columns(6, 4), columns(6, 4), maps.flatten(2)
    activation, seen = Activation("clamp", ceiling), torch.full((6, 4), torch.nan)
    Plan(values, activation, whole, Reducer(1 << 20)).before(values, counted)
    expected = values.clamp(0.0, ceiling)

    def look(index: Index) -> None:
        seen[index] = values[index].amax(2)  # not yet overwritten

    result = values if in_place else torch.empty_like(maps).flatten(2)
    Plan(values, activation, pieces, Reducer(piece)).through(values, result, counted, look)
    assert torch.equal(result, expected)
    assert torch.equal(seen, whole.highest)
    for name in ("before", "highest"):
        torch.testing.assert_close(getattr(pieces, name), getattr(whole, name))
    torch.testing.assert_close(pieces.shares[0], expected.sum(2))
    torch.testing.assert_close(pieces.shares[1][counted], whole.shares[1][counted])
    if ceiling is not None:
        torch.testing.assert_close(pieces.slope[counted], whole.slope[counted])
