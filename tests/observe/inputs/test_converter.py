"""Items of mixed forms become one kind of input."""

import numpy as np
import pytest
import torch
from PIL import Image

from cnnvis.observe.inputs.converter import Converter
from cnnvis.observe.inputs.preprocess import PRESETS, Preprocess
from cnnvis.schema.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (2, 6, 5, 3), dtype=np.uint8)
TENSORS = torch.from_numpy(PIXELS).permute(0, 3, 1, 2)


@pytest.mark.parametrize(
    "option", [Preprocess(), PRESETS["imagenet"], Preprocess(colour="bgr", scale="0-255"), Preprocess(colour="grey")]
)
def test_pil_images_and_bytes_give_the_same_input(option: Preprocess) -> None:
    option = Preprocess(mean=option.mean if option.colour != "grey" else None, scale=option.scale, colour=option.colour)
    converter = Converter(option, None, [TENSORS[0]])
    from_bytes = converter.inputs(list(TENSORS), ["a", "b"])
    from_files = converter.inputs([Image.fromarray(pixels) for pixels in PIXELS], ["a", "b"])
    assert torch.equal(from_bytes, from_files)
    assert np.array_equal(converter.picture(Image.fromarray(PIXELS[0])).pixels, PIXELS[0])


def test_pil_images_differing_in_size_are_resized_or_refused() -> None:
    images = [Image.fromarray(PIXELS[0]), Image.fromarray(PIXELS[1][:4])]
    assert Converter(Preprocess(resize=4, crop=4), None, images).inputs(images, ["a", "b"]).shape == (2, 3, 4, 4)
    with pytest.raises(DataError, match="a is 6x5 and b is 4x5"):
        Converter(Preprocess(), None, images).inputs(images, ["a", "b"])


def test_floats_say_what_they_are_taken_for() -> None:
    ready = torch.randn(2, 3, 4, 4) * 2
    converter = Converter(Preprocess(), ((0.0,), (1.0,)), list(ready))
    assert torch.equal(converter.inputs(list(ready), ["a", "b"]), ready)
    assert "already normalised" in converter.describe()
    assert "floating-point images 0-1" in Converter(Preprocess(), None, [torch.rand(1, 3, 3)]).describe()
    assert Converter(Preprocess(), None, [TENSORS[0]]).describe() == "values 0-1"


def test_a_users_function_gets_every_item_as_pil_image() -> None:
    def function(image: Image.Image) -> torch.Tensor:
        return torch.from_numpy(np.array(image)).permute(2, 0, 1) / 255

    converter = Converter(Preprocess(function=function), None, [TENSORS[0].float() / 255])
    for images in (list(TENSORS), list(TENSORS / 255), [Image.fromarray(pixels) for pixels in PIXELS]):
        assert torch.allclose(converter.inputs(images, ["a", "b"]), TENSORS / 255)
    assert converter.picture(TENSORS[0]).pixels.shape == (6, 5, 3)


def test_a_grey_model_still_shows_colours() -> None:
    converter = Converter(Preprocess(colour="grey"), None, [])
    assert np.array_equal(converter.picture(Image.fromarray(PIXELS[0])).pixels, PIXELS[0])
