"""Wrappers come off, and what is no module is refused with a sentence."""

import pytest
import torch
from torch import nn

from cnnvis.observe.trace.unwrap import is_compiled, module_paths, unwrap
from cnnvis.schema.errors import ModelError


def test_wrappers_come_off() -> None:
    model = nn.Sequential(nn.Conv2d(3, 2, 1))
    assert unwrap(model) is model
    assert unwrap(torch.compile(model)) is model
    assert unwrap(nn.DataParallel(nn.DataParallel(torch.compile(model)))) is model
    assert is_compiled(torch.compile(model))
    assert not is_compiled(model)


def test_paths_do_not_show_wrappers() -> None:
    model = nn.Sequential(nn.Sequential(nn.ReLU()), nn.ReLU())
    model[0] = torch.compile(model[0])
    assert sorted(set(module_paths(model).values())) == ["", "0", "0.0", "1"]


@pytest.mark.parametrize("value", [nn.ReLU, {"weight": torch.zeros(1)}, None])
def test_what_is_no_module(value: object) -> None:
    with pytest.raises(ModelError, match=r"must be a torch\.nn\.Module, but a value of type .* came"):
        unwrap(value)
