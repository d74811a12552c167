"""The map of an opaque function, against functions whose map is known."""

import numpy as np
import pytest
import torch
from PIL import Image

from cnnvis.observe.inputs.measure import FunctionGeometry
from cnnvis.observe.inputs.preprocess import Preprocess

MEAN = torch.tensor((0.485, 0.456, 0.406)).view(3, 1, 1)


def by_options(option: Preprocess, image: Image.Image) -> torch.Tensor:
    pixels = torch.from_numpy(option.place(image)).permute(2, 0, 1).float() / 255
    return ((pixels - MEAN) / 0.225).flip(0)


@pytest.mark.parametrize("size", [(256, 341), (300, 200), (64, 64)])
@pytest.mark.parametrize("option", [Preprocess(resize=128, crop=112), Preprocess(resize=(80, 96)), Preprocess(crop=48)])
def test_resize_and_crop_are_measured_within_a_pixel(size: tuple[int, int], option: Preprocess) -> None:
    geometry = FunctionGeometry(lambda image: by_options(option, image))
    pixels = np.zeros((*size, 3), np.uint8)
    found = geometry.picture(pixels)
    expected = option.geometry(*size).picture(pixels)
    for corner in (0, 1):
        out = option.geometry(*size).size
        assert found.left + corner * out[1] * found.scale_x == pytest.approx(
            expected.left + corner * out[1] * expected.scale_x, abs=1.2
        )
        assert found.top + corner * out[0] * found.scale_y == pytest.approx(
            expected.top + corner * out[0] * expected.scale_y, abs=1.2
        )


def test_each_size_is_measured_once() -> None:
    calls: list[tuple[int, int]] = []

    def function(image: Image.Image) -> torch.Tensor:
        calls.append(image.size)
        return torch.zeros(1, 4, 4)

    geometry = FunctionGeometry(function)
    for _ in range(3):
        geometry.picture(np.zeros((8, 8, 3), np.uint8))
    assert len(calls) == 4


def test_what_cannot_be_measured_is_taken_as_the_whole_image() -> None:
    rng = np.random.default_rng(0)
    for function in (lambda _: torch.zeros(3, 5, 10), lambda _: torch.from_numpy(rng.random((3, 5, 10)))):
        picture = FunctionGeometry(function).picture(np.zeros((20, 20, 3), np.uint8))
        assert (picture.left, picture.top, picture.scale_x, picture.scale_y) == (0.0, 0.0, 2.0, 4.0)
