"""What floating-point values mean, and the pictures made of them."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.inputs.preprocess import PRESETS, Preprocess
from cnnvis.observe.inputs.values import find_normalise, find_values, to_picture

MEAN, STD = (0.4, 0.5, 0.6), (0.2, 0.3, 0.1)


def bytes_and_floats(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    pixels = torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (4, 3, 6, 5), dtype=np.uint8))
    return pixels, pixels.float() / 255


@given(st.integers(0, 1000))
def test_pictures_of_normalised_images_are_the_original_pixels(seed: int) -> None:
    pixels, floats = bytes_and_floats(seed)
    normalised = (floats - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)
    for values in (
        find_values(normalised, Preprocess(), (MEAN, STD)),
        find_values(normalised, Preprocess(mean=MEAN, std=STD)),
    ):
        assert values.ready
        assert np.array_equal(to_picture(normalised[0], values, None), pixels[0].permute(1, 2, 0).numpy())


def test_plain_ranges_are_recognised() -> None:
    pixels, floats = bytes_and_floats()
    for images, kind in ((floats, "0-1"), (pixels.float(), "0-255")):
        values = find_values(images, PRESETS["imagenet"])
        assert values.range == kind
        assert not values.ready
        assert np.array_equal(to_picture(images[1], values, None), pixels[1].permute(1, 2, 0).numpy())


def test_bgr_minus_mean_gives_back_rgb() -> None:
    pixels, _ = bytes_and_floats()
    caffe = pixels.flip(1).float() - torch.tensor((104.0, 117.0, 123.0)).view(3, 1, 1)
    values = find_values(caffe, Preprocess(mean=(104, 117, 123), colour="bgr", scale="0-255"))
    assert np.array_equal(to_picture(caffe[0], values, None), pixels[0].permute(1, 2, 0).numpy())


def test_unknown_normalisation_is_stretched_and_said() -> None:
    images = torch.linspace(-3, 5, 24).view(1, 1, 4, 6)
    values = find_values(images, Preprocess())
    picture = to_picture(images[0], values, None)
    assert (picture.min(), picture.max()) == (0, 255)
    assert "unknown way" in values.describe()


def test_nan_does_not_spoil_the_range() -> None:
    images = torch.rand(2, 1, 3, 3)
    images[0, 0, 0, 0] = float("nan")
    values = find_values(images, Preprocess())
    assert values.range == "0-1"
    assert to_picture(images[0], values, None)[0, 0, 0] == 0


@pytest.mark.parametrize(
    ("channels", "shown", "expected"), [(2, None, [0]), (5, None, [0, 1, 2]), (5, (4, 2, 0), [4, 2, 0]), (4, (3,), [3])]
)
def test_other_numbers_of_channels_are_shown_by_a_choice(
    channels: int, shown: tuple[int, ...] | None, expected: list[int]
) -> None:
    image = torch.arange(channels, dtype=torch.uint8).view(-1, 1, 1)
    assert to_picture(image, None, shown).flatten().tolist() == expected


def test_normalise_is_found_by_its_attributes_wherever_it_hides() -> None:
    normalise = SimpleNamespace(mean=list(MEAN), std=torch.tensor(STD))
    composed = SimpleNamespace(transforms=[SimpleNamespace(size=3), SimpleNamespace(transforms=(normalise,))])
    dataset = SimpleNamespace(transform=composed)
    for data in (
        dataset,
        SimpleNamespace(dataset=dataset),
        SimpleNamespace(datasets=[dataset]),
        SimpleNamespace(transforms=SimpleNamespace(transform=composed, target_transform=None)),
    ):
        found = find_normalise(data)
        assert found is not None
        assert found[0] == pytest.approx(MEAN)
        assert found[1] == pytest.approx(STD)
    assert find_normalise(SimpleNamespace(transform=lambda x: x)) is None
    assert find_normalise([1, 2]) is None
    assert find_normalise(np.zeros(3)) is None
    assert find_normalise(torch.zeros(3)) is None


def test_a_transform_that_contains_itself_ends() -> None:
    loop = SimpleNamespace()
    loop.transform = SimpleNamespace(transform=loop)
    assert find_normalise(loop) is None
