"""Settling a changed packing: regions that no longer fit are packed again, the others stay or fall onto them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from scipy.optimize import linear_sum_assignment

from cnnvis.analysis.pack.columns import Column, fill_in_shape, joined
from cnnvis.analysis.pack.likeness import swap_cost
from cnnvis.analysis.pack.packing import Packing
from cnnvis.analysis.pack.skyline import OPEN, Skyline, Spot, Wishes, try_region

TRIES = 8
STRENGTHS = (20.0, 10.0, 40.0, 5.0)
"""How much it counts that a tile lies where one of its size was, against how well it fits; one after the other."""
MOST_STEPS = 1500
"""Tiles set down in all tries of a column together: some ten milliseconds."""
FEW_MOVED = 0.05
"""Share of moved tiles with which the search ends."""


def settled(
    previous: Packing,
    kept: Int[np.ndarray, " tiles"],
    side: Int[np.ndarray, " tiles"],
    relative: Sequence[int],
    *,
    least: float,
) -> Packing | None:
    """Return the packing with as much as possible left in place; None when it is less full than allowed.

    Only a region with a larger or a new tile is packed again; the tiles after it in its column make room or close up,
    in their order. What became smaller or went away leaves a gap.

    Args:
        previous: The packing before, with regions and columns.
        kept: Tile of the previous packing for each tile, -1 for new ones.
        side: Sides in cells.
        relative: For each tile, the tile of the previous packing whose region it belongs to.
        least: Least fill.

    """
    numbers = (side, previous.side, previous.x, previous.y, np.array([previous.height, previous.width]))
    step = int(np.gcd.reduce(np.concatenate(numbers)))
    area = int(((side // step) ** 2).sum())
    # What was higher before may stay so: only what grows is held back.
    allowed = max(area / (least * previous.width / step), previous.height / step)
    columns: list[Column] = []
    for pieces, width in _columns(previous, kept, side, relative, step):
        if max(piece.spot.side for piece in pieces) > width:
            return None
        columns.append(_Settling(pieces, width).best(allowed))
    fill = fill_in_shape(area, sum(column.width for column in columns), max(column.height for column in columns))
    return joined(columns, side, step) if fill >= least else None


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A tile of a column: where it was, and whether it can stay as it is."""

    region: int
    tile: int
    spot: Spot
    fits: bool
    is_new: bool


