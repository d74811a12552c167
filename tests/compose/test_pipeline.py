"""Whole analyses of odd networks and odd data, from the model to the run folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset

import cnnvis
from cnnvis.schema.errors import ModelError
from cnnvis.store.reader import Run

PIXELS = np.random.default_rng(0).integers(0, 256, (36, 8, 8, 3), dtype=np.uint8)
LABELS = np.arange(36) % 3


class Net(nn.Module):
    """A convolution and a classifier; what comes out can be wrapped in anything."""

    def __init__(self, wrap: Callable[[torch.Tensor], object] = lambda scores: scores, *, bias: float = 0.0) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.head = nn.Conv2d(3, 5, 3), nn.Linear(5, 3)
        nn.init.constant_(self.head.bias, bias)
        self.wrap = wrap

    def features(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.conv(x)).mean((2, 3))

    def forward(self, x: torch.Tensor) -> object:
        return self.wrap(self.head(self.features(x)))


def analysed(model: nn.Module, folder: Path, data: object = (PIXELS, LABELS), **options: Any) -> Run:
    return cnnvis.analyze(model, data, to=folder / "run", progress=False, **options)


class Stream(IterableDataset[object]):
    def __iter__(self) -> Iterator[object]:
        return iter([(torch.from_numpy(PIXELS[row]).permute(2, 0, 1) / 255.0, int(LABELS[row])) for row in range(36)])


@pytest.mark.parametrize("bias", [5.0, -5.0])
@pytest.mark.parametrize("loaded", [False, True])
def test_a_stream_gives_the_same_run_as_arrays(bias: float, loaded: bool, tmp_path: Path) -> None:
    """Scores that are never above 0 have best images too, whose pictures must be kept while the stream goes by."""
    stream = DataLoader(Stream(), batch_size=8) if loaded else Stream()
    run = analysed(Net(bias=bias), tmp_path / "stream", stream)
    whole = analysed(Net(bias=bias), tmp_path / "arrays", batch_size=8)
    best, again = (each.statistics.unit("head").top_sample for each in (run, whole))
    assert best.tolist() == again.tolist()
    assert set(best.ravel().tolist()) - {-1} <= set(run.pictures.samples)
    assert np.array_equal(run.pictures.pixels(int(best[0, 0])), PIXELS[best[0, 0]])
    assert not any("picture" in warning for warning in run.snapshot.warnings)


class Weighed(Net):
    def forward(self, x: torch.Tensor, meta: torch.Tensor) -> object:
        return self.head(self.features(x)) + meta


META = np.random.default_rng(1).normal(size=(36, 3)).astype(np.float32)


class Items(Dataset[object]):
    """Every usual way to give an image and something else."""

    def __init__(self, form: str) -> None:
        self.form = form

    def __len__(self) -> int:
        return 36

    def __getitem__(self, row: int) -> object:
        image, meta, label = torch.from_numpy(PIXELS[row]).permute(2, 0, 1) / 255.0, META[row], int(LABELS[row])
        if self.form == "tuple":
            return (image, meta), label
        if self.form == "dict":
            return {"x": image, "meta": meta, "label": label}
        return {"meta": meta, "x": image}, label


@pytest.mark.parametrize("form", ["tuple", "dict", "dict and label"])
@pytest.mark.parametrize("loaded", [False, True])
def test_several_inputs_go_through_every_pass(form: str, loaded: bool, tmp_path: Path) -> None:
    data = DataLoader(Items(form), batch_size=8) if loaded else Items(form)
    run = analysed(Weighed(), tmp_path, data, batch_size=8)
    with torch.no_grad():
        images = torch.from_numpy(PIXELS).permute(0, 3, 1, 2) / 255.0
        predicted = Weighed()(images, torch.from_numpy(META)).argmax(1).numpy()  # pyright: ignore[reportAttributeAccessIssue]
    assert run.snapshot.correct == int((predicted == LABELS).sum())
    assert run.contributions is not None
    assert run.maps is not None
    assert run.connections is not None
    assert run.contribution_connections is not None
    assert run.file.model.input_shape == (3, 8, 8)
    assert not run.snapshot.warnings


def test_arrays_of_several_inputs(tmp_path: Path) -> None:
    run = analysed(Weighed(), tmp_path, ((PIXELS, META), LABELS))
    assert run.snapshot.images_seen == 36
    assert run.snapshot.correct is not None


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_models_of_any_format(dtype: torch.dtype, tmp_path: Path) -> None:
    run = analysed(Net().to(dtype), tmp_path / "other")
    plain = analysed(Net(), tmp_path / "plain")
    coarse = 0.05 if dtype != torch.float64 else 1e-5
    found, expected = (each.statistics.unit("/relu#1") for each in (run, plain))
    np.testing.assert_allclose(found.mean, expected.mean, rtol=coarse)
    for other in (run.contributions, run.maps, run.connections, run.contribution_connections):
        assert other is not None
    assert not any("failed" in warning for warning in run.snapshot.warnings)


@pytest.mark.parametrize("result", [None, "text", 1.5, [], {}])
def test_a_model_without_any_tensor_as_output(result: object, tmp_path: Path) -> None:
    run = analysed(Net(lambda _: result), tmp_path, class_names=("a", "b", "c"))
    assert run.accuracy is None
    assert run.file.data.labelled
    assert run.statistics.class_images.tolist() == [12, 12, 12]


def test_scores_inside_a_nested_result_are_found(tmp_path: Path) -> None:
    run = analysed(Net(lambda scores: {"out": {"logits": scores}, "loss": None}), tmp_path)
    assert run.accuracy == analysed(Net(), tmp_path / "plain").accuracy


def test_outputs_may_be_chosen_by_place(tmp_path: Path) -> None:
    run = analysed(Net(lambda scores: (scores, scores[:, :2])), tmp_path, output=0)
    assert run.statistics.confusion.shape == (3, 3)
    with pytest.raises(ModelError, match=r"several outputs .* 0 \(1, 3\), 1 \(1, 2\)"):
        analysed(Net(lambda scores: (scores, scores[:, :2])), tmp_path / "unclear")


def test_a_network_that_gives_maps_has_profiles_but_no_accuracy(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 3, 1))
    run = analysed(model, tmp_path)
    assert run.accuracy is None
    assert run.file.data.labelled
    assert np.isfinite(run.statistics.unit("1").after_mean).all()


@pytest.mark.parametrize("loaded", [False, True])
def test_images_without_labels_count_for_the_class_predicted(loaded: bool, tmp_path: Path) -> None:
    """All that is found is what labels equal to the predictions would give, but nothing is called right or wrong."""
    images = torch.from_numpy(PIXELS).permute(0, 3, 1, 2) / 255.0
    with torch.no_grad():
        predicted = Net()(images).argmax(1).numpy()  # pyright: ignore[reportAttributeAccessIssue]
    data = DataLoader([(image, -1) for image in images], batch_size=8) if loaded else (PIXELS, np.full(36, -1))
    run = analysed(Net(), tmp_path / "none", data, batch_size=8)
    known = analysed(Net(), tmp_path / "known", (PIXELS, predicted), batch_size=8)
    assert (run.file.data.labelled, run.file.data.by_prediction, run.accuracy) == (False, True, None)
    assert (known.file.data.labelled, known.file.data.by_prediction, known.accuracy) == (True, False, 1.0)
    assert run.statistics.class_images.tolist() == known.statistics.class_images.tolist()
    assert not run.statistics.confusion.any()
    assert set(run.statistics.probe().labels.tolist()) == {-1}
    for unit in run.statistics.units:
        one, other = run.statistics.unit(unit), known.statistics.unit(unit)
        np.testing.assert_allclose(one.after_mean, other.after_mean, rtol=1e-6)
    first, second = run.contributions, known.contributions
    assert first is not None
    assert second is not None
    for unit in first.units:
        np.testing.assert_allclose(first.values(unit), second.values(unit), rtol=1e-5, atol=1e-7)
    assert not run.snapshot.warnings


def test_images_without_labels_and_a_network_without_scores(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    run = analysed(model, tmp_path, (PIXELS, np.full(36, -1)))
    assert (run.file.data.labelled, run.file.data.by_prediction) == (False, False)
    assert not run.statistics.class_images.any()


def test_a_network_without_neurons_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no neurons"):
        analysed(nn.Flatten(), tmp_path)
    assert not (tmp_path / "run").exists()


def test_lazy_modules_are_counted_when_they_have_their_weights(tmp_path: Path) -> None:
    model = nn.Sequential(nn.LazyConv2d(4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3))
    run = analysed(model, tmp_path)
    assert run.file.model.parameters == 3 * 4 * 9 + 4 + 4 * 36 * 3 + 3
