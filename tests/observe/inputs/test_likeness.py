"""Images from elsewhere go the way of the data's own: an image of the data, given as a file, becomes the same input."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cnnvis.observe.inputs import Preprocess, from_dataset, open_data, prepare
from cnnvis.observe.inputs.arrays import ArraySource
from cnnvis.observe.inputs.example import find_transform
from cnnvis.observe.inputs.fitted import Calling, FittedSource
from cnnvis.observe.inputs.likeness import MOST_PIXELS, covering, decode_image
from cnnvis.observe.inputs.source import ImageSource
from cnnvis.schema.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (4, 10, 12, 3)).astype(np.uint8)
GREY = PIXELS[..., 0]
FUNCTION = Preprocess(function=lambda image: torch.from_numpy(np.array(image, np.float32)).permute(2, 0, 1) * 2)


def file_of(image: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def own(source: ImageSource, number: int) -> torch.Tensor:
    return next(source.select(np.array([number]))).inputs.image


class Photos:
    """Items made of the pixels, with a transform as torchvision's data sets have one."""

    def __init__(self, transform: Callable[[Image.Image], object] | None = None) -> None:
        self.transform = transform

    def __len__(self) -> int:
        return len(PIXELS)

    def __getitem__(self, index: int) -> tuple[object, int]:
        image = Image.fromarray(PIXELS[index])
        return (image if self.transform is None else self.transform(image)), 0


class Stream:
    """Data that can only be run through."""

    def __iter__(self) -> Iterator[tuple[np.ndarray, int]]:
        return iter([(PIXELS[0], 0)])


def halved(image: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(image.resize((6, 5)), np.float32)).permute(2, 0, 1) / 100 - 1


SOURCES: dict[str, Callable[[], ImageSource]] = {
    "bytes": lambda: ArraySource(PIXELS),
    "grey bytes": lambda: ArraySource(GREY, preprocess=Preprocess(mean=(0.1,), std=(0.3,))),
    "as BGR, 0-255": lambda: ArraySource(PIXELS, preprocess=Preprocess(colour="bgr", scale="0-255")),
    "turned grey": lambda: ArraySource(PIXELS, preprocess=Preprocess(colour="grey")),
    "resized and cropped": lambda: ArraySource(PIXELS, preprocess=Preprocess(resize=8, crop=6)),
    "floats 0-1": lambda: ArraySource(PIXELS.astype(np.float32) / 255),
    "floats 0-255": lambda: ArraySource(PIXELS.astype(np.float32), preprocess=Preprocess(scale="0-1")),
    "normalised": lambda: ArraySource(
        (PIXELS.astype(np.float32) / 255 - 0.4) / 0.2, preprocess=Preprocess(mean=(0.4,), std=(0.2,))
    ),
    "own function": lambda: ArraySource(PIXELS, preprocess=FUNCTION),
    "PIL items": lambda: from_dataset(Photos(), preprocess=Preprocess(resize=8, crop=(6, 7), mean=(0.5,), std=(0.2,))),
    "items with a transform": lambda: from_dataset(Photos(halved)),
    "items with a function": lambda: from_dataset(Photos(), preprocess=FUNCTION),
}


