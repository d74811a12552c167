"""Choosing the device, and evaluation that leaves no trace."""

import pytest
import torch
from torch import nn

from cnnvis.observe.collect.model import device_of, evaluating
from cnnvis.schema.errors import ModelError


def test_the_device() -> None:
    model = nn.Conv2d(3, 3, 1)
    assert device_of(model, "cpu") == torch.device("cpu")
    with pytest.raises(ModelError, match=r"The device 'nonsense' cannot be used"):
        device_of(model, "nonsense")


def test_even_after_an_error_the_model_is_as_it_was() -> None:
    model = nn.Sequential(nn.Dropout(), nn.BatchNorm2d(3)).train()
    model[1].eval()
    with pytest.raises(ValueError, match="x"), evaluating(model, torch.device("cpu")):
        assert not torch.is_grad_enabled()
        assert not model[0].training
        raise ValueError("x")
    assert torch.is_grad_enabled()
    assert [module.training for module in model] == [True, False]
