"""A round trip kept as an array, and the two changes made to it."""

from collections.abc import Sequence

import numpy as np


class Tour:
    """Rows in the order they are visited, the last followed by the first, and the place of each row.

    Changes are made of reversals of a stretch and are logged, so that they can be taken back.
    """

    __slots__ = ("_order", "_place", "_range", "at", "log", "place", "size")

    def __init__(self, order: Sequence[int]) -> None:
        self.size = len(order)
        self._order = np.array(order, dtype=np.int64)
        self._range = np.arange(self.size)
        self._place = np.empty(self.size, dtype=np.int64)
        self._place[self._order] = self._range
        # Views of the same memory whose items are plain integers: several times as quick to read one at a time.
        self.at = self._order.data
        self.place = self._place.data
        self.log: list[tuple[int, int]] = []

    def order(self) -> list[int]:
        """Return the rows as visited from the first place on."""
        return self._order.tolist()

    def after(self, row: int) -> int:
        """Return the row visited after this one."""
        place = self.place[row] + 1
        return self.at[place if place < self.size else 0]

    def reverse(self, first: int, last: int) -> None:
        """Reverse the stretch between two places, both included."""
        self.log.append((first, last))
        self._turn(first, last)

    def undo(self) -> None:
        """Take back all that is in the log."""
        for first, last in reversed(self.log):
            self._turn(first, last)
        self.log.clear()

    def exchange(self, a: int, b: int, c: int, d: int) -> None:
        """Replace the links a-b and c-d by a-c and b-d; b follows a as d follows c, or precedes it as d precedes c."""
        if self.after(a) != b:
            a, b, c, d = b, a, d, c
        first, last = self.place[b], self.place[c]
        if first <= last:
            self.reverse(first, last)
        else:
            self.reverse(self.place[d], self.place[a])

    def carry(self, ends: tuple[int, int, int, int], between: tuple[int, int]) -> None:
        """Move a segment elsewhere.

        Args:
            ends: The row before the segment, its first and last, and the row after it, in either direction.
            between: Neighbours outside the segment; the segment's first row is put next to the first of them.

        """
        before, first, last, after = ends
        one, other = between
        same_way = (self.after(one) == other) == (self.after(before) == first)
        if same_way:
            # before [first..last] after..one other becomes before after..one [first..last] other, turned twice.
            self.exchange(before, first, one, other)
            self.exchange(before, one, after, last)
            self.exchange(one, last, first, other)
        else:
            self.exchange(before, first, other, one)
            self.exchange(before, other, after, last)

    def _turn(self, first: int, last: int) -> None:
        stretch = self._order[first : last + 1][::-1].copy()
        self._order[first : last + 1] = stretch
        self._place[stretch] = self._range[first : last + 1]
