"""Packing few tiles, which leave gaps in any order: many orders are tried, and sides fitted to one another."""

import math
import random
from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Int, Shaped

from cnnvis.analysis.pack.columns import WIDEST
from cnnvis.analysis.pack.fit import Arrangement, as_packing, fit_sides, side_play
from cnnvis.analysis.pack.likeness import likest
from cnnvis.analysis.pack.packing import Packing, moved
from cnnvis.analysis.pack.skyline import Skyline, Spot, assigned, try_region

GRIDS = (24, 12, 8)
"""Cells that sides are rounded to while arrangements are sought: the coarser, the better tiles fit together."""
TRIES = 24
"""Arrangements tried on each grid."""
FITTED = 3
"""Arrangements, the fullest, whose sides are fitted."""
LOOSE = 0.1
"""What an arrangement that keeps tiles in place may lack of the fullest one."""
PLACES = 4
"""Places tried for new tiles."""


def pack_few(
    importance: Float[np.ndarray, " tiles"], exact: Float[np.ndarray, " tiles"], *, aspect: float = 1.0
) -> Packing:
    """Pack some fifteen square tiles at most without overlap, as one region.

    They are set down in many orders and widths with their sides rounded coarsely. In the fullest arrangements sides
    are then changed, by a tenth at most, as long as that fills the rectangle better: equal importance keeps equal
    sides, and what is larger by a cell stays larger.

    Args:
        importance: One number per neuron.
        exact: The side that each importance asks for, in cells.
        aspect: Width over height to prefer.

    """
    if not len(exact):
        none = np.zeros(0, np.int64)
        return Packing(width=0, height=0, x=none, y=none, side=none, region=none, column=none)
    return as_packing(_fullest(importance, exact, aspect))


def repack_few(
    previous: Packing,
    kept: Int[np.ndarray, " tiles"],
    importance: Float[np.ndarray, " tiles"],
    exact: Float[np.ndarray, " tiles"],
    *,
    keep: bool,
    aspect: float = 1.0,
) -> Packing:
    """Pack few tiles most of which were packed before.

    What lay left of another tile, or above it, still does; sides are fitted anew, and new tiles squeeze in where they
    overlap least. Packed anew where that is less full by more than 0.1.

    Args:
        previous: The packing before.
        kept: Tile of the previous packing for each tile, -1 for new ones; one at least is not new.
        importance: One number per neuron.
        exact: The side that each importance asks for, in cells.
        keep: Whether to try at all; if not, the new packing is only turned to be like the one before.
        aspect: Width over height to prefer.

    """
    best = _fullest(importance, exact, aspect)
    anew = likest(as_packing(best), previous, kept)
    if not keep:
        return anew
    play = side_play(importance, exact)
    fitted = [fit_sides(one, play, aspect) for one in _as_before(previous, kept, play.sides)]
    full = [one for one in fitted if one.score(aspect) >= best.score(aspect) - LOOSE]
    packings = [*(as_packing(one) for one in full), anew]
    return min(packings, key=lambda one: (int(moved(previous, one, kept).sum()), -one.fill))


def _fullest(importance: Float[np.ndarray, " tiles"], exact: Float[np.ndarray, " tiles"], aspect: float) -> Arrangement:
    found = sorted(_arrangements(importance, exact, aspect), key=lambda one: -one.score(aspect))
    play = side_play(importance, exact)
    return max((fit_sides(one, play, aspect) for one in found[:FITTED]), key=lambda one: one.score(aspect))


