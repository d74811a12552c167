"""Hierarchical packing: one square tile per neuron, alike neurons side by side (paper: learned features)."""

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.pack.columns import WIDEST, Column, fill_in_shape, joined
from cnnvis.analysis.pack.packing import Packing
from cnnvis.analysis.pack.regions import ranked_regions, regions
from cnnvis.analysis.pack.sides import neuron_sides
from cnnvis.analysis.pack.skyline import Skyline, Spot, fill_region

GOOD = 0.915
"""The first packing this full is taken: the design's 0.90 and a margin."""
GOOD_OF_FEW = 0.97
FULL_ENOUGH = 0.90
FEW_TILES = 20
MOST_STEPS = 3500
"""Tiles set down in all tries together: some ten milliseconds, counted so that the clock has no say."""
RETRIES = 2
BEST_WIDTHS = 6
STEPS_PER_TRY = 10
"""What a try costs besides its tiles."""
LIKELY = 0.93
COLUMNS_PER_ROOT = 0.75
"""Columns per root of the number of regions: as many as make regions about square."""

_Parts = list[tuple[int, list[int]]]
"""Regions of a column and their tiles, the largest first."""


@dataclass(frozen=True, kw_only=True)
class _Try:
    columns: int
    width: int
    seed: int | None


@dataclass(frozen=True, kw_only=True)
class _Filled:
    """A column whose spots are not given to tiles yet, which would take as long as finding them."""

    parts: _Parts
    spots: list[list[Spot]]
    width: int
    height: int


