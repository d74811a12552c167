"""Setting tiles down in a column, region after region, without a gap that could be avoided cheaply."""

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

OPEN = 1 << 30
"""Height of the walls beside a column."""


@dataclass(frozen=True)
class Spot:
    """A place for a tile."""

    x: int
    y: int
    side: int


class Wishes:
    """Where the tiles of a region were before, for each side; a tile is best set down where one of its size was."""

    def __init__(self, spots: Sequence[Spot], strength: float) -> None:
        self._open: dict[int, list[tuple[int, int]]] = {}
        for spot in spots:
            self._open.setdefault(spot.side, []).append((spot.x, spot.y))
        self._strength = strength

    def worth(self, side: int, x: int, y: int) -> float:
        """Return how good it is to set a tile down here: most where one was, nothing farther away than its side."""
        there = self._open.get(side)
        if not there:
            return 0.0
        far = min(max(abs(x - left), abs(y - low)) for left, low in there)
        return self._strength * max(0.0, 1.0 - far / (1.5 * side))

    def take(self, spot: Spot) -> None:
        """A tile was set down there: the nearest wish is fulfilled."""
        there = self._open.get(spot.side)
        if there:
            there.remove(min(there, key=lambda at: (max(abs(spot.x - at[0]), abs(spot.y - at[1])), at)))


class Skyline:
    """The upper outline of what lies in a column: stretches with a start, a width and a height."""

    def __init__(self, tops: Sequence[int]) -> None:
        """Take over the height reached in each cell of the column's width."""
        runs = [list(run) for _, run in groupby(range(len(tops)), key=lambda cell: tops[cell])]
        self.start = [run[0] for run in runs]
        self.wide = [len(run) for run in runs]
        self.height = [tops[run[0]] for run in runs]
        self.waste = 0
        """Cells that stay empty below the outline."""
        self.laid = 0
        """Tiles set down."""

    def copy(self) -> "Skyline":
        """Return one that can be changed alone."""
        other = Skyline.__new__(Skyline)
        other.start, other.wide, other.height = self.start[:], self.wide[:], self.height[:]
        other.waste, other.laid = self.waste, self.laid
        return other

    def lowest(self) -> tuple[int, int, int]:
        """Return the leftmost lowest stretch and the heights to its left and right."""
        index = self.height.index(min(self.height))
        left = self.height[index - 1] if index else OPEN
        right = self.height[index + 1] if index + 1 < len(self.height) else OPEN
        return index, left, right

    def level(self, index: int, height: int) -> None:
        """Raise a whole stretch, and join it to neighbours of the same height."""
        self.height[index] = height
        if index + 1 < len(self.height) and self.height[index + 1] == height:
            self._join(index)
        if index and self.height[index - 1] == height:
            self._join(index - 1)

    def close(self, index: int, top: int) -> tuple[int, int, int, int]:
        """Leave a stretch empty up to a height, and return what `reopen` takes."""
        gap = self.start[index], self.wide[index], self.height[index], top
        self.waste += self.wide[index] * (top - self.height[index])
        self.level(index, top)
        return gap

    def reopen(self, start: int, wide: int, height: int, top: int) -> None:
        """Lower a stretch that was closed, unless something lies on it; the last closed one comes first."""
        index = bisect_right(self.start, start) - 1
        first, last = self.start[index], self.start[index] + self.wide[index]
        if self.height[index] != top or last < start + wide:
            return
        parts = [
            (first, start - first, top),
            (start, wide, height),
            (start + wide, last - start - wide, top),
        ]
        parts = [part for part in parts if part[1]]
        self.start[index : index + 1] = [part[0] for part in parts]
        self.wide[index : index + 1] = [part[1] for part in parts]
        self.height[index : index + 1] = [part[2] for part in parts]
        self.waste -= wide * (top - height)

    def lay(self, index: int, side: int, *, at_left: bool) -> Spot:
        """Set a tile down at one end of a stretch."""
        x, room, y = self.start[index], self.wide[index], self.height[index]
        if side < room:
            first = side if at_left else room - side
            self.start.insert(index + 1, x + first)
            self.wide[index : index + 1] = [first, room - first]
            self.height.insert(index, y)
            index += not at_left
        spot = Spot(self.start[index], y, side)
        self.laid += 1
        self.level(index, y + side)
        return spot

    def _join(self, index: int) -> None:
        self.wide[index] += self.wide.pop(index + 1)
        del self.start[index + 1], self.height[index + 1]


