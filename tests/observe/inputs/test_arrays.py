"""Arrays in memory: every layout and type, without copies that are not needed."""

import numpy as np
import pytest
import torch

from cnnvis.observe.inputs.arrays import ArraySource, channels_are_last, channels_first, convert, squeezed, to_labels
from cnnvis.observe.inputs.preprocess import PRESETS, Preprocess
from cnnvis.schema.errors import DataError

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (7, 6, 5, 3), dtype=np.uint8)
LABELS = np.arange(7) % 3


@pytest.mark.parametrize(
    "images",
    [
        PIXELS,
        PIXELS.transpose(0, 3, 1, 2),
        torch.from_numpy(PIXELS),
        torch.from_numpy(PIXELS).permute(0, 3, 1, 2),
        PIXELS.astype(np.int64),
        PIXELS[:, ::-1][:, ::-1],
    ],
)
def test_layouts_and_types_mean_the_same_pixels(images: np.ndarray | torch.Tensor) -> None:
    source = ArraySource(images, LABELS, batch_size=4)
    batches = list(source.batches())
    assert [len(batch.samples) for batch in batches] == [4, 3]
    inputs = torch.cat([batch.inputs.image for batch in batches])
    assert torch.equal(inputs, torch.from_numpy(PIXELS).permute(0, 3, 1, 2).float() / 255)
    assert np.concatenate([batch.labels for batch in batches]).tolist() == LABELS.tolist()
    assert np.concatenate([batch.samples for batch in batches]).tolist() == list(range(7))
    assert np.array_equal(source.picture(5).pixels, PIXELS[5])


def test_starting_later_gives_the_same_batches() -> None:
    source = ArraySource(PIXELS, LABELS, batch_size=2, limit=5)
    assert source.total == 5
    all_batches = list(source.batches())
    for start in range(4):
        for batch, again in zip(all_batches[start:], source.batches(start), strict=True):
            assert torch.equal(batch.inputs.image, again.inputs.image)
            assert np.array_equal(batch.samples, again.samples)


def test_grey_arrays_get_a_channel() -> None:
    source = ArraySource(PIXELS[..., 0], preprocess=PRESETS["mnist"])
    batch = next(source.batches())
    assert batch.inputs.image.shape == (7, 1, 6, 5)
    assert batch.labels.tolist() == [-1] * 7
    assert source.picture(0).pixels.shape == (6, 5, 1)


def test_floats_between_0_and_1_are_normalised_when_asked() -> None:
    floats = (PIXELS / 255).astype(np.float64)
    given = ArraySource(floats, preprocess=PRESETS["imagenet"].__class__(mean=(0.5,), std=(0.25,)))
    expected = (torch.from_numpy(PIXELS).permute(0, 3, 1, 2) / 255 - 0.5) / 0.25
    assert torch.allclose(next(given.batches()).inputs.image, expected, atol=1e-6)
    assert np.array_equal(given.picture(2).pixels, PIXELS[2])
    plain = ArraySource(PIXELS.astype(np.float32))
    assert float(next(plain.batches()).inputs.image.max()) > 200
    assert "floating-point images 0-255" in plain.preprocessing


def test_normalised_floats_stay_and_their_pictures_are_undone() -> None:
    option = Preprocess(mean=(0.5,), std=(0.25,))
    ready = ((PIXELS / 255 - 0.5) / 0.25).astype(np.float32)
    source = ArraySource(ready, preprocess=option)
    assert torch.equal(next(source.batches()).inputs.image, torch.from_numpy(ready).permute(0, 3, 1, 2))
    assert np.array_equal(source.picture(3).pixels, PIXELS[3])
    assert "already normalised" in source.preprocessing


def test_the_callers_array_is_not_changed() -> None:
    floats = torch.rand(4, 1, 3, 3)
    before = floats.clone()
    for batch in ArraySource(floats, preprocess=Preprocess(mean=(0.5,), std=(0.5,), scale="0-1")).batches():
        batch.inputs.image.add_(1)
    assert torch.equal(floats, before)


def test_ready_floats_that_a_model_changes_in_place_stay_the_callers() -> None:
    floats = torch.randn(4, 1, 3, 3) * 3
    before = floats.clone()
    for batch in ArraySource(floats).batches():
        batch.inputs.image.relu_()
    assert torch.equal(floats, before)


def test_resizing_keeps_exact_coordinates() -> None:
    source = ArraySource(PIXELS, preprocess=Preprocess(resize=(12, 10), crop=8))
    assert next(source.batches()).inputs.image.shape == (7, 3, 8, 8)
    picture = source.picture(0)
    assert (picture.scale_y, picture.top, picture.scale_x, picture.left) == (0.5, 1.0, 0.5, 0.5)


def test_a_users_function_gets_pil_images() -> None:
    def function(image: object) -> torch.Tensor:
        return torch.from_numpy(np.array(image)).permute(2, 0, 1)[:, 1:5, 1:4].double() / 255

    source = ArraySource(PIXELS, preprocess=Preprocess(function=function))
    batch = next(source.batches())
    assert batch.inputs.image.dtype == torch.float32
    assert batch.inputs.image.shape == (7, 3, 4, 3)
    assert np.array_equal(source.picture(0).pixels, PIXELS[0])


@pytest.mark.parametrize("shape", [(3,), (3, 4), (0, 4, 4), (2, 3, 0, 4), (1, 1, 2, 3, 4)])
def test_arrays_that_are_no_images(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=r"The images have the shape"):
        channels_first(np.zeros(shape, np.float32))


def test_arrays_of_objects_are_refused() -> None:
    with pytest.raises(DataError, match="of the type object"):
        channels_first(np.array([[[None]]]))


@pytest.mark.parametrize(
    ("shape", "prefer_last", "last"),
    [
        ((32, 32, 3), False, True),
        ((3, 32, 32), True, False),
        ((3, 32, 3), True, True),
        ((3, 32, 3), False, False),
        ((64, 64, 13), True, True),
        ((13, 64, 64), True, False),
        ((64, 64, 13), False, False),
    ],
)
def test_which_axis_holds_the_channels(shape: tuple[int, ...], prefer_last: bool, last: bool) -> None:
    assert channels_are_last(shape, prefer_last=prefer_last) is last


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([0, 1], "there are 3 images"),
        (np.eye(3), "argmax"),
        ([0.5, 1, 2], "must be whole numbers"),
        (["a", "b", "c"], "must be whole numbers"),
        ([-2, 0, 1], "A label is -2"),
    ],
)
def test_labels_that_do_not_fit(labels: object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        to_labels(labels, 3)


def test_labels_of_usual_forms() -> None:
    for labels in ([0, 1, 2], np.array([[0], [1], [2]]), torch.tensor([0, 1, 2]), np.array([0.0, 1.0, 2.0])):
        assert to_labels(labels, 3).tolist() == [0, 1, 2]


def test_small_helpers() -> None:
    assert squeezed(np.zeros((2, 3, 1), np.uint8)).shape == (2, 3)
    assert convert(torch.zeros(1, 3, 2, 2, dtype=torch.uint8), Preprocess(), None).dtype == torch.float32
