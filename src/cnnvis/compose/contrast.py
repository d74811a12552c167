"""Mistakes of a class, and the clusters that answer most differently to two sets of probe images."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from cnnvis.analysis.answers import cluster_answers
from cnnvis.compose.members import members_of
from cnnvis.compose.studio import Studio
from cnnvis.schema.contrast import Against, ClusterContrast, ContrastScene, ContrastSide, Mistaken, MistakesScene
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.scene import Example, LayerScene
from cnnvis.schema.statistics import ProbeSet
from cnnvis.store.reader import Run

MOST_CLUSTERS, MOST_EXAMPLES = 24, 24


def mistakes(run: Run, label: int) -> MistakesScene:
    """Return what a class is mistaken for.

    Raises:
        KeyError: The run has no such class.
        AbsentError: Its images have no labels.

    """
    _check_class(run, label)
    confusion = run.statistics.confusion
    classes = len(run.file.classes)
    row, column = confusion[label, :classes], confusion[:, label] if label < confusion.shape[1] else np.zeros(classes)
    return MistakesScene(
        label=label,
        images=int(run.statistics.class_images[label]),
        right=int(row[label]) if label < len(row) else 0,
        taken_for=_commonest(row, label),
        taken=_commonest(column, label),
    )


def contrast(studio: Studio, *, label: int, other: int, against: Against) -> ContrastScene:
    """Return how clusters tell two sets of probe images apart.

    Args:
        studio: The run, with the clusters as the user has them.
        label: A class.
        other: Another one.
        against: ``right`` compares the images of the class that were answered with the other one with those that were
            answered right; ``other`` compares all images of both classes.

    Raises:
        KeyError: The run has no such class.
        AbsentError: Its images have no labels.

    """
    run = studio.run
    for each in (label, other):
        _check_class(run, each)
    first, second = _sides(run.statistics.probe(), label, other, against)
    found: list[ClusterContrast] = []
    if first.any() and second.any():
        for layer in studio.columns():
            values = run.statistics.probe(layer).means.get(layer)
            if values is not None and not _is_output(studio, layer):
                found += _of_layer(studio.layer(layer), values, first, second)
    found.sort(key=lambda one: -abs(one.first - one.second))
    return ContrastScene(
        first=_side(studio, first), second=_side(studio, second), clusters=tuple(found[:MOST_CLUSTERS])
    )


def _of_layer(
    scene: LayerScene,
    values: Float[np.ndarray, "images neurons"],
    first: Bool[np.ndarray, " images"],
    second: Bool[np.ndarray, " images"],
) -> list[ClusterContrast]:
    answers = cluster_answers(values, members_of([scene])[scene.layer])
    means = answers[first].mean(axis=0), answers[second].mean(axis=0)
    return [
        ClusterContrast(layer=scene.layer, cluster=each.id, title=each.title, first=float(one), second=float(two))
        for each, one, two in zip(scene.clusters, *means, strict=True)
        if not each.never_active
    ]


def _sides(
    probe: ProbeSet, label: int, other: int, against: Against
) -> tuple[Bool[np.ndarray, " images"], Bool[np.ndarray, " images"]]:
    own = probe.labels == label
    if against == "right":
        return own & (probe.predictions == other), own & (probe.predictions == label)
    return own, probe.labels == other


def _side(studio: Studio, chosen: Bool[np.ndarray, " images"]) -> ContrastSide:
    run = studio.run
    stored = set(run.pictures.samples)
    samples = [sample for sample in run.statistics.probe().samples[chosen].tolist() if sample in stored]
    return ContrastSide(
        images=int(chosen.sum()), examples=tuple(_example(studio, sample) for sample in samples[:MOST_EXAMPLES])
    )


def _example(studio: Studio, sample: int) -> Example:
    facts = studio.run.pictures.facts(sample)
    return Example(
        sample=sample,
        image=studio.image_address(sample),
        size=(facts.width, facts.height),
        label=facts.label if facts.label >= 0 else None,
    )


def _is_output(studio: Studio, layer: str) -> bool:
    return any(group.output and group.layer == layer for group in studio.scene.groups)


def _commonest(images: Int[np.ndarray, " classes"] | Sequence[int], label: int) -> tuple[Mistaken, ...]:
    counts = np.asarray(images, np.int64)
    order = np.argsort(-counts, kind="stable")
    return tuple(
        Mistaken(label=int(each), images=int(counts[each])) for each in order if each != label and counts[each] > 0
    )


def _check_class(run: Run, label: int) -> None:
    if not run.file.data.labelled or run.snapshot.correct is None:
        raise AbsentError("The images of this run have no labels to compare with.", "Analyse labelled images.")
    if not 0 <= label < len(run.file.classes):
        raise KeyError(str(label))
