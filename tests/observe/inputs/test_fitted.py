"""Models that take their inputs in every usual way get them."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.observe.inputs import from_dataset
from cnnvis.observe.inputs.fitted import find_calling, fit_source
from cnnvis.observe.inputs.source import ImageSource
from cnnvis.observe.model_input import ModelInput
from cnnvis.schema.errors import DataError, ModelError

IMAGES, META = np.random.default_rng(0).random((6, 3, 8, 8), np.float32), np.arange(12, dtype=np.float32).reshape(6, 2)


class Base(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def scores(self, image: torch.Tensor, meta: torch.Tensor | None = None) -> torch.Tensor:
        found = self.conv(image).mean((2, 3))
        return found if meta is None else found + meta.sum(1, keepdim=True)


class Two(Base):
    def forward(self, image: torch.Tensor, meta: torch.Tensor) -> torch.Tensor:
        return self.scores(image, meta)


class OneTuple(Base):
    def forward(self, inputs: Any) -> torch.Tensor:
        image, meta = inputs
        return self.scores(image, meta)


class OneDict(Base):
    def forward(self, batch: Any) -> torch.Tensor:
        return self.scores(batch["image"], batch["meta"])


class Keyword(Base):
    def forward(self, *, meta: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        return self.scores(image, meta)


class OtherName(Base):
    def forward(self, x: torch.Tensor, meta: torch.Tensor) -> torch.Tensor:
        return self.scores(x, meta)


class Alone(Base):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.scores(x)


class Loose(Base):
    def forward(self, x: torch.Tensor, **more: torch.Tensor) -> torch.Tensor:
        return self.scores(x, more.get("meta"))


def source(kind: str) -> ImageSource:
    if kind == "image":
        return from_dataset((IMAGES, np.zeros(6)))
    if kind == "tuple":
        return from_dataset(((IMAGES, META), np.zeros(6)))
    names = {"image": IMAGES, "meta": META, "id": np.arange(6)}
    return from_dataset((names, np.zeros(6)))


CASES = [
    ("tuple", Two, "as given"),
    ("tuple", OtherName, "as given"),
    ("tuple", OneTuple, "as one"),
    ("tuple", Alone, "image alone"),
    ("dict", Two, "by name"),
    ("dict", Keyword, "by name"),
    ("dict", OtherName, "image first"),
    ("dict", Loose, "image first"),
    ("dict", OneDict, "as one"),
    ("dict", Alone, "image alone"),
    ("image", Alone, "as given"),
]


@pytest.mark.parametrize(("kind", "network", "form"), CASES)
def test_the_model_gets_what_it_takes(kind: str, network: type[Base], form: str) -> None:
    model = network().train()
    data = source(kind)
    assert find_calling(model, next(data.batches()).inputs).form == form
    fitted, first = fit_source(data, model)
    assert model.training
    expected = model.scores(torch.from_numpy(IMAGES), None if network is Alone else torch.from_numpy(META))
    for batch in (first, next(fitted.batches()), next(fitted.select(np.arange(6)))):
        assert torch.allclose(batch.inputs.call(model), expected)
        assert torch.equal(batch.inputs.image, torch.from_numpy(IMAGES))
    assert (fitted is data) == (kind == "image")
    assert np.array_equal(fitted.picture(3).pixels, data.picture(3).pixels)
    if fitted is not data:
        assert fitted.preprocessing.startswith(f"{data.preprocessing}; the model gets ")


def test_the_parameter_that_takes_the_image_may_be_named() -> None:
    class Ids(Base):
        def forward(self, ids: torch.Tensor | None = None, pixel_values: torch.Tensor | None = None) -> torch.Tensor:
            assert ids is None
            assert pixel_values is not None
            return self.scores(pixel_values)

    fitted, _ = fit_source(source("image"), Ids(), image="pixel_values")
    assert next(fitted.batches()).inputs.call(Ids()).shape == (6, 4)
    assert fitted.preprocessing.endswith("; the model gets pixel_values by name")
    with pytest.raises(ModelError, match=r"no parameter 'image'; it takes ids, pixel_values\. .*--input-name"):
        fit_source(source("image"), Ids(), image="image")
    with pytest.raises(ModelError, match=r"no parameter 'photo'"):
        fit_source(source("dict"), Two(), image="photo")


def test_a_model_that_fails_in_every_way_is_left_to_the_trace() -> None:
    class Broken(Base):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            raise ValueError(x.shape)

    inputs = ModelInput((torch.from_numpy(IMAGES), torch.from_numpy(META)))
    assert find_calling(Broken(), inputs).form == "as one"


def test_data_without_a_readable_image() -> None:
    class Gone:
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> object:
            raise OSError("gone")

    with pytest.raises(DataError, match=r"None of the 3 images of Gone can be read"):
        fit_source(from_dataset(Gone()), Alone())
