"""The sets of probe images that a report holds: those that the page leads to with a click, not all there could be."""

from collections.abc import Iterator
from urllib.parse import urlencode

from cnnvis.schema.errors import AbsentError
from cnnvis.schema.images import ClassCount, ImageSetScene
from cnnvis.schema.typed import decode_json
from cnnvis.serve.report.answers import Answers

MISTAKES = 8
"""Kinds of mistakes of a set that the page lists, each a set too."""

Sets = dict[str, ImageSetScene]
"""By address."""


def image_sets(answers: Answers, run: str, labels: range) -> Sets:
    """Return all probe images, the wrong ones, and those of classes: all, right, wrong, and by kind of mistake.

    Args:
        answers: Where they come from.
        run: Address of the run.
        labels: The classes; none where a run has too many, or no labels.

    """
    found: Sets = {}
    for asked in ({}, {"wrong": "true"}):
        whole = _take(answers, run, asked, found)
        if whole is not None and labels:
            for mistake in _kinds(whole.mistakes):
                _take(answers, run, {"answered": str(mistake), "wrong": "true"}, found)
    for label in labels:
        of = {"class": str(label)}
        whole = _take(answers, run, of, found)
        if whole is None:
            continue
        for more in ({"wrong": "true"}, *({"answered": str(each)} for each in (label, *_kinds(whole.mistakes)))):
            _take(answers, run, of | more, found)
    return found


def _kinds(mistakes: tuple[ClassCount, ...]) -> Iterator[int]:
    return (each.label for each in mistakes[:MISTAKES])


def _take(answers: Answers, run: str, asked: dict[str, str], found: Sets) -> ImageSetScene | None:
    """Take a set in; None where the run keeps no answers to single images, or no labels to choose by."""
    address = f"{run}/image-set{'?' if asked else ''}{urlencode(asked)}"
    try:
        found[address] = decode_json(answers.get(address).data, ImageSetScene)
    except AbsentError:
        return None
    return found[address]