@pytest.mark.parametrize("name", SOURCES)
def test_an_image_of_the_data_becomes_the_same_input(name: str) -> None:
    source = SOURCES[name]()
    pixels = GREY if name.startswith("grey") else PIXELS
    images = [decode_image("x", file_of(Image.fromarray(each))) for each in pixels[1:3]]
    batch = prepare(source, images)
    assert (batch.samples.tolist(), batch.labels.tolist()) == ([0, 1], [-1, -1])
    for place, number in enumerate((1, 2)):
        torch.testing.assert_close(batch.inputs.image[place], own(source, number)[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("preprocess", [Preprocess(), Preprocess(resize=8, crop=6, colour="bgr"), FUNCTION])
def test_files_go_the_way_of_files(tmp_path: Path, preprocess: Preprocess) -> None:
    for number, pixels in enumerate(PIXELS):
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    source = open_data(str(tmp_path), preprocess=preprocess)
    image = decode_image("x", (tmp_path / "2.png").read_bytes())
    torch.testing.assert_close(prepare(source, [image]).inputs.image, own(source, 2))


def test_another_size_is_brought_to_that_of_the_data_which_keeps_the_shape_of_things() -> None:
    large = Image.fromarray(np.kron(PIXELS[0], np.ones((4, 4, 1))).astype(np.uint8))
    assert prepare(ArraySource(PIXELS), [large]).inputs.image.shape == (1, 3, 10, 12)
    wide = Image.new("RGB", (400, 100))
    wide.paste((255, 255, 255), (150, 0, 250, 100))
    middle = np.asarray(covering(wide, (10, 10)))
    assert middle.shape == (10, 10, 3)
    assert middle.min() == 255
    # What takes any size gets the image as it is.
    assert prepare(from_dataset(Photos(), preprocess=Preprocess(resize=(7, 7))), [wide]).inputs.image.shape[2:] == (
        7,
        7,
    )


def test_a_transform_that_fails_on_it_or_gives_another_shape_is_not_used() -> None:
    def fails(image: Image.Image) -> torch.Tensor:
        if image.size != (12, 10):
            raise ZeroDivisionError
        return halved(image)

    source = from_dataset(Photos(lambda image: fails(image).abs().clamp(0, 1)))
    assert prepare(source, [Image.new("RGB", (50, 50))]).inputs.image.shape == (1, 3, 5, 6)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (lambda: ArraySource(np.zeros((3, 5, 8, 8), np.uint8)), "5 channels; an image file has 1 or 3"),
        (lambda: ArraySource(PIXELS.astype(np.float32) / 50 - 2), "prepared in an unknown way"),
        (lambda: from_dataset(Stream()), "read from its beginning"),
        (lambda: FittedSource(ArraySource(PIXELS), Calling("by name", ("x", "mask"))), "comes alone"),
    ],
)
def test_what_cannot_be_prepared_is_said(source: Callable[[], ImageSource], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as refused:
        prepare(source(), [Image.new("RGB", (8, 8))])
    assert refused.value.remedy


def test_the_model_gets_it_by_name_where_it_gets_the_data_so() -> None:
    batch = prepare(
        FittedSource(ArraySource(PIXELS), Calling("by name", ("pixel_values",))), [Image.new("RGB", (8, 8))]
    )
    assert list(batch.inputs.kwargs) == ["pixel_values"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_known_kinds_are_read(kind: str) -> None:
    assert decode_image("x", file_of(Image.fromarray(PIXELS[0]), kind)).size == (12, 10)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not an image"),
        (b"not an image", "not an image"),
        (file_of(Image.fromarray(PIXELS[0]))[:60], "not an image"),
        (file_of(Image.fromarray(PIXELS[0]), "GIF"), "not an image"),
        (file_of(Image.fromarray(PIXELS[0]), "TIFF"), "not an image"),
    ],
)
def test_what_is_no_image_is_said(data: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=f"^holiday.png is {sentence}") as refused:
        decode_image("holiday.png", data)
    assert "PNG, JPEG, WebP or BMP" in refused.value.remedy


@pytest.mark.parametrize("side", [6400, 12000, 20000])
def test_a_small_file_that_would_fill_the_memory_is_not_unpacked(side: int) -> None:
    """A plain picture of 400 million pixels is a file of some hundred kilobytes."""
    head = Image.new("1", (8, 8))
    data = bytearray(file_of(head))
    data[16:24] = side.to_bytes(4, "big") * 2
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    assert side**2 > MOST_PIXELS
    with pytest.raises(DataError, match=r"^bomb.png is too large"):
        decode_image("bomb.png", bytes(data))


def test_an_image_is_turned_upright() -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(PIXELS[0]).save(buffer, "JPEG", exif=exif)
    assert decode_image("x", buffer.getvalue()).size == (10, 12)


def test_a_transform_is_found_inside_other_data() -> None:
    class Part:
        dataset = Photos(halved)

    assert find_transform(Part()) is halved
    assert find_transform(Photos()) is None
    assert find_transform([1, 2]) is None
