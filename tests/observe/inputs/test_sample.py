"""Samples and batches of every usual form, with one input or several."""

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import default_collate

from cnnvis.observe.inputs.sample import Sample, to_model_input, to_sample, to_samples
from cnnvis.schema.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
META = np.array([0.5, 2.0], np.float32)


@pytest.mark.parametrize(
    ("item", "label"),
    [
        ((PIXELS, 3), 3),
        ([PIXELS, 3, "path"], 3),
        ((PIXELS,), -1),
        (PIXELS, -1),
        ({"pixel_values": PIXELS, "labels": 2}, 2),
        ({"image": PIXELS}, -1),
        ({"left": PIXELS, "target": 4}, 4),
    ],
)
def test_an_image_alone(item: object, label: int) -> None:
    sample = to_sample(item, "s")
    assert isinstance(sample.image, torch.Tensor)
    assert np.array_equal(sample.image.permute(1, 2, 0).numpy(), PIXELS)
    assert (sample.label, sample.beside) == (label, None)


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (((PIXELS, META), 1), 0),
        (((META, PIXELS), 1), 1),
        ([[META, Image.fromarray(PIXELS)], 1], 1),
        (({"x": PIXELS, "meta": META}, 1), "x"),
        ({"meta": META, "photo": PIXELS, "label": 1}, "photo"),
    ],
)
def test_several_inputs(item: object, place: int | str) -> None:
    sample = to_sample(item, "s")
    assert sample.label == 1
    assert sample.beside is not None
    assert sample.beside.place == place
    values = sample.beside.values
    assert (list(values.values()) if isinstance(values, dict) else list(values)) == [pytest.approx(META)]


def test_the_image_may_be_named() -> None:
    second = to_sample(((PIXELS * 0, PIXELS), 1), "s", "1")
    assert isinstance(second.image, torch.Tensor)
    assert int(second.image.max()) > 0
    named = to_sample({"image": PIXELS * 0, "depth": PIXELS}, "s", "depth")
    assert isinstance(named.image, torch.Tensor)
    assert int(named.image.max()) > 0
    # A name that the data do not know may be that of the model's parameter.
    assert to_sample({"image": PIXELS}, "s", "pixel_values").label == -1
    with pytest.raises(DataError, match=r"Sample 3 has 2 inputs by position, none of which is number 2"):
        to_sample(((PIXELS, META), 1), "Sample 3", "2")


def test_what_is_no_sample() -> None:
    with pytest.raises(DataError, match=r"Sample 3 has the keys text, label, none of which is an image"):
        to_sample({"text": 1, "label": 2}, "Sample 3")
    with pytest.raises(DataError, match="is empty"):
        to_sample((), "Sample 3")
    with pytest.raises(DataError, match=r"label of shape \(2,\).*several inputs give \(\(image, other\), label\)"):
        to_sample((PIXELS, META, 1), "Sample 3")
    with pytest.raises(DataError, match="3 images and 2 labels"):
        to_samples((np.stack([PIXELS] * 3), [0, 1]), "A batch")


@pytest.mark.parametrize("several", ["tuple", "dict"])
def test_a_collated_batch_gives_the_same_samples(several: str) -> None:
    def item(row: int) -> Any:
        image, meta = torch.from_numpy(np.roll(PIXELS, row, 0)).permute(2, 0, 1), torch.from_numpy(META + row)
        if several == "dict":
            return {"image": image, "meta": meta, "name": f"n{row}", "label": row}
        return (image, {"deep": meta, "size": (row, 2 * row)}), row

    alone = [to_sample(item(row), "s") for row in range(4)]
    together = to_samples(default_collate([item(row) for row in range(4)]), "b")
    assert [sample.label for sample in together] == [0, 1, 2, 3]
    first, second = (model_input(samples) for samples in (alone, together))
    assert first.path == second.path
    assert first.fits(second)
    assert all(torch.equal(a, b) for a, b in zip(first.tensors(), second.tensors(), strict=True))
    if several == "dict":
        assert first.kwargs["name"] == second.kwargs["name"] == ["n0", "n1", "n2", "n3"]


def model_input(samples: list[Sample]) -> Any:
    images = torch.stack([sample.image for sample in samples if isinstance(sample.image, torch.Tensor)])
    return to_model_input(images, [sample.beside for sample in samples])


def test_a_batch_of_pictures_in_a_list_is_one_input() -> None:
    pictures = [Image.fromarray(PIXELS)] * 3
    assert [sample.beside for sample in to_samples((pictures, [0, 1, 2]), "b")] == [None] * 3
    several = to_samples(((pictures, torch.ones(3, 2)), [0, 1, 2]), "b")
    assert [sample.label for sample in several] == [0, 1, 2]
    assert several[1].beside is not None


def test_inputs_that_do_not_fit_together() -> None:
    odd = [to_sample(((PIXELS, np.zeros(size)), 0), "s") for size in (2, 3)]
    with pytest.raises(DataError, match="Input 0 beside the image differs in size"):
        model_input(odd)
    mixed = [to_sample(((PIXELS, META), 0), "s"), to_sample((PIXELS, 0), "s")]
    with pytest.raises(DataError, match="do not all hold the same inputs"):
        model_input(mixed)
    # Of a dict the model need not take everything: what does not fit together stays out.
    boxes = [to_sample({"image": PIXELS, "boxes": np.zeros((size, 4)), "id": size}, "s") for size in (2, 3)]
    assert set(model_input(boxes).kwargs) == {"image", "id"}
