"""Images that cannot be read: left out, listed once, and an error where none of the first can."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, final

from cnnvis.observe.inputs.source import Batch
from cnnvis.schema.errors import DataError

Item = TypeVar("Item")
PATIENCE = 100
"""So many images may fail one after the other at the start before the data count as unusable."""


@final
class Skipping:
    """Keeps count of what could not be read.

    Args:
        name: What to call the data.
        total: How many images there are.
        remedy: What to do when nothing can be read.

    """

    def __init__(self, name: str, total: int, remedy: str) -> None:
        self.listed: list[str] = []
        """A line per image that could not be read, with the reason."""
        self._name = name
        self._total = total
        self._remedy = remedy
        self._known: set[int] = set()
        self._any_read = False

    def readable(
        self, samples: Sequence[int], items: Sequence[Item | str], name_of: Callable[[int], str]
    ) -> list[tuple[int, Item]]:
        """Return the samples that could be read; for the others an item is the reason why not.

        Raises:
            DataError: When the first images all failed.

        """
        read: list[tuple[int, Item]] = []
        for sample, item in zip(samples, items, strict=True):
            if not isinstance(item, str):
                read.append((sample, item))
            elif sample not in self._known:
                self._known.add(sample)
                self.listed.append(f"{name_of(sample)}: {item}")
        self._any_read |= bool(read)
        if not self._any_read and len(self._known) >= PATIENCE:
            raise self.nothing()
        return read

    def batches(
        self,
        parts: list[list[int]],
        start: int,
        *,
        is_readable: Callable[[int], bool],
        read: Callable[[list[list[int]]], Iterator[Batch]],
    ) -> Iterator[Batch]:
        """Yield the batches of some parts of the data, leaving out the first ``start``.

        Args:
            parts: Sample ids of each part.
            start: Batches to leave out; a part without a readable sample gave none the first time either.
            is_readable: Whether a sample can be read.
            read: Yields the batches of parts.

        Raises:
            DataError: Nothing can be read.

        """
        at = 0
        while start and at < len(parts):
            start -= any(map(is_readable, parts[at]))
            at += 1
        given = at > 0
        for batch in read(parts[at:]):
            given = True
            yield batch
        if not given:
            raise self.nothing()

    def nothing(self) -> DataError:
        """Return the error of data of which nothing could be read."""
        tried = len(self._known)
        which = f"None of the {tried} images" if tried >= self._total else f"None of the first {tried} images"
        first = self.listed[0] if self.listed else "there are none"
        return DataError(f"{which} of {self._name} can be read ({first}).", self._remedy)