def pack_hierarchy(
    importance: Float[np.ndarray, " tiles"],
    tree: Float[np.ndarray, "merges 4"] | None,
    *,
    reference: float | None = None,
    aspect: float = 1.0,
) -> Packing:
    """Pack one square tile per neuron without overlap, each branch of the hierarchy in one piece.

    The hierarchy is cut into regions of at most 15 tiles. Read in the tree's order they fill columns of equal area,
    the first downwards, the second upwards and so on; as many columns as make the regions about square. In a column,
    each region is packed onto the ragged edge of the one before, which leaves no slack between them: a vertical line
    never leaves a region, nor a run of regions, and comes back. Some widths are tried, fewer columns if need be, and
    the first packing that is full enough is taken, else the fullest.

    Args:
        importance: One number per neuron; see `neuron_sides`.
        tree: Merges over these neurons in SciPy's linkage format; None: the neurons are ordered by importance.
        reference: Importance of a tile of 24 cells, so that sizes can be compared between packings.
        aspect: Width over height to prefer, between 2:3 and 3:2.

    """
    side = neuron_sides(importance, reference=reference)
    if len(side) == 0:
        return Packing(width=0, height=0, x=side, y=side, side=side, region=side, column=side)
    # NaN counts as the smallest importance; the sort is stable, so ties keep the order of the neurons.
    ranks = np.argsort(-np.where(np.isfinite(importance), importance, -np.inf), kind="stable")
    groups = ranked_regions(ranks) if tree is None else regions(tree)
    rank = np.empty_like(ranks)
    rank[ranks] = np.arange(len(ranks))
    step = int(np.gcd.reduce(side))
    # The largest first; within a side the most important first, which then lie nearest to the start.
    groups = [sorted(group, key=lambda tile: (-side[tile], rank[tile])) for group in groups]
    sides = (side // step).tolist()
    fill, columns = _best(groups, sides, aspect)
    if len(side) >= FEW_TILES and fill < FULL_ENOUGH and len(groups) == 2:
        # Two regions of few tiles sometimes cannot be full in any order; as one they mostly can.
        whole = [sorted(itertools.chain(*groups), key=lambda tile: (-side[tile], rank[tile]))]
        again, one_region = _best(whole, sides, aspect)
        columns = one_region if again > fill else columns
    return joined(columns, side, step)


def assigned(tiles: Sequence[tuple[int, int]], spots: Sequence[Spot]) -> list[tuple[int, Spot]]:
    """Give each tile, of some side, a spot of its size: those first in the list lie nearest to the start."""
    ordered = sorted(spots, key=lambda spot: (-spot.side, spot.y, spot.x))
    by_side = sorted(tiles, key=lambda tile: -tile[1])
    return [(tile, spot) for (tile, _), spot in zip(by_side, ordered, strict=True)]


def _best(groups: list[list[int]], sides: list[int], aspect: float) -> tuple[float, list[Column]]:
    area = sum(side**2 for side in sides)
    good = GOOD if len(sides) >= FEW_TILES else GOOD_OF_FEW
    left = max(2, min(MOST_STEPS // (len(sides) + STEPS_PER_TRY), 20 * len(sides))) * len(sides)
    found: list[tuple[float, _Try, list[_Filled]]] = []
    cuts: dict[int, list[_Parts]] = {}
    for trial in _tries(len(groups), sides, aspect, left // len(sides), found):
        if trial.columns not in cuts:
            cuts[trial.columns] = _cut(groups, sides, trial.columns)
        low_enough = area / (good * trial.columns * trial.width)
        tried = [_lowest(parts, sides, trial, low_enough) for parts in cuts[trial.columns]]
        columns = [filled for filled, _ in tried]
        fill = fill_in_shape(area, sum(one.width for one in columns), max(one.height for one in columns))
        found.append((fill, trial, columns))
        left -= sum(steps for _, steps in tried)
        if fill >= good or left <= 0:
            break
    # The first of the fullest.
    fill, _, best = max(found, key=lambda one: one[0])
    return fill, [_column(filled, sides) for filled in best]


def _tries(
    groups: int, sides: list[int], aspect: float, number: int, found: list[tuple[float, _Try, list[_Filled]]]
) -> Iterator[_Try]:
    """Yield columns and widths to try, preferred ones first, then the best widths with other choices."""
    most = max(1, round(COLUMNS_PER_ROOT * math.sqrt(groups)))
    each = max(1, number // (3 * most))
    for columns in range(most, 0, -1):
        for width in _widths(sides, columns, aspect)[: each if columns > 1 else 2 * each]:
            yield _Try(columns=columns, width=width, seed=None)
    narrow = sorted((one for one in found if one[1].columns == 1), key=lambda one: -one[0])[:BEST_WIDTHS]
    for index in range(number * len(narrow)):
        yield _Try(columns=1, width=narrow[index % len(narrow)][1].width, seed=index)


def _widths(sides: list[int], columns: int, aspect: float) -> list[int]:
    """Return widths of a column that keep the whole between 2:3 and 3:2, those near the wanted aspect first."""
    likely = sum(side**2 for side in sides) / LIKELY
    low = max(*sides, math.ceil(math.sqrt(likely / WIDEST) / columns)) if len(sides) > 1 else sides[0]
    high = max(low, math.floor(math.sqrt(likely * WIDEST) / columns))
    wanted = math.sqrt(likely * aspect) / columns
    return sorted(range(low, high + 1), key=lambda width: (abs(width - wanted), width))


def _cut(groups: list[list[int]], sides: list[int], columns: int) -> list[_Parts]:
    """Share the regions out to columns of equal area; a region at a border is cut, its large tiles go first."""
    area, done = sum(side**2 for side in sides), 0
    cut: list[dict[int, list[int]]] = [{} for _ in range(columns)]
    for group, tiles in enumerate(groups):
        for tile in tiles:
            column = min(columns - 1, done * columns // area)
            cut[column].setdefault(group, []).append(tile)
            done += sides[tile] ** 2
    return [list(parts.items()) for parts in cut if parts]


def _lowest(parts: _Parts, sides: list[int], trial: _Try, low_enough: float) -> tuple[_Filled, int]:
    """Fill a column, beside others again and differently when it gets too high; also return the tiles set down."""
    filled = _filled(parts, sides, trial)
    steps = tiles = sum(len(region) for _, region in parts)
    for seed in range(RETRIES if trial.columns > 1 else 0):
        if filled.height <= low_enough:
            break
        again = _filled(parts, sides, _Try(columns=trial.columns, width=trial.width, seed=seed))
        filled = min(filled, again, key=lambda one: one.height)
        steps += tiles
    return filled, steps


def _filled(parts: _Parts, sides: list[int], trial: _Try) -> _Filled:
    sky = Skyline([0] * trial.width)
    rng = None if trial.seed is None else random.Random(trial.seed)
    spots = [fill_region(sky, [sides[tile] for tile in tiles], rng) for _, tiles in parts]
    width = max(spot.x + spot.side for region in spots for spot in region)
    return _Filled(parts=parts, spots=spots, width=width, height=max(sky.height))


def _column(filled: _Filled, sides: list[int]) -> Column:
    placed = [
        (group, tile, spot)
        for (group, tiles), spots in zip(filled.parts, filled.spots, strict=True)
        for tile, spot in assigned([(tile, sides[tile]) for tile in tiles], spots)
    ]
    return Column(tiles=placed, width=filled.width, height=filled.height)
