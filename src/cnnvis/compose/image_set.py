"""How the network answers to some probe images: their mistakes, and the clusters that answer otherwise."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from cnnvis.analysis.answers import Scale, set_answers
from cnnvis.compose.image_choice import choice_title, choose
from cnnvis.compose.members import members_of
from cnnvis.compose.studio import Studio
from cnnvis.schema.images import ClassCount, ClusterAnswer, ImageChoice, ImageGroup, ImageSetScene, SetImage
from cnnvis.schema.statistics import ProbeSet
from cnnvis.store.reader import Run

MOST_CLUSTERS = 24


def image_set(studio: Studio, choice: ImageChoice) -> ImageSetScene:
    """Return some probe images, and how the network answers to them.

    Args:
        studio: The run, with the clusters and image groups as the user has them.
        choice: Which images.

    Raises:
        KeyError: The run has no such class, neuron or group.
        AbsentError: The images have no labels, or the run keeps no answers of that neuron.

    """
    run, group = studio.run, _group(studio, choice.group)
    probe = run.statistics.probe()
    places = choose(run, choice, group)
    labels, predictions = probe.labels[places], probe.predictions[places]
    wrong = (labels >= 0) & (labels != predictions)
    answers = cluster_answers_of(studio, places) if len(places) else []
    labelled = int((labels >= 0).sum())
    return ImageSetScene(
        title=choice_title(run.file.classes, choice, group, len(places)),
        images=len(places),
        unknown=_unknown(probe, choice.samples if group is None else group.samples),
        of=len(probe.samples),
        labelled=labelled,
        right=labelled - int(wrong.sum()),
        labels=counts_of(labels),
        predictions=counts_of(predictions),
        mistakes=counts_of(predictions[wrong]),
        answering=strongest(answers, [each.answer for each in answers]),
        differing=strongest(answers, [abs(each.answer - each.profile) for each in answers]) if labelled else (),
        members=tuple(_member(studio, probe, place) for place in places.tolist()),
    )


def cluster_answers_of(studio: Studio, places: Int[np.ndarray, " chosen"]) -> list[ClusterAnswer]:
    """Return how every cluster of the columns before the answers answers to some probe images."""
    run = studio.run
    labels = run.statistics.probe().labels[places]
    found: list[ClusterAnswer] = []
    for layer in hidden_columns(studio):
        values = run.statistics.probe(layer).means.get(layer)
        if values is not None:
            found += answers_in(studio, layer, values[places], labels)
    return found


def hidden_columns(studio: Studio) -> list[str]:
    """Return the units of the columns before the answers."""
    outputs = {group.layer for group in studio.scene.groups if group.output}
    return [layer for layer in studio.columns() if layer not in outputs]


def answers_in(
    studio: Studio, layer: str, values: np.ndarray, labels: Int[np.ndarray, " images"]
) -> list[ClusterAnswer]:
    """Return how the clusters of a layer answer to some images.

    Args:
        studio: The run.
        layer: A unit that the run keeps the answers of.
        values: Activations on the images, images by neurons.
        labels: Class of each image, -1 for none.

    """
    run, scene = studio.run, studio.layer(layer)
    answers, profiles = set_answers(
        values,
        labels,
        run.statistics.array(layer, "after_mean"),
        scale=Scale.of(run.statistics.probe(layer).means[layer]),
        clusters=members_of([scene])[scene.layer],
    )
    return [
        ClusterAnswer(layer=layer, cluster=each.id, title=each.title, answer=float(answer), profile=float(profile))
        for each, answer, profile in zip(scene.clusters, answers, profiles, strict=True)
        if not each.never_active
    ]


def strongest(answers: Sequence[ClusterAnswer], by: Sequence[float]) -> tuple[ClusterAnswer, ...]:
    """Return the clusters with the greatest numbers, those first; ties in the order of the columns."""
    order = sorted(range(len(answers)), key=lambda place: -by[place])
    return tuple(answers[place] for place in order[:MOST_CLUSTERS])


def _group(studio: Studio, identity: str | None) -> ImageGroup | None:
    if identity is None:
        return None
    found = next((each for each in studio.edits.groups() if each.id == identity), None)
    if found is None:
        raise KeyError(identity)
    return found


def _unknown(probe: ProbeSet, samples: tuple[int, ...] | None) -> int:
    return 0 if samples is None else len(set(samples) - set(probe.samples.tolist()))


def counts_of(labels: Int[np.ndarray, " images"]) -> tuple[ClassCount, ...]:
    """Return how many images go with each class, the commonest first; ties: the lower class."""
    found, counts = np.unique(labels[labels >= 0], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return tuple(ClassCount(label=int(found[each]), images=int(counts[each])) for each in order)


def _member(studio: Studio, probe: ProbeSet, place: int) -> SetImage:
    run: Run = studio.run
    sample, label, predicted = (int(each[place]) for each in (probe.samples, probe.labels, probe.predictions))
    return SetImage(
        sample=sample,
        image=studio.image_address(sample) if sample in run.pictures else None,
        label=label if label >= 0 else None,
        predicted=predicted if predicted >= 0 else None,
    )
