"""Preprocessing: sizes as torchvision rounds them, exact coordinates, colours, units."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnnvis.observe.inputs.preprocess import PRESETS, Preprocess, from_function, preset
from cnnvis.schema.errors import DataError

SIZES = st.integers(min_value=8, max_value=60)


def slow_geometry(height: int, width: int, resize: int, crop: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Resized size and crop offset in torchvision's words (functional.resize and center_crop)."""
    short, long = (width, height) if width <= height else (height, width)
    new_short, new_long = resize, int(resize * long / short)
    new_w, new_h = (new_short, new_long) if width <= height else (new_long, new_short)
    return (new_h, new_w), (round((new_h - crop) / 2.0), round((new_w - crop) / 2.0))


@given(SIZES, SIZES, SIZES, st.integers(min_value=2, max_value=8))
def test_geometry_agrees_with_torchvisions_rules(height: int, width: int, resize: int, crop: int) -> None:
    geometry = Preprocess(resize=resize, crop=crop).geometry(height, width)
    resized, offset = slow_geometry(height, width, resize, crop)
    assert geometry.resized == resized
    assert geometry.offset == offset
    assert geometry.size == (crop, crop)


@given(SIZES, SIZES, SIZES)
def test_input_corners_lie_where_the_map_says(height: int, width: int, resize: int) -> None:
    geometry = Preprocess(resize=resize).geometry(height, width)
    picture = geometry.picture(np.zeros((height, width, 3), np.uint8))
    assert picture.left == 0
    assert picture.top == 0
    assert picture.scale_x * geometry.size[1] == pytest.approx(width)
    assert picture.scale_y * geometry.size[0] == pytest.approx(height)


def test_crop_without_resize_shifts_exactly() -> None:
    picture = Preprocess(crop=(4, 6)).geometry(10, 20).picture(np.zeros((10, 20, 1), np.uint8))
    assert (picture.left, picture.top, picture.scale_x, picture.scale_y) == (7.0, 3.0, 1.0, 1.0)


def test_a_crop_larger_than_the_image_pads_with_black_in_files_and_arrays() -> None:
    image = Image.new("RGB", (4, 4), (200, 100, 50))
    option = Preprocess(crop=6)
    placed = torch.from_numpy(option.place(image)).permute(2, 0, 1)
    fitted = option.fit(torch.from_numpy(np.array(image)).permute(2, 0, 1)[None])[0]
    assert placed.shape == (3, 6, 6)
    assert torch.equal(placed, fitted)
    assert int(placed[:, 0].sum()) == 0
    assert option.geometry(4, 4).picture(np.array(image)).left == -1.0


def test_arrays_and_files_are_resized_nearly_alike() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    option = Preprocess(resize=16, crop=(16, 12))
    placed = torch.from_numpy(option.place(Image.fromarray(pixels))).permute(2, 0, 1)
    fitted = option.fit(torch.from_numpy(pixels).permute(2, 0, 1)[None])[0]
    assert (placed.int() - fitted.int()).abs().max() <= 2


def test_arrays_and_files_turn_grey_alike() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    option = Preprocess(colour="grey")
    placed = torch.from_numpy(option.place(Image.fromarray(pixels))).permute(2, 0, 1)
    assert torch.equal(option.recolour(torch.from_numpy(pixels).permute(2, 0, 1)[None])[0], placed)


def test_channels_are_reversed_for_bgr_and_repeated_for_grey_images() -> None:
    image = torch.arange(3, dtype=torch.uint8).view(1, 3, 1, 1)
    assert Preprocess(colour="bgr").recolour(image).flatten().tolist() == [2, 1, 0]
    assert Preprocess(colour="rgb").recolour(image[:, :1]).shape == (1, 3, 1, 1)
    assert torch.equal(Preprocess().recolour(image), image)


@pytest.mark.parametrize(
    ("scale", "expected"),
    [(None, [0.0, 0.2, 1.0]), ("0-1", [0.0, 0.2, 1.0]), ("0-255", [0, 51, 255]), ("-1-1", [-1, -0.6, 1])],
)
def test_scale_units(scale: str | None, expected: list[float]) -> None:
    option = Preprocess(scale=scale)  # pyright: ignore[reportArgumentType]
    images = torch.tensor([0, 51, 255], dtype=torch.uint8).view(1, 3, 1, 1)
    assert option.scaled(images).flatten().tolist() == pytest.approx(expected)
    assert option.scaled(images.float() / 255, 1.0).flatten().tolist() == pytest.approx(expected)


def test_mean_and_deviation_are_bitwise_those_of_the_usual_transform() -> None:
    images = torch.randint(0, 256, (2, 3, 5, 5), dtype=torch.uint8)
    option = PRESETS["imagenet"]
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (option.mean, option.std))
    assert torch.equal(option.scaled(images), (images.float() / 255 - mean) / std)
    assert images.dtype == torch.uint8


def test_wrong_number_of_means_is_an_error() -> None:
    with pytest.raises(DataError, match=r"mean has 2 values, but the images have 3 channels.*3 numbers"):
        Preprocess(mean=(1.0, 2.0)).scaled(torch.zeros(1, 3, 2, 2, dtype=torch.uint8))


@pytest.mark.parametrize(
    ("option", "words"), [({"resize": 0}, "resize is 0"), ({"crop": (3, 0)}, "crop is"), ({"std": (0.0,)}, "std is")]
)
def test_impossible_options_are_errors(option: dict[str, object], words: str) -> None:
    with pytest.raises(DataError, match=words):
        Preprocess(**option)  # pyright: ignore[reportArgumentType]


def test_describe_says_everything_in_words() -> None:
    assert PRESETS["imagenet"].describe() == (
        "short side to 256; centre crop 224; values 0-1; minus mean 0.485, 0.456, 0.406; divided by 0.229, 0.224, 0.225"
    )
    assert preset("mnist", crop=(20, 24)).describe().startswith("centre crop 20x24; grey")
    assert Preprocess().describe() == "values 0-1"


def test_unknown_preset_is_an_error() -> None:
    with pytest.raises(DataError, match="preset 'cifar' is unknown"):
        preset("cifar")


def test_from_function_names_what_is_not_a_function() -> None:
    assert from_function("math:sqrt").describe() == "the function sqrt"
    with pytest.raises(DataError, match="is a float, not a function"):
        from_function("math:pi")
