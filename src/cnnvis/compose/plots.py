"""Which numbers of a recorded training belong into one plot, and what a person calls them."""

import math
from collections.abc import Iterable

from cnnvis.schema.series import (
    METRIC,
    QUANTITIES,
    Event,
    SeriesHead,
    is_cross_entropy,
    loss_functions,
    metric_meaning,
)
from cnnvis.schema.training import CurveFacts, Level, PlotFacts

_PARTS = ("train", "validation", "test", "")
_FIRST = ("loss", "accuracy")
_SHARES = frozenset({"accuracy", "precision", "recall", "f1", "auc", "auroc", "top5", "acc5", "dice", "iou", "miou"})
_OF_THE_RUN: tuple[tuple[str, str, bool, dict[str, str]], ...] = (
    ("gradient", "gradient, all layers", False, {
        "gradient/norm_all": "as used", "gradient/unclipped_all": "before clipping"}),
    ("updates", "update, all layers", False, {"update/norm_all": "norm of the change"}),
    ("weights", "weights, all layers", False, {"weight/norm_all": "norm"}),
    ("answers", "answers", True, {
        "output/top_share": "commonest answer", "output/confidence": "confidence"}),
    ("scale", "loss scale", False, {"scale/value": "scale"}),
    ("overflows", "steps left out", False, {"scale/overflows": "overflows"}),
)  # fmt: skip
"""Plots of what the recorder measures by itself: id, title, whether shares, and labels by quantity."""


def plots_of(
    run: Iterable[str], lists: Iterable[str], head: SeriesHead, events: Iterable[Event] = ()
) -> tuple[PlotFacts, ...]:
    """Return the plots: loss and accuracy first, then the user's other metrics by name, then what was measured beside.

    Args:
        run: Names of the quantities of the run and of metrics that were recorded.
        lists: Names of the quantities with several values.
        head: The head of the series.
        events: Its events: one of them says where the loss came from.

    """
    known = set(run)
    by_word: dict[str, list[CurveFacts]] = {word: [] for word in _FIRST}
    if "loss" in known:
        by_word["loss"].append(CurveFacts(name="loss", label="train", part="train"))
    for name in sorted(known):
        if name.startswith(METRIC):
            part, word = metric_meaning(name)
            by_word.setdefault(word or part, []).append(
                CurveFacts(name=name, label=part or name.removeprefix(METRIC), part=part)
            )
    if "output/accuracy" in known and not any(curve.part == "train" for curve in by_word["accuracy"]):
        by_word["accuracy"].append(CurveFacts(name="output/accuracy", label="train, as measured", part="train"))
    words = [*_FIRST, *sorted(word for word in by_word if word not in _FIRST)]
    plots = [
        PlotFacts(
            id=f"metric:{word}",
            title=word.replace("_", " "),
            curves=_told_apart(found),
            share=word in _SHARES,
            level=_guessing(head, events) if word == "loss" else None,
        )
        for word in words
        if (found := by_word[word])
    ]
    return (*plots, *_rates(lists, head), *_measured(known))


def _guessing(head: SeriesHead, events: Iterable[Event]) -> Level | None:
    """Return the loss of who gives each class the same probability; None where the loss is another than that."""
    if head.classes < 2 or not is_cross_entropy(loss_functions(events)):
        return None
    value = math.log(head.classes)
    return Level(value=value, words=f"guessing among {head.classes:,} classes: {value:.2f}")


def _told_apart(curves: list[CurveFacts]) -> tuple[CurveFacts, ...]:
    """Return curves in the order train, validation, test; those that would have the same label by their own name."""
    labels = [curve.label for curve in curves]
    named = [
        curve if labels.count(curve.label) == 1 else CurveFacts(
            name=curve.name, label=curve.name.removeprefix(METRIC), part=curve.part
        )
        for curve in curves
    ]  # fmt: skip
    return tuple(sorted(named, key=lambda curve: (_PARTS.index(curve.part), curve.label)))


def _rates(lists: Iterable[str], head: SeriesHead) -> tuple[PlotFacts, ...]:
    if "learning_rate" not in set(lists):
        return ()
    groups = max(1, len(head.groups))
    curves = tuple(
        CurveFacts(name="learning_rate", place=place, label=f"group {place + 1}" if groups > 1 else "rate", held=True)
        for place in range(groups)
    )
    return (PlotFacts(id="learning_rate", title="learning rate", curves=curves),)


def _measured(known: set[str]) -> tuple[PlotFacts, ...]:
    found: list[PlotFacts] = []
    for identity, title, share, labels in _OF_THE_RUN:
        there = [name for name in labels if name in known]
        if there:
            words = "; ".join(f"{labels[name]}: {QUANTITIES[name].title}" for name in there)
            curves = tuple(CurveFacts(name=name, label=labels[name]) for name in there)
            found.append(PlotFacts(id=identity, title=title, definition=f"{words}.", curves=curves, share=share))
    return tuple(found)
