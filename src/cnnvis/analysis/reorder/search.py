"""Shortening a path: reversals of stretches and moves of short segments, then small shake-ups (2-opt, Or-opt)."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from cnnvis.analysis.reorder.tour import Tour

LONGEST_SEGMENT = 3
FEW_ROWS = 200
LONGEST_SHAKE = 50
"""Most rows that a shake-up moves past one another."""


@dataclass(frozen=True)
class _Gain:
    """How much shorter the path got, and whose links changed."""

    amount: int
    touched: tuple[int, ...]


class _Search:
    """Local search on a path, closed to a round trip by one row more that is at distance 0 from all others."""

    def __init__(
        self, apart: Int[np.ndarray, "rows rows"], nearest: Int[np.ndarray, "rows near"], path: Sequence[int]
    ) -> None:
        self.rows = len(apart)
        self.stride = self.rows + 1
        closed = np.zeros((self.stride, self.stride), dtype=np.int64)
        closed[: self.rows, : self.rows] = apart
        self.apart = closed.ravel().data
        near = np.take_along_axis(apart, nearest, 1)
        self.near = [
            list(zip(rows, far, strict=True)) for rows, far in zip(nearest.tolist(), near.tolist(), strict=True)
        ]
        if self.rows <= FEW_ROWS:
            # Where the path is cut open matters with few rows: a link to the row at distance 0 moves the cut.
            self.near = [[(self.rows, 0), *links] for links in self.near]
        self.near.append([])
        self.tour = Tour([*path, self.rows])
        self.waiting = [False] * self.stride
        self.looks = 0

    def settle(self, rows: Iterable[int]) -> int:
        """Improve around these rows, and around all whose links change, until nothing helps; return what was gained."""
        queue = [row for row in rows if row != self.rows]
        for row in queue:
            self.waiting[row] = True
        gained = 0
        while queue:
            row = queue.pop()
            self.waiting[row] = False
            while (gain := self.improve(row)) is not None:
                gained += gain.amount
                for other in gain.touched:
                    if other != self.rows and not self.waiting[other]:
                        self.waiting[other] = True
                        queue.append(other)
        return gained

    def improve(self, row: int) -> _Gain | None:
        """Make the first change found that replaces a link of this row and shortens the path."""
        self.looks += 1
        tour, apart, stride = self.tour, self.apart, self.stride
        for forward in (True, False):
            # Places before the first are the last ones, as with any Python sequence.
            step = 1 if forward else -1
            other = tour.at[(tour.place[row] + step) % tour.size]
            saved = apart[row * stride + other]
            for near, link in self.near[other]:
                left = saved - link
                if left <= 0:
                    break
                if near == row:
                    continue
                beyond = tour.at[(tour.place[near] - step) % tour.size]
                gain = left + apart[beyond * stride + near] - apart[row * stride + beyond]
                if gain > 0:
                    tour.exchange(row, other, beyond, near)
                    return _Gain(gain, (row, other, near, beyond))
                moved = self._move(row, other, near, left, step)
                if moved is not None:
                    return moved
        return None

    def _move(self, row: int, first: int, near: int, left: int, step: int) -> _Gain | None:
        """Move a segment that starts beside the row to another place, next to a near row, if that is shorter."""
        tour, apart, stride, size = self.tour, self.apart, self.stride, self.tour.size
        place = tour.place[first]
        last = first
        for _ in range(LONGEST_SEGMENT):
            place = (place + step) % size
            after = tour.at[place]
            if near == last or after == row:
                break
            rest = left + apart[last * stride + after] - apart[row * stride + after]
            if rest > 0:
                here = tour.place[near]
                for beside in (tour.at[here - 1], tour.at[(here + 1) % size]):
                    gain = rest + apart[near * stride + beside] - apart[last * stride + beside]
                    if gain > 0 and not (near == after and beside == last):
                        tour.carry((row, first, last, after), (near, beside))
                        return _Gain(gain, (row, first, last, after, near, beside))
            last = after
        return None

    def shake(self, rng: random.Random) -> None:
        """Swap two stretches beside one another, settle, and take it all back if the path got longer."""
        tour, apart, stride = self.tour, self.apart, self.stride
        start = rng.randrange(tour.size - 3)
        most = min(LONGEST_SHAKE, (tour.size - 1 - start) // 3)
        middle = start + 1 + rng.randrange(most)
        end = min(middle + 1 + rng.randrange(most), tour.size - 2)
        places = (start, start + 1, middle, middle + 1, end, end + 1)
        a, b, c, d, e, f = (tour.at[place] for place in places)
        tour.log.clear()
        tour.reverse(start + 1, end)
        tour.reverse(start + 1, start + end - middle)
        tour.reverse(start + 1 + end - middle, end)
        change = sum(
            apart[one * stride + other] * sign
            for one, other, sign in ((a, b, 1), (c, d, 1), (e, f, 1), (a, d, -1), (e, b, -1), (c, f, -1))
        )
        if change + self.settle(dict.fromkeys((a, b, c, d, e, f))) < 0:
            tour.undo()

    def path(self) -> list[int]:
        order = self.tour.order()
        cut = order.index(self.rows)
        return order[cut + 1 :] + order[:cut]


def shorten(
    apart: Int[np.ndarray, "rows rows"],
    nearest: Int[np.ndarray, "rows near"],
    path: Sequence[int],
    *,
    looks: int,
    seed: int,
) -> list[int]:
    """Return a path that is at most as long.

    Args:
        apart: Distances; whole numbers, so that gains are exact and rounding never runs in circles.
        nearest: Nearest rows of each row, in order; links to others are not tried.
        path: Where to start.
        looks: How many rows to look at, about ten microseconds each; the first search ends in any case.
        seed: For the shake-ups.

    """
    search = _Search(apart, nearest, path)
    search.settle(reversed(path))
    rng = random.Random(seed)
    while search.looks < looks and search.rows > 3:
        search.shake(rng)
    return search.path()
