"""Plain packing: square tiles on a common integer grid, as tight as shelves and gaps allow (design: packing)."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.pack.packing import Packing

LARGEST = 4
"""Sides run from 1 to 4 cells."""
TYPICAL = 2
"""Side of a tile of reference importance."""
WIDEST = 1.5
"""A packing is at most this much longer one way than the other, where the tiles allow it."""
MOST_WIDTHS = 12
FEW_TILES = 60
MOST_SHUFFLES = 40
SHUFFLED_TILES = 160
"""Shuffled orders per width times tiles: a few milliseconds."""
PLAIN_BONUS = 0.03


@dataclass(kw_only=True)
class _Skyline:
    """Heights of the columns while tiles are set down on them, and where tiles of each side went."""

    heights: list[int]
    places: dict[int, list[tuple[int, int]]]


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    sky: _Skyline
    is_plain: bool
    """Whether the largest tiles were laid first, which reads better: the most important is at the top left."""


def tile_sides(importance: Float[np.ndarray, " tiles"], reference: float | None = None) -> Int[np.ndarray, " tiles"]:
    """Return sides proportional to importance, from 1 to 4 cells; the reference importance gets 2.

    Args:
        importance: Any numbers; those at or below 0, and NaN, get the smallest tile.
        reference: Importance of a typical tile, the same for packings that are compared; by default the median of
            the positive values.

    """
    values = np.where(np.isfinite(importance), importance, 0.0).astype(np.float64)
    positive = values[values > 0]
    typical = reference if reference is not None else float(np.median(positive)) if positive.size else 1.0
    if not (typical > 0 and math.isfinite(typical)):
        return np.ones(len(values), dtype=np.int64)
    with np.errstate(over="ignore"):  # a tiny median makes others infinitely large, which is clamped
        scaled = np.clip(values / typical * TYPICAL, 1, LARGEST)
    # Half a cell is rounded up, so that equal importance never rounds to different sides.
    return np.floor(scaled + 0.5).astype(np.int64)


def pack_grid(
    importance: Float[np.ndarray, " tiles"], *, aspect: float = 1.0, reference: float | None = None
) -> Packing:
    """Pack one square tile per neuron without overlap, the most important at the top left.

    Large tiles are laid in rows; a gap too narrow for the next tile takes the largest that fits. Among the widths
    whose bounding rectangle is between 2:3 and 3:2 the fullest is taken, near ties by ``aspect``. Few tiles are laid in
    some shuffled orders as well (always the same). Tiles of one side are dealt out by importance, then by index.

    Args:
        importance: One number per neuron; see `tile_sides`.
        aspect: Width over height to prefer.
        reference: Importance of a tile of 2 cells.

    """
    side = tile_sides(importance, reference)
    count = len(side)
    x, y = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    if count == 0:
        return Packing(width=0, height=0, x=x, y=y, side=side)
    counts = {int(cells): int(number) for cells, number in zip(*np.unique(side, return_counts=True), strict=True)}
    best = max(_attempts(counts, aspect), key=lambda attempt: _score(attempt, counts, aspect)).sky
    # NaN counts as the smallest importance; the sort is stable, so ties keep the order of the neurons.
    ranks = np.argsort(-np.where(np.isfinite(importance), importance, -np.inf), kind="stable")
    for cells, places in best.places.items():
        tiles = ranks[side[ranks] == cells]
        ordered = sorted(places, key=lambda place: (place[1], place[0]))
        x[tiles], y[tiles] = np.asarray(ordered, dtype=np.int64).T
    width = int((x + side).max())
    return Packing(width=width, height=max(best.heights), x=x, y=y, side=side)


def _widths(counts: dict[int, int], aspect: float) -> list[int]:
    """Return the widths worth trying, those near the preferred aspect first."""
    area = sum(number * cells**2 for cells, number in counts.items())
    smallest = max(counts)
    low = max(smallest, math.floor(math.sqrt(area / WIDEST)))
    high = max(low, math.ceil(math.sqrt(area * WIDEST * 1.15)))
    preferred = math.sqrt(area * aspect)
    return sorted(range(low, high + 1), key=lambda width: (abs(width - preferred), width))[:MOST_WIDTHS]


def _attempts(counts: dict[int, int], aspect: float) -> Iterator[_Attempt]:
    """Pack every width largest first; few tiles, which often leave holes that way, in shuffled orders, too."""
    tiles = sum(counts.values())
    shuffles = min(MOST_SHUFFLES, SHUFFLED_TILES // tiles) if tiles <= FEW_TILES and len(counts) > 1 else 0
    rng = random.Random(0)
    for width in _widths(counts, aspect):
        yield _Attempt(sky=_pack(width, counts, None), is_plain=True)
        for _ in range(shuffles):
            yield _Attempt(sky=_pack(width, counts, rng), is_plain=False)


def _score(attempt: _Attempt, counts: dict[int, int], aspect: float) -> float:
    sky = attempt.sky
    width, height = len(sky.heights), max(sky.heights)
    used = max(place[0] + cells for cells, places in sky.places.items() for place in places)
    fill = sum(number * cells**2 for cells, number in counts.items()) / (used * height)
    shape = math.log(used / height)
    too_long = max(0.0, abs(shape) - math.log(WIDEST) - 1e-9)
    penalty = 0.1 + 0.5 * too_long if too_long else 0.0
    bonus = PLAIN_BONUS if attempt.is_plain else 0.0
    return fill + bonus - penalty - 0.08 * abs(shape - math.log(aspect)) - 1e-6 * width


def _pack(width: int, counts: dict[int, int], rng: random.Random | None) -> _Skyline:
    """Fill the lowest gap of the skyline again and again, with the largest tiles that fit into it, or any (rng)."""
    left = dict(counts)
    sky = _Skyline(heights=[0] * width, places={cells: [] for cells in counts})
    while any(left.values()):
        start, end, level, ceiling = _lowest(sky.heights)
        fitting = [cells for cells, number in left.items() if number and cells <= end - start]
        if not fitting:
            # Nothing is narrow enough: the gap stays empty up to its lower neighbour.
            sky.heights[start:end] = [ceiling] * (end - start)
            continue
        if rng is None:
            _lay(sky, left, cells=_choose(fitting, end - start, ceiling - level), gap=(start, end, level))
        else:
            cells = rng.choice(fitting)
            _lay(sky, left, cells=cells, gap=(start, start + cells, level))
    return sky


def _choose(fitting: list[int], room: int, depth: int) -> int:
    """Prefer a tile that closes the gap flush with its neighbours, else the largest."""
    flush = [cells for cells in fitting if cells == depth and room % cells == 0]
    return max(flush or fitting)


def _lay(sky: _Skyline, left: dict[int, int], *, cells: int, gap: tuple[int, int, int]) -> None:
    start, end, level = gap
    number = min(left[cells], (end - start) // cells)
    for index in range(number):
        sky.places[cells].append((start + index * cells, level))
    sky.heights[start : start + number * cells] = [level + cells] * (number * cells)
    left[cells] -= number


def _lowest(heights: list[int]) -> tuple[int, int, int, int]:
    """Return start and end of the leftmost lowest stretch, its height and that of its lower neighbour."""
    level = min(heights)
    start = heights.index(level)
    end = start
    while end < len(heights) and heights[end] == level:
        end += 1
    neighbours = [heights[place] for place in (start - 1, end) if 0 <= place < len(heights)]
    return start, end, level, min(neighbours, default=level + 2 * LARGEST)
