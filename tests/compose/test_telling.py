"""The facts told first: what each says of small cases, and the share between classes against sums over images."""

import numpy as np
import pytest

from cnnvis.compose.studio import Studio
from cnnvis.compose.telling import (
    Column,
    class_share_fact,
    hardest_class,
    most_confused,
    one_answer,
    silent_fact,
)
from cnnvis.schema.statistics import UnitStatistics
from cnnvis.serve import demo_run
from cnnvis.store.reader import read_run
from tests.analysis.test_answers import measured

NAMES = ("cat", "dog", "ship")


def column(title: str, statistics: UnitStatistics) -> Column:
    return Column(layer=f"{title}/relu", title=title, statistics=statistics)


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


@pytest.mark.parametrize(
    ("never", "text"),
    [
        ((1, 2), "In late, 2 of 4 neurons never fire on any image."),
        ((4, 1), "In early, all 4 neurons never fire on any image."),
    ],
)
def test_the_layer_with_most_silent_neurons_is_named(never: tuple[int, int], text: str) -> None:
    values, labels = np.random.default_rng(0).random((6, 4)), np.zeros(6, np.int64)
    made = [measured(values, labels, 1, never=count) for count in never]
    fact, share = silent_fact([column("early", made[0]), column("late", made[1])])
    assert fact is not None
    assert (fact.text, share) == (text, max(never) / 4)


def test_where_every_neuron_fires_nothing_is_said() -> None:
    assert silent_fact([column("a", measured(np.ones((2, 2)), np.array([0, 0]), 1))]) == (None, 0.0)


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
    scene = Studio(read_run(demo_run())).scene
    assert len(scene.telling) == 3
    known = {layer.id for layer in scene.layers}
    assert {fact.layer for fact in scene.telling} <= known
    assert len({fact.text for fact in scene.telling}) == len(scene.telling)
