"""A report holds the image sets that the page leads to, each as the server answers it."""

import msgspec

from cnnvis.schema.images import ImageSetScene
from cnnvis.serve import demo_run
from cnnvis.serve.report.answers import Answers
from cnnvis.serve.report.image_sets import image_sets
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker

SHELF = RunShelf([demo_run()])
ANSWERS = Answers(Services(SHELF, Worker(None), read_only=True))
RUN = f"runs/{SHELF.entries()[0].id}"


def test_they_are_those_of_classes_and_their_mistakes() -> None:
    sets = image_sets(ANSWERS, RUN, range(10))
    everything = sets[f"{RUN}/image-set"]
    assert everything.images == everything.of
    wrong = sets[f"{RUN}/image-set?wrong=true"]
    assert wrong.images == everything.labelled - everything.right > 0
    for label in range(10):
        of = sets[f"{RUN}/image-set?class={label}"]
        assert sets[f"{RUN}/image-set?class={label}&answered={label}"].images == of.right
        assert sets[f"{RUN}/image-set?class={label}&wrong=true"].images == of.images - of.right
        for each in of.mistakes:
            assert sets[f"{RUN}/image-set?class={label}&answered={each.label}"].images == each.images
    for address, held in sets.items():
        assert held == msgspec.json.decode(ANSWERS.get(address).data, type=ImageSetScene)


def test_without_classes_to_choose_by_they_are_all_and_the_wrong_ones() -> None:
    assert list(image_sets(ANSWERS, RUN, range(0))) == [f"{RUN}/image-set", f"{RUN}/image-set?wrong=true"]
