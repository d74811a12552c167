"""Batch norms folded into the convolutions before them: same values, model untouched, never where it would be wrong."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnvis.observe.collect.fold import Folding, UnfoldableError, folded_weights
from cnnvis.observe.trace import trace


def _unlike(norm: nn.BatchNorm2d | nn.BatchNorm1d | nn.BatchNorm3d, generator: torch.Generator) -> None:
    """Give a norm statistics and weights as training would."""
    with torch.no_grad():
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.normal_(generator=generator)
        norm.running_var.uniform_(0.05, 4.0, generator=generator)
        if norm.affine:
            norm.weight.normal_(generator=generator)
            norm.bias.normal_(generator=generator)


@settings(max_examples=40, deadline=None)
@given(
    dims=st.integers(1, 3),
    groups=st.sampled_from([1, 2, 4]),
    bias=st.booleans(),
    affine=st.booleans(),
    stride=st.integers(1, 2),
    padding=st.sampled_from(["zeros", "circular"]),
    seed=st.integers(0, 1000),
)
def test_one_convolution_does_what_both_modules_do(
    dims: int, groups: int, bias: bool, affine: bool, stride: int, padding: str, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    kinds = {1: (nn.Conv1d, nn.BatchNorm1d), 2: (nn.Conv2d, nn.BatchNorm2d), 3: (nn.Conv3d, nn.BatchNorm3d)}
    conv_kind, norm_kind = kinds[dims]
    conv = conv_kind(4, 8, 3, stride, 1, groups=groups, bias=bias, padding_mode=padding).double()
    norm = norm_kind(8, affine=affine).double()
    _unlike(norm, generator)
    model = nn.Sequential(conv, norm, nn.ReLU()).eval()
    images = torch.randn(2, 4, *[6] * dims, generator=generator, dtype=torch.float64)
    expected = model(images)
    folding = Folding(model, trace(model, images[:1]))
    assert len(folding) == 1
    with folding.folded():
        torch.testing.assert_close(model(images), expected, rtol=1e-10, atol=1e-10)
        folding.check()
    assert torch.equal(model(images), expected)
    assert not any("forward" in vars(module) for module in model.modules())


def test_weights_agree_in_single_precision() -> None:
    conv, norm = nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5).eval()
    _unlike(norm, torch.Generator().manual_seed(1))
    weight, bias = folded_weights(conv, norm)
    images = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(nn.functional.conv2d(images, weight, bias), norm(conv(images)), rtol=1e-4, atol=1e-5)


class _Branch(nn.Module):
    """Uses its convolution without the norm when an image is bright."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found = self.conv(x)
        return found if bool(x.mean() > 1) else torch.relu(self.norm(found))


def test_another_path_than_the_traced_one_is_noticed() -> None:
    model = _Branch().eval()
    dark, bright = torch.zeros(1, 1, 5, 5), torch.full((1, 1, 5, 5), 2.0)
    folding = Folding(model, trace(model, dark))
    assert len(folding) == 1
    with folding.folded():
        model(dark)
        folding.check()
        model(bright)
        with pytest.raises(UnfoldableError):
            folding.check()
        with pytest.raises(UnfoldableError):
            model(dark)
        folding.give_up()
        model(bright)
        folding.check()


class _Twice(nn.Module):
    """Calls one pair of modules twice, which no single set of weights must replace."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(2, 2, 3, padding=1), nn.BatchNorm2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.norm(self.conv(torch.relu(self.norm(self.conv(x))))))


class _Between(nn.Module):
    """Reads the convolution's output besides the norm."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(2, 2, 3, padding=1), nn.BatchNorm2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found = self.conv(x)
        return torch.relu(self.norm(found)) + found


class _Own(nn.BatchNorm2d):
    """A batch norm with ideas of its own."""


def _hooked() -> nn.Module:
    model = nn.Sequential(nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2), nn.ReLU())
    model[0].register_forward_hook(lambda _module, _args, output: output * 2)
    return model


def _parametrised() -> nn.Module:
    conv = nn.utils.parametrizations.weight_norm(nn.Conv2d(2, 2, 3))
    return nn.Sequential(conv, nn.BatchNorm2d(2), nn.ReLU())


@pytest.mark.parametrize(
    "model",
    [
        _Twice(),
        _Between(),
        _hooked(),
        _parametrised(),
        nn.Sequential(nn.Conv2d(2, 2, 3), _Own(2), nn.ReLU()),
        nn.Sequential(nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2, track_running_stats=False), nn.ReLU()),
        nn.Sequential(nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2), nn.ReLU()).bfloat16(),
    ],
    ids=["called twice", "read twice", "hooked", "parametrised", "subclass", "no statistics", "half precision"],
)
def test_what_is_not_plain_is_left_alone(model: nn.Module) -> None:
    model = copy.deepcopy(model).eval()
    images = torch.randn(1, 2, 6, 6, dtype=next(model.parameters()).dtype)
    assert len(Folding(model, trace(model, images))) == 0


def test_in_training_nothing_is_folded() -> None:
    model = nn.Sequential(nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2), nn.ReLU()).eval()
    graph = trace(model, torch.zeros(1, 2, 6, 6))
    assert len(Folding(model.train(), graph)) == 0
