"""The facts told first: what each says of small cases, and the share between classes against sums over images."""

from pathlib import Path

import numpy as np
import pytest

import cnnvis
from cnnvis.compose.studio import Studio
from cnnvis.compose.telling import class_share_fact, hardest_class, most_confused, one_answer
from cnnvis.schema.scene import TellingFact
from cnnvis.serve import demo_run
from cnnvis.store.reader import Run, read_run
from tests.analysis.test_answers import measured
from tests.compose.test_telling_neurons import column
from tests.making import recorded
from tests.making.folder import write_run
from tests.serve.report.test_image_sets import write_confused_run

NAMES = ("cat", "dog", "ship")


def test_the_columns_that_tell_classes_apart_most_and_least_are_named() -> None:
    labels = np.array([0, 0, 1, 1])
    apart = measured(np.array([[0.0], [0.0], [1.0], [1.0]]), labels, 2)
    mixed = measured(np.array([[0.0], [1.0], [0.0], [1.0]]), labels, 2)
    columns = [column("early", mixed), column("late", apart)]
    assert class_share_fact(columns, np.array([4, 5])) is None  # too few images per class
    fact = class_share_fact(columns, np.array([5, 5]))
    assert fact is not None
    assert fact.layer == "late/relu"
    assert fact.text.startswith("Neurons tell classes apart most in late: the class explains 100 % ")
    assert fact.text.endswith("in early it explains 0 %.")


def test_one_answer_to_most_images_is_named() -> None:
    images = np.array([10, 10, 10])
    told = one_answer(NAMES, images, np.array([[1, 9, 0], [0, 10, 0], [2, 8, 0]]), layer="fc")
    assert told is not None
    assert (told.text, told.label) == ("90 % of all answers are “dog”; 33 % of the images are.", 1)
    assert one_answer(NAMES, images, np.diag(images), layer="fc") is None
    mostly_dogs = np.array([1, 98, 1])
    assert one_answer(NAMES, mostly_dogs, np.diag(mostly_dogs), layer="fc") is None
    assert one_answer(NAMES, images, np.zeros((3, 3), np.int64), layer="fc") is None


def test_the_commonest_mistake_is_named() -> None:
    images = np.array([10, 1000, 10])
    told = most_confused(NAMES, images, np.array([[5, 4, 1], [0, 993, 7], [0, 0, 10]]), layer="fc")
    assert told is not None
    assert told.text == "The commonest mistake: “dog” taken for “ship”, 7 of 1,000 images."
    assert (told.layer, told.label, told.answer) == ("fc", 1, 2)
    assert most_confused(NAMES, images, np.diag(images), layer="fc") is None
    once = np.array([[9, 1, 0], [0, 1000, 0], [0, 0, 10]])
    assert most_confused(NAMES, images, once, layer="fc") is None


def test_the_hardest_class_is_one_with_enough_images() -> None:
    images = np.array([100, 100, 3])
    told = hardest_class(NAMES, images, np.array([[60, 40, 0], [0, 100, 0], [3, 0, 0]]), layer="fc")
    assert told is not None
    assert told.text == "“cat” is the hardest class: 60 % right, 79 % overall."
    assert hardest_class(NAMES, images, np.diag(images), layer="fc") is None


def test_a_real_run_tells_three_and_each_leads_somewhere() -> None:
    look_at(read_run(demo_run()))


def test_a_run_without_labels_tells_three_of_no_class(tmp_path: Path) -> None:
    told = look_at(read_run(write_confused_run(tmp_path / "run", labelled=False)))
    assert [fact.label for fact in told] == [None, None, None]


def test_a_run_with_labels_and_few_images_tells_three(tmp_path: Path) -> None:
    look_at(read_run(write_run(tmp_path / "run")))


def test_a_recorded_training_tells_three(tmp_path: Path) -> None:
    recording = recorded.begin(tmp_path / "run")
    recorded.steps(recording, 1, 10)
    recorded.snapshot(recording, 10)
    recording.close()
    look_at(read_run(tmp_path / "run"))


def test_a_run_of_many_classes_with_three_images_each_tells_three(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="analysing needs PyTorch")
    torch.manual_seed(0)
    labels = np.repeat(np.arange(50), 3)
    images = np.random.default_rng(0).normal(size=(len(labels), 1, 8, 8)).astype(np.float32)
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.SiLU(), nn.Flatten(), nn.Linear(144, 8), nn.ReLU(), nn.Linear(8, 50))
    run = cnnvis.analyze(model, (images, labels), to=tmp_path / "run", progress=False)
    look_at(run)


def look_at(run: Run) -> tuple[TellingFact, ...]:
    """Return what is told of a run: three things, each of which a click shows."""
    scene = Studio(run).scene
    neurons = {layer.id: layer.neurons for layer in scene.layers}
    assert len({fact.text for fact in scene.telling}) == len(scene.telling) == 3
    for fact in scene.telling:
        assert fact.layer in neurons
        assert fact.neuron is None or fact.neuron < neurons[fact.layer]
        assert "nan" not in fact.text
    return scene.telling
