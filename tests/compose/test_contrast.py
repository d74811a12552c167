"""Mistakes are those of the confusion matrix; clusters are ranked by a mean that is computed here image by image."""

import json
from pathlib import Path

import numpy as np
import pytest

from cnnvis.compose.contrast import contrast, mistakes
from cnnvis.compose.studio import Studio
from cnnvis.schema.errors import AbsentError
from cnnvis.serve import demo_run
from cnnvis.store.reader import Run, read_run
from tests.making.folder import write_run


@pytest.fixture(scope="module")
def run() -> Run:
    return read_run(demo_run())


def test_mistakes_are_those_of_the_confusion_matrix(run: Run) -> None:
    confusion = run.statistics.confusion
    for label in range(len(run.file.classes)):
        scene = mistakes(run, label)
        assert scene.right == confusion[label, label]
        assert scene.right + sum(one.images for one in scene.taken_for) == scene.images
        assert {one.label: one.images for one in scene.taken} == {
            other: images for other, images in enumerate(confusion[:, label].tolist()) if images and other != label
        }
        for side in (scene.taken_for, scene.taken):
            counts = [one.images for one in side]
            assert counts == sorted(counts, reverse=True)


def test_two_classes_are_told_apart_by_the_clusters_that_answer_to_one(run: Run) -> None:
    studio = Studio(run)
    scene = contrast(studio, label=3, other=0, against="other")
    probe = run.statistics.probe()
    assert scene.first.images == (probe.labels == 3).sum()
    assert scene.second.images == (probe.labels == 0).sum()
    gaps = [abs(one.first - one.second) for one in scene.clusters]
    assert gaps == sorted(gaps, reverse=True)
    strongest = scene.clusters[0]
    layer = studio.layer(strongest.layer)
    neurons = next(list(each.neurons) for each in layer.clusters if each.id == strongest.cluster)
    values = run.statistics.probe(strongest.layer).means[strongest.layer][:, neurons].astype(np.float64)
    scaled = (values - values.mean(0)) / values.std(0)
    assert strongest.first == pytest.approx(scaled[probe.labels == 3].mean(), rel=1e-6)
    assert {one.layer for one in scene.clusters} <= set(studio.columns())
    assert {example.label for example in scene.first.examples} == {3}
    turned = contrast(studio, label=0, other=3, against="other")
    assert [(one.first, one.second) for one in turned.clusters] == [(one.second, one.first) for one in scene.clusters]


def test_a_cell_is_compared_with_the_right_answers_of_its_class(run: Run) -> None:
    probe = run.statistics.probe()
    wrong = [(int(a), int(b)) for a, b in zip(probe.labels, probe.predictions, strict=True) if a != b]
    label, other = wrong[0]
    scene = contrast(Studio(run), label=label, other=other, against="right")
    assert scene.first.images == wrong.count((label, other))
    assert scene.second.images == ((probe.labels == label) & (probe.predictions == label)).sum()
    assert len(scene.clusters) > 0


def test_a_cell_without_images_is_empty(run: Run) -> None:
    probe = run.statistics.probe()
    seen = set(zip(probe.labels.tolist(), probe.predictions.tolist(), strict=True))
    label, other = next((a, b) for a in range(10) for b in range(10) if a != b and (a, b) not in seen)
    scene = contrast(Studio(run), label=label, other=other, against="right")
    assert (scene.first.images, scene.clusters) == (0, ())


def test_classes_that_are_not_there_are_refused(run: Run) -> None:
    for label in (-1, 10):
        with pytest.raises(KeyError):
            mistakes(run, label)
        with pytest.raises(KeyError):
            contrast(Studio(run), label=0, other=label, against="other")


def test_without_labels_nothing_is_a_mistake(tmp_path: Path) -> None:
    path = write_run(tmp_path / "run")
    file = json.loads((path / "run.json").read_text(encoding="utf-8"))
    file["data"]["labelled"] = False
    (path / "run.json").write_text(json.dumps(file), encoding="utf-8")
    with pytest.raises(AbsentError, match="no labels"):
        mistakes(read_run(path), 0)
