"""Sets of images, against sums over images taken one by one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.compose.image_set import image_set
from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import SaveImages
from cnnvis.schema.images import ImageChoice
from cnnvis.serve import demo_run
from cnnvis.store.reader import read_run
from tests.making.folder import write_run

STUDIO = Studio(read_run(demo_run()))
SAMPLES = STUDIO.run.statistics.probe().samples.tolist()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(SAMPLES), min_size=1, max_size=30, unique=True))
def test_what_is_said_of_a_set_is_the_sum_over_its_images(samples: list[int]) -> None:
    scene = image_set(STUDIO, ImageChoice(samples=(*samples, 10**9)))
    probe = STUDIO.run.statistics.probe(*STUDIO.columns())
    places = [probe.samples.tolist().index(sample) for sample in samples]
    assert (scene.images, scene.unknown, scene.of) == (len(samples), 1, len(SAMPLES))
    assert sorted(each.sample for each in scene.members) == sorted(samples)
    assert scene.right == sum(probe.labels[place] == probe.predictions[place] for place in places)
    counted = {each.label: each.images for each in scene.predictions}
    assert counted == {label: sum(probe.predictions[p] == label for p in places) for label in counted}
    assert sum(counted.values()) == len(samples)
    assert sum(each.images for each in scene.mistakes) == len(samples) - scene.right
    for found in (*scene.answering, *scene.differing):
        cluster = next(each for each in STUDIO.layer(found.layer).clusters if each.id == found.cluster)
        profiles = STUDIO.run.statistics.array(found.layer, "after_mean")
        answers, promised = [], []
        for place in places:
            for neuron in cluster.neurons:
                column = probe.means[found.layer][:, neuron].astype(np.float64)
                spread = column.std() or np.inf
                answers.append((column[place] - column.mean()) / spread)
                promised.append((profiles[probe.labels[place], neuron] - column.mean()) / spread)
        assert found.answer == pytest.approx(np.mean(answers), abs=1e-6)
        assert found.profile == pytest.approx(np.mean(promised), abs=1e-6)
    gaps = [abs(each.answer - each.profile) for each in scene.differing]
    assert gaps == sorted(gaps, reverse=True)
    assert [each.answer for each in scene.answering] == sorted((e.answer for e in scene.answering), reverse=True)
    outputs = {group.layer for group in STUDIO.scene.groups if group.output}
    assert outputs.isdisjoint(each.layer for each in scene.differing)


def test_every_condition_must_hold() -> None:
    probe = STUDIO.run.statistics.probe()
    names = STUDIO.run.file.classes
    wrong = (probe.labels != probe.predictions).nonzero()[0]
    place = int(wrong[0])
    label, answered = int(probe.labels[place]), int(probe.predictions[place])
    choices = {
        f"{names[label]} answered as {names[answered]}": ImageChoice(label=label, answered=answered),
        f"{names[label]} answered wrongly": ImageChoice(label=label, wrong=True),
        f"Wrongly answered as {names[answered]}": ImageChoice(answered=answered, wrong=True),
        names[label]: ImageChoice(label=label),
        "Answered wrongly": ImageChoice(wrong=True),
        "All probe images": ImageChoice(),
    }
    for title, choice in choices.items():
        scene = image_set(STUDIO, choice)
        expected = {
            int(sample)
            for sample, own, found in zip(probe.samples, probe.labels, probe.predictions, strict=True)
            if (choice.label is None or own == choice.label)
            and (choice.answered is None or found == choice.answered)
            and (not choice.wrong or own != found)
        }
        assert ({each.sample for each in scene.members}, scene.title) == (expected, title)
        labels = [(each.label, each.sample) for each in scene.members]
        assert labels == sorted(labels)


def test_images_of_a_neuron_are_those_that_excite_it_most() -> None:
    layer = STUDIO.columns()[-2]
    values = STUDIO.run.statistics.probe(layer).means[layer][:, 3]
    scene = image_set(STUDIO, ImageChoice(neuron=f"{layer}:3"))
    least = min(values[SAMPLES.index(each.sample)] for each in scene.members)
    assert len(scene.members) == 24
    assert sum(value > least for value in values.tolist()) < 24
    assert scene.title == f"Images that excite neuron 3 of {layer} most"
    hidden = next(unit.id for unit in STUDIO.run.graph.units if unit.id not in STUDIO.columns())
    with pytest.raises(Exception, match="for no single image"):
        image_set(STUDIO, ImageChoice(neuron=f"{hidden}:0"))


@pytest.mark.parametrize(
    "choice",
    [ImageChoice(label=10), ImageChoice(answered=10), ImageChoice(group="g1"), ImageChoice(neuron="nowhere:1")],
)
def test_what_is_not_there_is_said(choice: ImageChoice) -> None:
    with pytest.raises(KeyError):
        image_set(STUDIO, choice)


def test_a_group_goes_by_its_name_and_a_set_without_images_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    studio = Studio(read_run(write_run(tmp_path / "run")))
    studio.edits.make(SaveImages(name="odd ones", samples=(7, 3, 3)))
    scene = image_set(studio, ImageChoice(group="g1"))
    assert (scene.title, [each.sample for each in scene.members]) == ("odd ones", [3, 7])
    assert all(each.image is not None for each in scene.members)
    empty = image_set(studio, ImageChoice(samples=(99,)))
    assert (empty.images, empty.unknown, empty.answering, empty.differing) == (0, 1, (), ())
