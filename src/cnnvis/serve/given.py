"""Images that people gave, with what the network made of them: in memory only, for as long as the server runs."""

import threading
from collections import OrderedDict

from msgspec.structs import replace

from cnnvis.schema.worker import AnswerResult

MOST_SETS = 20
"""Sets of all runs that are kept: the oldest go first. A set is at most some megabytes of small pictures."""


class GivenSets:
    """The latest sets of given images, by run and number."""

    def __init__(self, most: int = MOST_SETS) -> None:
        self._most = most
        self._count = 0
        self._sets: OrderedDict[tuple[str, int], AnswerResult] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, run: str, result: AnswerResult) -> AnswerResult:
        """Keep a set, and return what of it everybody may see: its number, not its pictures."""
        with self._lock:
            self._count += 1
            kept = replace(result, number=self._count)
            self._sets[run, self._count] = kept
            while len(self._sets) > self._most:
                self._sets.popitem(last=False)
        return replace(kept, images=tuple(replace(each, picture=b"") for each in kept.images), units=())

    def get(self, run: str, number: int) -> AnswerResult:
        """Return a set; KeyError when it is not kept any more."""
        with self._lock:
            found = self._sets.get((run, number))
        if found is None:
            raise KeyError(str(number))
        return found
