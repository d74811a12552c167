"""A report holds the image sets that the page leads to, each as the server answers it."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace as with_facts

from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.images import ImageGroup, ImageSetScene
from cnnvis.serve import demo_run
from cnnvis.serve.report.answers import Answers
from cnnvis.serve.report.image_sets import image_sets, saved_sets, sets_of_neurons
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker
from cnnvis.store.writer import RunWriter
from tests import making

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


def write_confused_run(path: Path, *, labelled: bool = True) -> Path:
    """Write a run in which every class is taken for each of the others, and one image for an output without a class."""
    statistics, facts = making.statistics(), making.snapshot_facts()
    labels = statistics.probe.labels
    predictions = (labels + np.arange(len(labels)) // 3) % 3
    predictions[-1] = 3
    confusion = np.zeros((3, 4), np.int64)
    np.add.at(confusion, (labels, predictions), 1)
    probe = replace(statistics.probe, predictions=predictions, labels=labels if labelled else np.full(len(labels), -1))
    file = making.run_file(path.name)
    writer = RunWriter(path)
    writer.write_model(with_facts(file, data=with_facts(file.data, labelled=labelled)), making.graph())
    writer.write_pictures(making.pictures())
    facts = facts if labelled else with_facts(facts, correct=None)
    writer.write_snapshot(facts, replace(statistics, confusion=confusion, probe=probe))
    return writer.finish()


def asked(sets: dict[str, ImageSetScene]) -> list[str]:
    return [address.partition("?")[2] for address in sets]


def test_an_output_without_a_class_is_no_set(tmp_path: Path) -> None:
    """An export ended with an error where one image was answered so."""
    answers = Answers(Services(RunShelf([write_confused_run(tmp_path / "run")]), Worker(None), read_only=True))
    found = asked(image_sets(answers, "runs/run", range(3)))
    assert [each for each in found if "answered=3" in each] == []
    assert {f"class={one}&answered={other}" for one in range(3) for other in range(3)} <= set(found)


def test_images_without_labels_are_parted_by_their_answers(tmp_path: Path) -> None:
    run = write_confused_run(tmp_path / "run", labelled=False)
    answers = Answers(Services(RunShelf([run]), Worker(None), read_only=True))
    assert sorted(asked(image_sets(answers, "runs/run", range(3)))) == ["", "answered=0", "answered=1", "answered=2"]
    assert asked(image_sets(answers, "runs/run", range(0))) == [""]


def test_neurons_have_the_images_that_excite_them_where_answers_are_kept(tmp_path: Path) -> None:
    answers = Answers(Services(RunShelf([write_confused_run(tmp_path / "run")]), Worker(None), read_only=True))
    found = sets_of_neurons(answers, "runs/run", ["relu:0", "relu:1", "fc:0"])
    assert asked(found) == ["neuron=relu%3A0", "neuron=relu%3A1"]
    for address, held in found.items():
        assert held.members
        assert held == msgspec.json.decode(answers.get(address).data, type=ImageSetScene)


def test_of_saved_groups_those_that_there_are() -> None:
    assert saved_sets(ANSWERS, RUN, ()) == {}
    with pytest.raises(CnnvisError):
        saved_sets(ANSWERS, RUN, (ImageGroup(id="g9", name="gone", samples=(0,)),))
