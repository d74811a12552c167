"""The dry run: what it costs, and when it says that the preprocessing looks wrong."""

import numpy as np
import pytest
import torch
from scipy.stats import binom
from torch import nn

from cnnvis.observe.collect import CollectOptions, forecast
from cnnvis.observe.collect.dryrun import _at_most, near_chance, scattered
from cnnvis.schema.errors import DataError
from tests.observe.collect.helpers import Memory, Replay, evenly, graph_of


@pytest.mark.parametrize(("trials", "probability"), [(10, 0.1), (600, 0.01), (4000, 0.5)])
def test_binomial_agrees_with_scipy(trials: int, probability: float) -> None:
    for successes in (-1, 0, 3, trials // 2, trials):
        expected = binom.cdf(successes, trials, probability)
        assert _at_most(successes, trials, probability) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("labelled", "correct", "classes", "alarm"),
    [(128, 13, 10, True), (128, 60, 10, False), (128, 110, 10, False), (3, 0, 10, False), (128, 0, 1000, True),
     (128, 70, 2, True), (128, 110, 2, False), (0, 0, 10, False)],
)  # fmt: skip
def test_accuracy_near_chance(labelled: int, correct: int, classes: int, alarm: bool) -> None:
    assert near_chance(labelled, correct, classes) is alarm


def source(labels: np.ndarray, inputs: np.ndarray) -> Memory:
    return Memory(inputs, labels, evenly(len(inputs), 50))


def test_a_forecast_tells_time_space_and_accuracy() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((300, 4, 6, 6)).astype(np.float32)
    labels = inputs.max((2, 3)).argmax(1)
    model = Replay(4, nn.ReLU())
    graph = graph_of(model, inputs)
    found = forecast(model, source(labels, inputs), graph, CollectOptions(classes=4))
    assert (found.images, found.total) == (100, 300)
    assert found.seconds == pytest.approx(found.seconds_per_image * 300)
    assert found.accuracy == 1.0
    assert found.warnings == ()
    assert found.inputs.minimum == pytest.approx(inputs[:100].min())
    assert found.inputs.std == pytest.approx(inputs[:100].std(), rel=1e-4)
    assert 0 < found.disk_bytes < 1e6
    assert 0 < found.memory_bytes < 1e6
    assert model.training


def test_guessing_is_called_out_with_the_input_range() -> None:
    rng = np.random.default_rng(0)
    inputs = (255 * rng.random((300, 4, 6, 6))).astype(np.float32)
    model = Replay(4, nn.ReLU())
    torch.nn.init.ones_(model.conv.weight)
    found = forecast(model, source(rng.integers(0, 4, 300), inputs), graph_of(model, inputs), CollectOptions(classes=4))
    (warning,) = found.warnings
    assert "of 100 images tried are predicted right" in warning
    assert "to 255" in warning
    assert "--mean" in warning


def test_no_image_is_an_error() -> None:
    inputs = np.zeros((2, 4, 6, 6), np.float32)
    model = Replay(4, nn.ReLU())
    with pytest.raises(DataError, match="has no image"):
        forecast(model, Memory(inputs, np.zeros(2), []), graph_of(model, inputs), CollectOptions(classes=4))


def by_class() -> tuple[nn.Module, Memory]:
    """A network that is right on class 1 alone, and data that come class by class."""
    rng = np.random.default_rng(0)
    inputs = rng.random((300, 4, 6, 6)).astype(np.float32)
    inputs[:, 1] += 9
    return Replay(4, nn.ReLU()), source(np.repeat([1, 0, 2, 3], 75), inputs)


def test_images_from_all_over_the_data_are_tried() -> None:
    model, data = by_class()
    found = forecast(model, data, graph_of(model, data.inputs), CollectOptions(classes=4), images=100)
    assert (found.images, found.total) == (100, 300)
    assert found.accuracy is not None
    assert 0.1 < found.accuracy < 0.4
    (warning,) = found.warnings
    assert "of 100 images tried are predicted right, which is what guessing gives" in warning


def test_a_stream_that_begins_with_one_class_is_called_out() -> None:
    model, data = by_class()
    data.rereadable = False
    data.batches_of = data.batches_of[:1]
    found = forecast(model, data, graph_of(model, data.inputs), CollectOptions(classes=4), images=100)
    assert found.images == 50
    (warning,) = found.warnings
    assert warning.startswith("The first 50 images are all of one class (label 1)")
    assert "Shuffle" in warning


def test_scattered_samples_meet_all_classes_of_periodic_labels() -> None:
    samples = np.arange(1280)
    drawn = scattered(samples, 128)
    assert len(drawn) == 128
    assert np.all(np.diff(drawn) > 0)
    assert set((drawn % 10).tolist()) == set(range(10))
    assert np.array_equal(scattered(samples[::-1], 128)[::-1], drawn)
    assert np.array_equal(scattered(samples[:5], 128), samples[:5])


def test_more_outputs_than_classes_are_said_unless_a_map_aligns_them() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((60, 4, 6, 6)).astype(np.float32)
    labels = inputs[:, :3].max((2, 3)).argmax(1)
    model, data = Replay(4, nn.ReLU()), source(labels, inputs)
    graph = graph_of(model, inputs)
    (warning,) = forecast(model, data, graph, CollectOptions(classes=3)).warnings
    assert warning.startswith("The model has 4 outputs and the data 3 classes: output 0 is taken for class 0")
    assert "the last 1 for none" in warning
    assert "--class-map" in warning
    mapped = CollectOptions(classes=3, label_of_output=np.array([0, 1, 2, -1]))
    assert forecast(model, data, graph, mapped).warnings == ()
    assert forecast(model, source(np.full(60, -1), inputs), graph, CollectOptions(classes=3)).warnings == ()
