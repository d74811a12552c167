"""What a report holds of mistakes: what every class is taken for, and the comparisons that lead on from there."""

from collections.abc import Iterable, Sequence
from itertools import permutations
from urllib.parse import urlencode

from cnnvis.schema.contrast import Against, ContrastScene, MistakesScene
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.scene import ClassFacts
from cnnvis.schema.typed import decode_json
from cnnvis.serve.report.answers import Answers

COMMONEST = 3
"""Mistakes of each class that are compared before anything else is: those that one looks at first."""

Pair = tuple[int, int, Against]
"""A class, another one, and what is compared."""


def mistake_lists(answers: Answers, run: str, classes: Sequence[ClassFacts]) -> dict[str, MistakesScene]:
    """Return what every class is mistaken for, by address; nothing where answers cannot be right or wrong.

    Args:
        answers: Where it comes from.
        run: Address of the run.
        classes: Those of the run.

    """
    found: dict[str, MistakesScene] = {}
    for each in classes:
        address = f"{run}/mistakes?label={each.index}"
        try:
            found[address] = decode_json(answers.get(address).data, MistakesScene)
        except AbsentError:
            return {}
    return found


def mistaken_pairs(lists: Iterable[MistakesScene]) -> tuple[list[Pair], list[Pair]]:
    """Return the mistakes of every class against its right answers: the commonest of each, and the rest."""
    first: list[Pair] = []
    rest: list[Pair] = []
    for each in lists:
        pairs: list[Pair] = [(each.label, one.label, "right") for one in each.taken_for]
        first += pairs[:COMMONEST]
        rest += pairs[COMMONEST:]
    return first, rest


def class_pairs(classes: Sequence[ClassFacts]) -> list[Pair]:
    """Return every two classes that the page offers to compare, either way round."""
    shown = [each.index for each in classes if each.images > 0]
    return [(label, other, "other") for label, other in permutations(shown, 2)]


def comparisons(answers: Answers, run: str, pairs: Iterable[Pair]) -> dict[str, ContrastScene]:
    """Return comparisons of two sets of images, by address."""
    found: dict[str, ContrastScene] = {}
    for label, other, against in pairs:
        address = f"{run}/contrast?{urlencode({'label': label, 'other': other, 'against': against})}"
        found[address] = decode_json(answers.get(address).data, ContrastScene)
    return found
