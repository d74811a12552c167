"""What counts as a number."""

import numpy as np
import pytest
import torch

from cnnvis.observe.record.values import as_loss, as_number, described


@pytest.mark.parametrize(
    "value", [0.5, True, np.float32(0.5), np.array(0.5), np.array([2]), torch.tensor(0.5), torch.tensor([[3]])]
)
def test_numbers_of_all_kinds(value: object) -> None:
    found = as_number(value)
    assert found is not None
    assert float(found) == float(np.asarray(value).item())  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "None"),
        ("0.5", "a str"),
        (torch.zeros(3), "a tensor of shape [3]"),
        (np.zeros((2, 2)), "an array of shape [2, 2]"),
        (np.array("x"), "an array of shape []"),
        (1j, "a complex"),
        ({}, "a dict"),
    ],
)
def test_all_else_is_no_number(value: object, name: str) -> None:
    assert as_number(value) is None
    assert described(value) == name


def test_a_loss_per_image_is_their_mean() -> None:
    loss = as_loss(torch.tensor([1.0, 2.0], requires_grad=True))
    assert isinstance(loss, torch.Tensor)
    assert float(loss) == 1.5
    assert not loss.requires_grad
    assert as_loss("x") is None