def _as_before(
    previous: Packing, kept: Int[np.ndarray, " tiles"], side: Int[np.ndarray, " tiles"]
) -> Iterator[Arrangement]:
    """Yield arrangements with the kept tiles where they were, the others at a few places with little overlap."""
    x = previous.x[kept] + (previous.side[kept] - side) / 2
    y = previous.y[kept] + (previous.side[kept] - side) / 2
    new = np.flatnonzero(kept < 0)
    for choice in range(PLACES if len(new) else 1):
        at_x, at_y, there = x.copy(), y.copy(), kept >= 0
        for tile in new[np.argsort(-side[new], kind="stable")]:
            at_x[tile], at_y[tile] = _gap(at_x[there], at_y[there], side[there], int(side[tile]), choice)
            there[tile] = True
        yield Arrangement(x=at_x, y=at_y, side=side.astype(np.float64))


def _gap(
    x: Float[np.ndarray, " tiles"], y: Float[np.ndarray, " tiles"], side: Int[np.ndarray, " tiles"], new: int, nth: int
) -> tuple[float, float]:
    """Return the place with the nth least overlap for a new tile that touches others; outside counts as overlap."""
    across = np.unique(np.concatenate([x, x + side, x + side - new, x - new]))
    down = np.unique(np.concatenate([y, y + side, y + side - new, y - new]))
    left, top = (values.reshape(-1) for values in np.meshgrid(across, down))
    overlap = _shared(left[:, None], new, x[None, :], side) * _shared(top[:, None], new, y[None, :], side)
    width, height = (x + side).max(keepdims=True), (y + side).max(keepdims=True)
    start = np.zeros((1, 1))
    inside = _shared(left[:, None], new, start, width) * _shared(top[:, None], new, start, height)
    cost = overlap.sum(axis=1) + new**2 - inside[:, 0]
    chosen = int(np.argsort(cost, kind="stable")[min(nth, len(cost) - 1)])
    return float(left[chosen]), float(top[chosen])


def _shared(
    start: Float[np.ndarray, "places 1"],
    length: int,
    other: Float[np.ndarray, "1 tiles"],
    side: Shaped[np.ndarray, " tiles"],
) -> Float[np.ndarray, "places tiles"]:
    """Return how much a stretch at each place has in common with each other stretch."""
    return np.maximum(np.minimum(start + length, other + side) - np.maximum(start, other), 0.0)


def _arrangements(
    importance: Float[np.ndarray, " tiles"], exact: Float[np.ndarray, " tiles"], aspect: float
) -> Iterator[Arrangement]:
    """Yield arrangements on coarse grids, none twice; the most important tiles nearest to the start."""
    ranks = np.argsort(-np.where(np.isfinite(importance), importance, -np.inf), kind="stable").tolist()
    # Tiles of one size lie on any grid alike.
    for grid in GRIDS if np.ptp(exact) else GRIDS[:1]:
        sides = np.maximum(np.floor(exact / grid + 0.5).astype(np.int64), 1).tolist()
        tiles = [(tile, sides[tile]) for tile in ranks]
        known: set[tuple[Spot, ...]] = set()
        for spots in _settings([side for _, side in tiles], aspect):
            if spots in known:
                continue
            known.add(spots)
            x, y, side = (np.zeros(len(tiles)) for _ in range(3))
            for tile, spot in assigned(tiles, spots):
                x[tile], y[tile], side[tile] = spot.x * grid, spot.y * grid, spot.side * grid
            yield Arrangement(x=x, y=y, side=side)


def _settings(sides: Sequence[int], aspect: float) -> Iterator[tuple[Spot, ...]]:
    """Yield where tiles come to lie at different widths, then with other choices."""
    area = sum(side**2 for side in sides)
    low = max(*sides, math.floor(math.sqrt(area / WIDEST))) if len(sides) > 1 else sides[0]
    high = max(low, math.ceil(math.sqrt(area * WIDEST)))
    wanted = math.sqrt(area * aspect)
    widths = sorted(range(low, high + 1), key=lambda width: (abs(width - wanted), width))
    for number in range(TRIES if len(sides) > 1 else 1):
        rng = random.Random(number) if number >= len(widths) else None
        yield tuple(try_region(Skyline([0] * widths[number % len(widths)]), sides, rng) or ())
