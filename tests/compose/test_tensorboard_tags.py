"""Tags as people write them."""

import pytest

from cnnvis.compose.tensorboard_tags import LayerTag, is_gradient_norm, is_rate, layer_of, merged_names


@pytest.mark.parametrize(
    ("tag", "layer", "kind", "of_bias"),
    [
        ("layer1.0.conv1.weight", "layer1.0.conv1", "weight", False),
        ("layer1.0.conv1.weight/grad", "layer1.0.conv1", "gradient", False),
        ("grad/layer1.0.conv1.bias", "layer1.0.conv1", "gradient", True),
        ("gradients/fc.weight", "fc", "gradient", False),
        ("parameters/fc.bias", "fc", "bias", True),
        ("conv2d_3/kernel_0", "conv2d_3", "weight", False),
        ("conv2d/kernel:0", "conv2d", "weight", False),
        ("activations/conv1", "conv1", "activation", False),
        ("conv1/out_0", "conv1", "activation", False),
    ],
)
def test_histograms_of_layers(tag: str, layer: str, kind: str, of_bias: bool) -> None:
    assert layer_of(tag) == LayerTag(layer, kind, of_bias)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("tag", ["something", "weights", "images/0"])
def test_what_names_no_layer_is_none(tag: str) -> None:
    assert layer_of(tag) is None


def test_learning_rates_and_norms_of_gradients() -> None:
    rates = ["lr", "train/learning_rate", "LearningRate", "lr-Adam", "lr-SGD/pg1", "learning_rate_0", "opt/lr"]
    assert all(is_rate(tag) for tag in rates)
    assert not any(is_rate(tag) for tag in ("lrn", "colour", "train/loss", "rate"))
    assert is_gradient_norm("train/grad_norm")
    assert not is_gradient_norm("train/norm")


def test_train_and_validation_beside_each_other_are_one_training() -> None:
    assert merged_names(["a/train", "a/validation", "b/version_0", "b/version_1", ""]) == {
        "a": {"a/train": "train", "a/validation": "validation"},
        "b/version_0": {"b/version_0": ""},
        "b/version_1": {"b/version_1": ""},
        "": {"": ""},
    }
    assert merged_names(["train"]) == {"train": {"train": ""}}
    assert merged_names(["val", "valid"]) == {"val": {"val": ""}, "valid": {"valid": ""}}
