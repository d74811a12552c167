"""Samples of every usual form."""

import numpy as np
import pytest
import torch
from PIL import Image

from cnnvis.observe.inputs.items import (
    as_image,
    as_images,
    as_label,
    is_float,
    original,
    placed,
    sizes_of,
    to_pil,
)
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.schema.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)


@pytest.mark.parametrize("value", [PIXELS, PIXELS.transpose(2, 0, 1), torch.from_numpy(PIXELS).permute(2, 0, 1)])
def test_single_images_come_channels_first(value: object) -> None:
    image = as_image(value, "s")
    assert isinstance(image, torch.Tensor)
    assert np.array_equal(image.permute(1, 2, 0).numpy(), PIXELS)
    assert sizes_of(image) == (6, 5)
    assert not is_float(image)


def test_pil_images_stay_and_keep_grey() -> None:
    image = Image.fromarray(PIXELS)
    assert as_image(image, "s") is image
    assert sizes_of(image) == (6, 5)
    assert np.array_equal(placed(image, Preprocess()).permute(1, 2, 0).numpy(), PIXELS)
    assert placed(image.convert("L"), Preprocess()).shape == (1, 6, 5)
    assert placed(image.convert("L"), Preprocess(colour="rgb")).shape == (3, 6, 5)
    assert original(image.convert("L"), Preprocess(resize=3)).shape == (1, 6, 5)
    assert to_pil(image, None, None) is image
    assert np.array_equal(np.asarray(to_pil(as_image(PIXELS, "s"), None, None)), PIXELS)


@pytest.mark.parametrize("value", ["cat.png", 3, np.zeros(5), None])
def test_what_is_no_image(value: object) -> None:
    with pytest.raises(DataError, match=r"Sample 1 gives a \w+( of shape \(5,\))? as its image"):
        as_image(value, "Sample 1")


def test_batches_of_images() -> None:
    assert len(as_images(np.stack([PIXELS] * 3), "b")) == 3
    assert len(as_images([PIXELS, PIXELS], "b")) == 2
    assert len(as_images(Image.fromarray(PIXELS), "b")) == 1


def test_labels() -> None:
    assert [as_label(value, "s") for value in (None, 3, np.int64(4), torch.tensor([5]), 6.0)] == [-1, 3, 4, 5, 6]
    with pytest.raises(DataError, match=r"one class index per image"):
        as_label(torch.eye(3)[0], "Sample 1")
    with pytest.raises(DataError, match=r"has the label 'cat'"):
        as_label("cat", "Sample 1")
