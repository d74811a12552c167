"""The dry run: what it costs, and when it says that the preprocessing looks wrong."""

import numpy as np
import pytest
import torch
from scipy.stats import binom
from torch import nn

from cnnvis.observe.collect import CollectOptions, forecast
from cnnvis.observe.collect.dryrun import _at_most, near_chance
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
    assert "of the first 100 images are predicted right" in warning
    assert "to 255" in warning
    assert "--mean" in warning


def test_no_image_is_an_error() -> None:
    inputs = np.zeros((2, 4, 6, 6), np.float32)
    model = Replay(4, nn.ReLU())
    with pytest.raises(DataError, match="has no image"):
        forecast(model, Memory(inputs, np.zeros(2), []), graph_of(model, inputs), CollectOptions(classes=4))