def _columns(
    previous: Packing,
    kept: Int[np.ndarray, " tiles"],
    side: Int[np.ndarray, " tiles"],
    relative: Sequence[int],
    step: int,
) -> Iterator[tuple[list[_Piece], int]]:
    """Yield the pieces of each column that has any left, counted from where the column starts, and its width."""
    region, column = previous.region, previous.column
    if region is None or column is None:
        return
    starts = [int(previous.x[column == number].min()) for number in range(int(column.max()) + 1)]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], previous.width], strict=True)):
        pieces: list[_Piece] = []
        for tile, old in enumerate(relative):
            if column[old] != number:
                continue
            x, y = int(previous.x[old]) - start, int(previous.y[old])
            base = previous.height - y - int(previous.side[old]) if number % 2 else y
            spot = Spot(x // step, base // step, int(side[tile]) // step)
            is_new = bool(kept[tile] < 0)
            fits = not is_new and bool(side[tile] <= previous.side[old])
            pieces.append(_Piece(region=int(region[old]), tile=tile, spot=spot, fits=fits, is_new=is_new))
        if pieces:
            yield pieces, (end - start) // step


class _Settling:
    """Ways to settle one column.

    Args:
        pieces: Its tiles.
        width: Its width.

    """

    def __init__(self, pieces: list[_Piece], width: int) -> None:
        self._width = width
        self._pieces: dict[int, list[_Piece]] = {}
        for piece in sorted(pieces, key=lambda piece: (piece.region, piece.spot.y, piece.tile)):
            self._pieces.setdefault(piece.region, []).append(piece)
        self._was = {piece.tile: piece.spot for piece in pieces if not piece.is_new}

    def best(self, allowed: float) -> Column:
        """Pack the regions again that no longer fit, in the way that moves the fewest tiles.

        While the column gets higher than allowed, more is packed again: the next regions, all later ones, the column.
        """
        unfit = {region for region, pieces in self._pieces.items() if not all(piece.fits for piece in pieces)}
        if not unfit:
            return self._tried(unfit, 0)
        left = MOST_STEPS
        best: tuple[tuple[float, int, int], Column] | None = None
        for again in self._stages(unfit):
            concerned = sum(len(pieces) for region, pieces in self._pieces.items() if region >= min(again))
            for seed in range(TRIES):
                column = self._tried(again, seed)
                cost = max(column.height - allowed, 0.0), self._moved(column), column.height
                if best is None or cost < best[0]:
                    best = cost, column
                left -= concerned
                if left <= 0 or (best[0][0] == 0 and best[0][1] <= FEW_MOVED * len(self._was)):
                    return best[1]
            if best is not None and best[0][0] == 0:
                return best[1]
        return self._tried(unfit, 0) if best is None else best[1]

    def _stages(self, unfit: set[int]) -> Iterator[set[int]]:
        order = list(self._pieces)
        places = [order.index(region) for region in unfit]
        known: list[set[int]] = []
        for reach in (0, 1, 2, 4, len(order)):
            again = {
                order[place + ahead] for place in places for ahead in range(reach + 1) if place + ahead < len(order)
            }
            if again not in known:
                known.append(again)
                yield again
        if set(order) not in known:
            yield set(order)

    def _moved(self, column: Column) -> int:
        """Return how many tiles lie farther from where they were than their side."""
        was = self._was
        return sum(
            max(abs(was[tile].x - spot.x), abs(was[tile].y - spot.y)) > spot.side
            for _, tile, spot in column.tiles
            if tile in was
        )

    def _tried(self, again: set[int], seed: int) -> Column:
        first = min(again, default=OPEN)
        tops = [0] * self._width
        placed: list[tuple[int, int, Spot]] = []
        rng = random.Random(seed) if seed else None
        for region, pieces in self._pieces.items():
            if region in again:
                landed = _packed(pieces, tops, rng, STRENGTHS[seed % len(STRENGTHS)])
            elif region < first:
                landed = [(piece.tile, piece.spot) for piece in pieces]
            else:
                landed = _fallen(pieces, tops)
            for _, spot in landed:
                end = spot.x + spot.side
                tops[spot.x : end] = [max(spot.y + spot.side, top) for top in tops[spot.x : end]]
            placed += [(region, tile, spot) for tile, spot in landed]
        return Column(tiles=placed, width=max(spot.x + spot.side for _, _, spot in placed), height=max(tops))


def _packed(
    pieces: list[_Piece], tops: list[int], rng: random.Random | None, strength: float
) -> list[tuple[int, Spot]]:
    """Pack a region again, each tile near its old place."""
    wishes = Wishes([piece.spot for piece in pieces if not piece.is_new], strength)
    spots = try_region(Skyline(tops), [piece.spot.side for piece in pieces], rng, wishes=wishes) or []
    return _nearest(pieces, spots)


def _fallen(pieces: list[_Piece], tops: list[int]) -> list[tuple[int, Spot]]:
    """Let tiles fall straight down in their order."""
    tops = list(tops)
    landed: list[tuple[int, Spot]] = []
    for piece in pieces:
        x, side = piece.spot.x, piece.spot.side
        y = max(tops[x : x + side])
        tops[x : x + side] = [y + side] * side
        landed.append((piece.tile, Spot(x, y, side)))
    return landed


def _nearest(pieces: list[_Piece], spots: list[Spot]) -> list[tuple[int, Spot]]:
    """Give each tile a spot of its size, those near where it was; new ones get what is left."""
    landed: list[tuple[int, Spot]] = []
    free: dict[int, list[Spot]] = {}
    for spot in spots:
        free.setdefault(spot.side, []).append(spot)
    waiting: dict[int, list[_Piece]] = {}
    for piece in pieces:
        waiting.setdefault(piece.spot.side, []).append(piece)
    for side, mine in waiting.items():
        if len(mine) == 1:
            landed.append((mine[0].tile, free[side][0]))
            continue
        then = np.array([(piece.spot.x, piece.spot.y) for piece in mine], float)
        cost = swap_cost(then, np.array([(spot.x, spot.y) for spot in free[side]], float), float(side))
        cost[[piece.is_new for piece in mine]] = 0.0
        rows, columns = linear_sum_assignment(cost)
        landed += [(mine[row].tile, free[side][column]) for row, column in zip(rows, columns, strict=True)]
    return sorted(landed, key=lambda one: (one[1].y, one[1].x))