def try_region(
    sky: Skyline,
    sides: Sequence[int],
    rng: random.Random | None = None,
    *,
    highest: int = OPEN,
    most_waste: int | None = None,
    wishes: Wishes | None = None,
) -> list[Spot] | None:
    """Set all tiles of a region down, always into the lowest gap of what lies there.

    A tile lies on what was there before: so no tile of a region lies above one of a later region. A gap that is too
    narrow for the region is left to the next one, unless a tile came to lie above it.

    Args:
        sky: What lies there; it is changed.
        sides: Sides of the tiles, none wider than the column.
        rng: Makes some choices differently, for another try.
        highest: Height that no tile may reach above.
        most_waste: Cells that may stay empty below the outline; by default any number.
        wishes: Where tiles of the region were; None: anywhere is as good.

    Returns:
        A spot per tile, in the order they were set down; None as soon as a limit is passed.

    """
    spots: list[Spot] = []
    closed: list[tuple[int, int, int, int]] = []
    left = Counter(sides)
    different = sorted(left, reverse=True)
    while different:
        index, before, after = sky.lowest()
        room, height = sky.wide[index], sky.height[index]
        if different[-1] > room:
            # Nothing is narrow enough: the gap stays empty up to its lower neighbour.
            closed.append(sky.close(index, min(before, after)))
            if most_waste is not None and sky.waste > most_waste:
                return None
            continue
        at = None if wishes is None else (wishes, sky.start[index], height)
        side = _choose(different, room, (before - height, after - height), rng, at)
        if height + side > highest:
            return None
        at_left = _at_left(before, after, height + side)
        if wishes is not None and height + side not in {before, after}:
            start = sky.start[index]
            at_left = wishes.worth(side, start, height) >= wishes.worth(side, start + room - side, height)
        spots.append(sky.lay(index, side, at_left=at_left))
        if wishes is not None:
            wishes.take(spots[-1])
        left[side] -= 1
        if not left[side]:
            different.remove(side)
    for gap in reversed(closed):
        sky.reopen(*gap)
    return spots


def _choose(
    sides: list[int],
    room: int,
    steps: tuple[int, int],
    rng: random.Random | None,
    wished: tuple[Wishes, int, int] | None = None,
) -> int:
    """Prefer large tiles, those that end flush with a neighbour or fill the gap, and none that leave a slit."""
    best, most = 0, -float("inf")
    smallest = sides[-1]
    scale = (sides[0] + smallest) / 10
    for side in sides:
        rest = room - side
        if rest < 0:
            continue
        worth = float(side)
        if rest == 0:
            worth += 12 * scale
        elif rest < smallest:
            worth -= 3 * smallest
        elif rest in sides:
            worth += 4 * scale
        if side in steps:
            worth += 8 * scale
        if rng is not None:
            worth += 10 * scale * rng.random()
        if wished is not None:
            worth += scale * wished[0].worth(side, wished[1], wished[2])
        if worth > most:
            best, most = side, worth
    return best


def _at_left(before: int, after: int, top: int) -> bool:
    """Choose the end where the tile is flush with its neighbour, else beside a wall, else beside the higher one."""
    if top in {before, after}:
        return before == top
    return before >= after


def assigned(tiles: Sequence[tuple[int, int]], spots: Sequence[Spot]) -> list[tuple[int, Spot]]:
    """Give each tile, of some side, a spot of its size: those first in the list lie nearest to the start."""
    ordered = sorted(spots, key=lambda spot: (-spot.side, spot.y, spot.x))
    by_side = sorted(tiles, key=lambda tile: -tile[1])
    return [(tile, spot) for (tile, _), spot in zip(by_side, ordered, strict=True)]
