"""Mistakes and their comparisons are those that the page leads to, each as the server answers it."""

import msgspec

from cnnvis.schema.contrast import ContrastScene, Mistaken, MistakesScene
from cnnvis.schema.scene import ClassFacts, Scene
from cnnvis.serve import demo_run
from cnnvis.serve.report.answers import Answers
from cnnvis.serve.report.mistakes import class_pairs, comparisons, mistake_lists, mistaken_pairs
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker

SHELF = RunShelf([demo_run()])
ANSWERS = Answers(Services(SHELF, Worker(None), read_only=True))
RUN = f"runs/{SHELF.entries()[0].id}"
SCENE = msgspec.json.decode(ANSWERS.get(f"{RUN}/scene").data, type=Scene)


def test_every_class_has_a_list() -> None:
    lists = mistake_lists(ANSWERS, RUN, SCENE.classes)
    assert list(lists) == [f"{RUN}/mistakes?label={label}" for label in range(10)]
    for address, scene in lists.items():
        assert scene == msgspec.json.decode(ANSWERS.get(address).data, type=MistakesScene)


def test_the_commonest_mistakes_of_each_class_come_first() -> None:
    taken = tuple(Mistaken(label=label, images=9 - label) for label in (1, 2, 3, 4, 5))
    lists = [
        MistakesScene(label=0, images=50, right=20, taken_for=taken, taken=()),
        MistakesScene(label=1, images=50, right=49, taken_for=(Mistaken(label=0, images=1),), taken=()),
    ]
    first, rest = mistaken_pairs(lists)
    assert first == [(0, 1, "right"), (0, 2, "right"), (0, 3, "right"), (1, 0, "right")]
    assert rest == [(0, 4, "right"), (0, 5, "right")]


def test_classes_without_images_are_not_compared() -> None:
    classes = [
        ClassFacts(index=each, name=str(each), images=count, recall=None) for each, count in enumerate((4, 0, 2))
    ]
    assert class_pairs(classes) == [(0, 2, "other"), (2, 0, "other")]


def test_comparisons_are_those_of_the_server() -> None:
    found = comparisons(ANSWERS, RUN, [(5, 9, "right"), (5, 9, "other")])
    assert list(found) == [f"{RUN}/contrast?label=5&other=9&against={each}" for each in ("right", "other")]
    for address, scene in found.items():
        assert scene.clusters
        assert scene == msgspec.json.decode(ANSWERS.get(address).data, type=ContrastScene)
