"""The most telling facts of a run in plain words, for whoever opens it first."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from cnnvis.analysis.answers import class_share
from cnnvis.compose.telling_neurons import Column, plain_facts, silent_fact
from cnnvis.compose.words import counted
from cnnvis.schema.grouping import LayerGroup
from cnnvis.schema.scene import TellingFact
from cnnvis.store.reader import Run

MOST = 3
"""Facts that are told: as many as one reads."""
ONE_ANSWER = 0.5
"""Share of all answers beyond which a single one is told of first, if it is more than twice the share of its images."""
MANY_SILENT, SOME_SILENT = 0.2, 0.05
"""Shares of a layer's neurons that never fire: told before anything about classes, and told at all."""
FEW_IMAGES, FEW_PER_CLASS = 20, 5
"""Of a class with fewer a share says little; with fewer per class on average, every image explains itself."""


def telling_facts(run: Run, groups: Sequence[LayerGroup], *, output: str | None) -> tuple[TellingFact, ...]:
    """Return three facts, the most telling first; fewer only where next to nothing was measured.

    What the labels tell comes first; where that is less than three facts, some that need no labels fill in.

    Args:
        run: A run with a snapshot.
        groups: The columns of its picture.
        output: Id of the layer with a neuron per class; None without one.

    """
    every = [
        Column(layer=group.representative, title=group.title, statistics=run.statistics.unit(group.representative))
        for group in groups
    ]
    columns = [column for column in every if column.layer != output]
    silent, share = silent_fact(columns)
    facts: list[TellingFact | None] = [silent if share >= MANY_SILENT else None]
    if run.snapshot.correct is not None:
        names, images, confusion = run.file.classes, run.statistics.class_images, run.statistics.confusion
        facts = [
            one_answer(names, images, confusion, layer=output),
            *facts,
            most_confused(names, images, confusion, layer=output),
            class_share_fact(columns, images),
            silent if SOME_SILENT <= share < MANY_SILENT else None,
            hardest_class(names, images, confusion, layer=output),
        ]
    told = [fact for fact in (*facts, silent, *plain_facts(columns or every)) if fact is not None]
    # What would be told twice, in one of several places, is told in the first.
    return tuple(dict.fromkeys(told))[:MOST]


def one_answer(
    names: Sequence[str],
    images: Int[np.ndarray, " classes"],
    confusion: Int[np.ndarray, "classes outputs"],
    *,
    layer: str | None,
) -> TellingFact | None:
    """Return that the network gives one answer to most images, where it does."""
    answers = confusion.sum(axis=0)
    total = int(answers.sum())
    if total == 0 or len(names) < 2:
        return None
    label = int(np.argmax(answers))
    share = answers[label] / total
    shown = images[label] / max(1, int(images.sum())) if label < len(names) else 0.0
    if share <= ONE_ANSWER or share <= 2 * shown:
        return None
    name = names[label] if label < len(names) else f"output {label}"
    text = f"{100 * share:.0f} % of all answers are “{name}”; {100 * shown:.0f} % of the images are."
    return TellingFact(text=text, layer=layer, label=label if label < len(names) else None)


def most_confused(
    names: Sequence[str],
    images: Int[np.ndarray, " classes"],
    confusion: Int[np.ndarray, "classes outputs"],
    *,
    layer: str | None,
) -> TellingFact | None:
    """Return the two classes of which the one is taken for the other most often; None when no mistake is made twice."""
    wrong = confusion[:, : len(names)].copy()
    np.fill_diagonal(wrong, 0)
    if wrong.max(initial=0) < 2:
        return None
    label, answer = (int(place) for place in np.unravel_index(int(np.argmax(wrong)), wrong.shape))
    of = f"{wrong[label, answer]:,} of {counted(int(images[label]), 'image')}"
    text = f"The commonest mistake: “{names[label]}” taken for “{names[answer]}”, {of}."
    return TellingFact(text=text, layer=layer, label=label, answer=answer)


def hardest_class(
    names: Sequence[str],
    images: Int[np.ndarray, " classes"],
    confusion: Int[np.ndarray, "classes outputs"],
    *,
    layer: str | None,
) -> TellingFact | None:
    """Return the class whose images are answered right least often, of those with enough images."""
    known = [label for label in range(min(confusion.shape)) if images[label] >= FEW_IMAGES]
    if len(known) < 2:
        return None
    right = {label: confusion[label, label] / images[label] for label in known}
    label = min(known, key=lambda one: right[one])
    overall = np.trace(confusion) / max(1, int(images.sum()))
    if right[label] >= overall:
        return None
    text = f"“{names[label]}” is the hardest class: {100 * right[label]:.0f} % right, {100 * overall:.0f} % overall."
    return TellingFact(text=text, layer=layer, label=label)


def class_share_fact(columns: Sequence[Column], images: Int[np.ndarray, " classes"]) -> TellingFact | None:
    """Return in which column activations go with the class most, and in which least."""
    if images.sum() < FEW_PER_CLASS * np.count_nonzero(images):
        return None
    shares = [class_share(column.statistics, images) for column in columns]
    known = [place for place, share in enumerate(shares) if np.isfinite(share)]
    if len(known) < 2:
        return None
    most, least = max(known, key=lambda place: shares[place]), min(known, key=lambda place: shares[place])
    if shares[most] - shares[least] < 0.02:
        return None
    text = (
        f"Neurons tell classes apart most in {columns[most].title}: the class explains {100 * shares[most]:.0f} % of "
        f"how their activation varies between images; in {columns[least].title} it explains "
        f"{100 * shares[least]:.0f} %."
    )
    return TellingFact(text=text, layer=columns[most].layer)
