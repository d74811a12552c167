"""Hierarchical packing: one square tile per neuron, alike neurons side by side (paper: learned features)."""

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.pack.columns import WIDEST, Column, fill_in_shape, joined
from cnnvis.analysis.pack.few import pack_few
from cnnvis.analysis.pack.packing import Packing
from cnnvis.analysis.pack.regions import MOST_TILES, ranked_regions, regions
from cnnvis.analysis.pack.sides import exact_sides, neuron_sides
from cnnvis.analysis.pack.skyline import OPEN, Skyline, Spot, assigned, try_region

GOOD = 0.915
"""The first packing this full is taken: the design's 0.90 and a margin."""
GOOD_OF_FEW = 0.97
FULL_ENOUGH = 0.90
FEW_TILES = 20
MOST_STEPS = 2800
"""Tiles set down in all tries together: some ten milliseconds, counted so that the clock has no say."""
MORE_STEPS = 1400
"""The same, with larger regions, where those did not get full enough."""
RETRIES = 2
ENDINGS = 4
"""Tries for the last region of a column, which decides how even its end is."""
WIDTHS_SHARE = 5
"""One part in so many of the tries goes to each number of columns; the rest to the best widths again."""
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


_Found = tuple[float, _Try, list[_Filled]]
"""Fill, how it was tried, and the columns."""


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
    the first packing that is full enough is taken, else the fullest; where none is, the same with pairs of neighbouring
    regions, which are then of at most 30 tiles. The work is bounded by the tiles set down, not by the clock.

    Args:
        importance: One number per neuron; see `neuron_sides`.
        tree: Merges over these neurons in SciPy's linkage format; None: the neurons are ordered by importance.
        reference: Importance of a tile of 48 cells, so that sizes can be compared between packings.
        aspect: Width over height to prefer, between 2:3 and 3:2.

    """
    if len(importance) <= MOST_TILES:
        return pack_few(importance, exact_sides(importance, reference=reference), aspect=aspect)
    side = neuron_sides(importance, reference=reference)
    # NaN counts as the smallest importance; the sort is stable, so ties keep the order of the neurons.
    ranks = np.argsort(-np.where(np.isfinite(importance), importance, -np.inf), kind="stable")
    groups = ranked_regions(ranks) if tree is None else regions(tree)
    rank = np.empty_like(ranks)
    rank[ranks] = np.arange(len(ranks))
    step = int(np.gcd.reduce(side))
    # The largest first; within a side the most important first, which then lie nearest to the start.
    groups = [sorted(group, key=lambda tile: (-side[tile], rank[tile])) for group in groups]
    sides = (side // step).tolist()
    fill, columns = _best(groups, sides, aspect, MOST_STEPS)
    if len(side) >= FEW_TILES and fill < min(FULL_ENOUGH, _fullest(sides)) and len(groups) > 1:
        # Small regions sometimes cannot be full in any order; two neighbours as one mostly can.
        pairs = [list(itertools.chain(*groups[place : place + 2])) for place in range(0, len(groups), 2)]
        pairs = [sorted(pair, key=lambda tile: (-side[tile], rank[tile])) for pair in pairs]
        again, fewer_regions = _best(pairs, sides, aspect, MORE_STEPS)
        columns = fewer_regions if again > fill else columns
    return joined(columns, side, step)


def _best(groups: list[list[int]], sides: list[int], aspect: float, steps: int) -> tuple[float, list[Column]]:
    """Try until a packing is full enough or so many tiles were set down; return the fill and the fullest."""
    area = sum(side**2 for side in sides)
    good = min(GOOD if len(sides) >= FEW_TILES else GOOD_OF_FEW, _fullest(sides))
    tries = max(2, min(steps // (len(sides) + STEPS_PER_TRY), 20 * len(sides)))
    left = tries * len(sides)
    found: list[_Found] = []
    cuts: dict[int, list[_Parts]] = {}
    for trial in _tries(len(groups), sides, aspect, tries, found):
        if trial.columns not in cuts:
            cuts[trial.columns] = _cut(groups, sides, trial.columns)
        if trial.seed is None:
            low_enough = area / (good * trial.columns * trial.width)
            tried = [_lowest(parts, sides, trial, low_enough) for parts in cuts[trial.columns]]
        else:
            # Only what gets fuller than the fullest so far is filled to the end.
            highest = math.ceil(area / (max(found, key=_fill)[0] * trial.width)) - 1
            tried = [_filled(parts, sides, trial, highest) for parts in cuts[trial.columns]]
        columns = [filled for filled, _ in tried if filled is not None]
        if len(columns) == len(tried):
            fill = fill_in_shape(area, sum(one.width for one in columns), max(one.height for one in columns))
            found.append((fill, trial, columns))
        left -= sum(laid for _, laid in tried)
        if found[-1][0] >= good or left <= 0:
            break
    # The first of the fullest.
    fill, _, best = max(found, key=_fill)
    return fill, [_column(filled, sides) for filled in best]


def _fill(one: _Found) -> float:
    return one[0]


def _fullest(sides: list[int]) -> float:
    """Return what no packing can exceed, since sides are whole: 21 equal tiles take a rectangle of 4 × 6."""
    area, largest = sum(side**2 for side in sides), max(sides)
    most = max(largest, math.ceil(WIDEST * math.sqrt(area)))
    heights = ((width, max(largest, -(-area // width))) for width in range(largest, most + 1))
    return max(fill_in_shape(area, width, height) for width, height in heights)


def _tries(groups: int, sides: list[int], aspect: float, number: int, found: list[_Found]) -> Iterator[_Try]:
    """Yield columns and widths to try, preferred ones first, then the best widths with other choices."""
    most = max(1, round(COLUMNS_PER_ROOT * math.sqrt(groups)))
    each = max(1, number // (WIDTHS_SHARE * most))
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


def _lowest(parts: _Parts, sides: list[int], trial: _Try, low_enough: float) -> tuple[_Filled | None, int]:
    """Fill a column, beside others again and differently when it gets too high; also return the tiles set down."""
    filled, steps = _filled(parts, sides, trial, OPEN)
    for seed in range(RETRIES if trial.columns > 1 else 0):
        if filled is None or filled.height <= low_enough:
            break
        other = _Try(columns=trial.columns, width=trial.width, seed=seed)
        again, more = _filled(parts, sides, other, filled.height - 1)
        filled, steps = again or filled, steps + more
    return filled, steps


def _filled(parts: _Parts, sides: list[int], trial: _Try, highest: int) -> tuple[_Filled | None, int]:
    """Fill a column, at most so high, else None; also return the tiles set down."""
    sky = Skyline([0] * trial.width)
    rng = None if trial.seed is None else random.Random(trial.seed)
    wanted = [[sides[tile] for tile in tiles] for _, tiles in parts]
    most_waste = trial.width * highest - sum(side**2 for region in wanted for side in region)
    spots: list[list[Spot]] = []
    for region in wanted[:-1]:
        laid = try_region(sky, region, rng, highest=highest)
        if laid is None or sky.waste > most_waste:
            return None, sky.laid
        spots.append(laid)
    steps = sky.laid
    lowest, ending = highest + 1, None
    for _ in range(1 if rng is None else ENDINGS):
        end = sky.copy()
        laid = try_region(end, wanted[-1], rng, highest=lowest - 1, most_waste=most_waste)
        steps += end.laid - sky.laid
        if laid is not None:
            lowest, ending = max(end.height), laid
    if ending is None:
        return None, steps
    spots.append(ending)
    width = max(spot.x + spot.side for region in spots for spot in region)
    return _Filled(parts=parts, spots=spots, width=width, height=lowest), steps


def _column(filled: _Filled, sides: list[int]) -> Column:
    placed = [
        (group, tile, spot)
        for (group, tiles), spots in zip(filled.parts, filled.spots, strict=True)
        for tile, spot in assigned([(tile, sides[tile]) for tile in tiles], spots)
    ]
    return Column(tiles=placed, width=filled.width, height=filled.height)
