"""The sets of probe images that a report holds: those that the page leads to with a click, not all there could be."""

from collections.abc import Iterable
from urllib.parse import urlencode

from cnnvis.schema.errors import AbsentError
from cnnvis.schema.images import ImageGroup, ImageSetScene
from cnnvis.schema.typed import decode_json
from cnnvis.serve.report.answers import Answers

Sets = dict[str, ImageSetScene]
"""By address."""


def image_sets(answers: Answers, run: str, labels: range) -> Sets:
    """Return all probe images, the wrong ones, and those of classes: all, right, wrong, and by kind of mistake.

    Of images without labels there are those that were answered with each class.

    Args:
        answers: Where they come from.
        run: Address of the run.
        labels: The classes; none where a run has too many.

    """
    found: Sets = {}
    everything, wrong = (_take(answers, run, asked, found) for asked in ({}, {"wrong": "true"}))
    for whole in (everything, wrong):
        for mistake in whole.mistakes if whole is not None else ():
            if mistake.label in labels:  # and not an output without a class
                _take(answers, run, {"answered": str(mistake.label), "wrong": "true"}, found)
    if everything is not None and everything.labelled == 0:
        for answer in everything.predictions:
            if answer.label in labels:
                _take(answers, run, {"answered": str(answer.label)}, found)
        return found
    for label in labels:
        _take_class(answers, run, label, labels, found)
    return found


def _take_class(answers: Answers, run: str, label: int, labels: range, found: Sets) -> None:
    of = {"class": str(label)}
    whole = _take(answers, run, of, found)
    if whole is None:
        return
    _take(answers, run, of | {"wrong": "true"}, found)
    for answered in (label, *(each.label for each in whole.mistakes)):
        if answered in labels:
            _take(answers, run, of | {"answered": str(answered)}, found)


def saved_sets(answers: Answers, run: str, groups: Iterable[ImageGroup]) -> Sets:
    """Return the image groups that the user saved."""
    found: Sets = {}
    for group in groups:
        _take(answers, run, {"group": group.id}, found)
    return found


def sets_of_neurons(answers: Answers, run: str, neurons: Iterable[str]) -> Sets:
    """Return the probe images that excite each neuron most, for those that the run keeps the answers of.

    Args:
        answers: Where they come from.
        run: Address of the run.
        neurons: Ids such as ``relu:3``.

    """
    found: Sets = {}
    for neuron in neurons:
        _take(answers, run, {"neuron": neuron}, found)
    return found


def _take(answers: Answers, run: str, asked: dict[str, str], found: Sets) -> ImageSetScene | None:
    """Take a set in; None where the run keeps no answers to single images, or no labels to choose by."""
    address = f"{run}/image-set{'?' if asked else ''}{urlencode(asked)}"
    try:
        found[address] = decode_json(answers.get(address).data, ImageSetScene)
    except AbsentError:
        return None
    return found[address]
