"""The arguments of a forward pass: the image is found, parts are taken and joined, everything else goes along."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnvis.observe.model_input import ModelInput, input_dtype

IMAGES, META = torch.rand(6, 3, 4, 5), torch.rand(6, 2)


class Both(nn.Module):
    def forward(self, x: torch.Tensor, meta: torch.Tensor, *, scale: float = 1.0) -> torch.Tensor:
        return scale * x.mean((1, 2, 3)) + meta.sum(1)


def nested() -> ModelInput:
    names = [f"image {row}" for row in range(6)]
    return ModelInput(({"pixels": IMAGES, "more": (META, names)},), {"flag": True}, (0, "pixels"))


def test_a_tensor_alone() -> None:
    inputs = ModelInput.of(IMAGES)
    assert inputs.image is IMAGES
    assert inputs.alone
    assert len(inputs) == 6
    assert inputs.call(nn.Identity()) is IMAGES
    assert ModelInput.of(inputs) is inputs
    assert str(inputs) == "[6, 3, 4, 5]"


def test_the_image_is_found_by_shape() -> None:
    mask = torch.ones(6, 1, 9, 9, dtype=torch.bool)
    assert ModelInput.of((META, IMAGES, mask)).path == (1,)
    assert ModelInput.of({"meta": META, "x": IMAGES}).path == ("x",)
    assert ModelInput.of(([META, {"deep": IMAGES}],)).path == (0, 1, "deep")
    assert not ModelInput.of((META, IMAGES)).alone


def test_calling_by_position_and_by_name() -> None:
    by_position, by_name = ModelInput((IMAGES, META)), ModelInput((IMAGES,), {"meta": META, "scale": 2.0})
    assert torch.allclose(by_position.call(Both()), IMAGES.mean((1, 2, 3)) + META.sum(1))
    assert torch.allclose(by_name.call(Both()), 2 * IMAGES.mean((1, 2, 3)) + META.sum(1))


def test_only_numbers_with_a_fraction_change_their_format() -> None:
    inputs = ModelInput((IMAGES, torch.arange(6))).to(torch.device("cpu"), torch.float64)
    assert [tensor.dtype for tensor in inputs.tensors()] == [torch.float64, torch.int64]
    assert inputs.to(torch.device("cpu"), torch.float64).image is inputs.image
    assert input_dtype(nn.Conv2d(3, 3, 1).half()) == torch.float16
    assert input_dtype(nn.ReLU()) == torch.float32


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(0, 8))
def test_parts_put_together_again_are_the_whole(rows: list[int], cut: int) -> None:
    whole = nested()
    taken = whole.take(np.array(rows))
    halves = whole.take(np.array(rows[:cut], np.int64)), whole.take(np.array(rows[cut:], np.int64))
    again = halves[0].followed_by(halves[1])
    for found in (taken, again):
        assert torch.equal(found.image, IMAGES[rows])
        more = found.args[0]["more"]  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]
        assert torch.equal(more[0], META[rows])
        assert more[1] == [f"image {row}" for row in rows]
        assert found.kwargs == {"flag": True}
    assert taken.fits(again)


def test_a_slice_is_no_copy() -> None:
    first = nested().take(slice(0, 2))
    assert first.image.data_ptr() == IMAGES.data_ptr()
    assert len(first) == 2
    assert not first.fits(ModelInput((IMAGES,)))


def test_leaves_take_gradients_and_their_clones_may_be_changed() -> None:
    leaves = ModelInput((IMAGES, META, torch.arange(6))).leaves()
    clones = leaves.cloned()
    clones.image.mul_(3.0).sum().backward()
    gradient = leaves.image.grad
    assert gradient is not None
    assert torch.equal(gradient, torch.full_like(IMAGES, 3.0))
    assert IMAGES.max() <= 1
    with pytest.raises(RuntimeError, match="leaf"):
        leaves.image.mul_(2.0)
