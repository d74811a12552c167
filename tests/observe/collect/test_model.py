"""Choosing the device and the logits."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from cnnvis.observe.collect.model import device_of, evaluating, input_dtype, logits_of
from cnnvis.schema.errors import ModelError

ROWS, MAPS = torch.zeros(2, 5), torch.zeros(2, 5, 3, 3)


def test_the_logits_are_found() -> None:
    assert logits_of(ROWS, None) is ROWS
    assert logits_of((MAPS, ROWS), None) is ROWS
    assert logits_of({"a": MAPS, "logits": ROWS}, None) is ROWS
    assert logits_of(SimpleNamespace(logits=ROWS, loss=None), "logits") is ROWS
    assert logits_of([MAPS, ROWS], 0) is MAPS
    assert logits_of({"maps": MAPS}, None) is None


def test_a_missing_or_ambiguous_output_is_an_error() -> None:
    with pytest.raises(ModelError, match="no output 'b'; it has 'a'"):
        logits_of({"a": ROWS}, "b")
    with pytest.raises(ModelError, match="several outputs: 'a', 'b'.*--output"):
        logits_of({"a": ROWS, "b": torch.zeros(2, 7)}, None)


def test_device_and_format() -> None:
    model = nn.Conv2d(3, 3, 1)
    assert device_of(model, "cpu") == torch.device("cpu")
    assert input_dtype(model.half()) == torch.float16
    assert input_dtype(nn.ReLU()) == torch.float32
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
