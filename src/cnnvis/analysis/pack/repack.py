"""Packing again after a small change, with as few tiles moved as possible (design: packing, stable)."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.pack.columns import Column, fill_in_shape, joined
from cnnvis.analysis.pack.hierarchy import FEW_TILES, FULL_ENOUGH, assigned, pack_hierarchy
from cnnvis.analysis.pack.packing import Packing
from cnnvis.analysis.pack.sides import neuron_sides
from cnnvis.analysis.pack.skyline import OPEN, Skyline, Spot, fill_region

WORSE = 0.03
"""With few tiles, which often cannot be packed that full: what may be lost."""
MOST_CHANGED = 0.2
TRIES = 8


def repack(
    previous: Packing,
    kept: Int[np.ndarray, " tiles"],
    importance: Float[np.ndarray, " tiles"],
    *,
    tree: Float[np.ndarray, "merges 4"] | None,
    reference: float | None = None,
    aspect: float = 1.0,
) -> Packing:
    """Pack neurons of which most were packed before, and leave those where they were.

    Only a region with a larger or a new tile is packed again; the tiles after it in its column make room or close up,
    in their order. What became smaller or went away leaves a gap. Packed anew when more than a fifth of the tiles
    changed, or when the gaps add up to a fill below 0.90.

    Args:
        previous: A packing by `pack_hierarchy` or by this function.
        kept: Tile of the previous packing for each neuron, -1 for new ones.
        importance: One number per neuron.
        tree: Merges over these neurons; a new one joins the region of its nearest relative.
        reference: Importance of a tile of 24 cells; without it `typical_importance` decides, and all sides may change.
        aspect: Width over height to prefer when packed anew.

    """
    if previous.region is not None and len(previous.side) and (kept >= 0).any():
        side = neuron_sides(importance, reference=reference, like=previous.side)
        changed = int(((kept < 0) | (previous.side[kept] != side)).sum())
        gone = len(previous.side) - int((kept >= 0).sum())
        if changed + gone <= max(1, MOST_CHANGED * len(side)):
            adapted = _adapted(previous, kept, side, _relatives(kept, tree))
            if adapted is not None:
                return adapted
    return pack_hierarchy(importance, tree, reference=reference, aspect=aspect)


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A tile of a column: where it was, and whether it can stay as it is."""

    region: int
    tile: int
    spot: Spot
    fits: bool


def _adapted(
    previous: Packing, kept: Int[np.ndarray, " tiles"], side: Int[np.ndarray, " tiles"], relative: list[int]
) -> Packing | None:
    """Return the packing with as much as possible left in place; None when it is not full enough."""
    numbers = (side, previous.side, previous.x, previous.y, np.array([previous.height, previous.width]))
    step = int(np.gcd.reduce(np.concatenate(numbers)))
    before = fill_in_shape(int((previous.side**2).sum()), previous.width, previous.height)
    wanted = FULL_ENOUGH if len(side) >= FEW_TILES else before - WORSE
    area = int(((side // step) ** 2).sum())
    # What was higher before may stay so: only what grows is held back.
    allowed = max(area / (wanted * previous.width / step), previous.height / step)
    columns: list[Column] = []
    for pieces, width in _columns(previous, kept, side, relative, step):
        if max(piece.spot.side for piece in pieces) > width:
            return None
        columns.append(_settled(pieces, width, allowed))
    fill = fill_in_shape(area, sum(column.width for column in columns), max(column.height for column in columns))
    return joined(columns, side, step) if fill >= wanted else None


def _columns(
    previous: Packing,
    kept: Int[np.ndarray, " tiles"],
    side: Int[np.ndarray, " tiles"],
    relative: list[int],
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
            fits = bool(kept[tile] >= 0 and side[tile] <= previous.side[old])
            pieces.append(_Piece(region=int(region[old]), tile=tile, spot=spot, fits=fits))
        if pieces:
            yield pieces, (end - start) // step


def _settled(pieces: list[_Piece], width: int, allowed: float) -> Column:
    """Pack the regions again that no longer fit, and let what comes after fall onto them.

    While the column gets higher than allowed, more is packed again: the next regions, all later ones, the column.
    """
    order = sorted({piece.region for piece in pieces})
    unfit = {piece.region for piece in pieces if not piece.fits}
    if not unfit:
        return _tried(pieces, width, unfit, None)
    places = [order.index(region) for region in unfit]
    stages = [
        {order[place + ahead] for place in places for ahead in range(reach + 1) if place + ahead < len(order)}
        for reach in (0, 1, 2, 4, len(order))
    ]
    best: Column | None = None
    for again in [*stages, set(order)]:
        for seed in range(TRIES):
            column = _tried(pieces, width, again, random.Random(seed) if seed else None)
            if best is None or column.height < best.height:
                best = column
            if best.height <= allowed:
                return best
    return best or _tried(pieces, width, unfit, None)


def _tried(pieces: list[_Piece], width: int, again: set[int], rng: random.Random | None) -> Column:
    first = min(again, default=OPEN)
    tops = [0] * width
    placed: list[tuple[int, int, Spot]] = []
    for region in sorted({piece.region for piece in pieces}):
        mine = sorted(
            (piece for piece in pieces if piece.region == region), key=lambda piece: (piece.spot.y, piece.tile)
        )
        if region in again:
            spots = fill_region(Skyline(tops), [piece.spot.side for piece in mine], rng)
            landed = assigned([(piece.tile, piece.spot.side) for piece in mine], spots)
        else:
            landed = _fallen(mine, tops, rest=region < first)
        for _, spot in landed:
            end = spot.x + spot.side
            tops[spot.x : end] = [max(spot.y + spot.side, top) for top in tops[spot.x : end]]
        placed += [(region, tile, spot) for tile, spot in landed]
    return Column(tiles=placed, width=max(spot.x + spot.side for _, _, spot in placed), height=max(tops))


def _fallen(pieces: list[_Piece], tops: list[int], *, rest: bool) -> list[tuple[int, Spot]]:
    """Let tiles fall straight down in their order, unless they rest where they are."""
    tops = list(tops)
    landed: list[tuple[int, Spot]] = []
    for piece in pieces:
        x, end = piece.spot.x, piece.spot.x + piece.spot.side
        y = piece.spot.y if rest else max(tops[x:end])
        tops[x:end] = [y + piece.spot.side] * piece.spot.side
        landed.append((piece.tile, Spot(x, y, piece.spot.side)))
    return landed


def _relatives(kept: Int[np.ndarray, " tiles"], tree: Float[np.ndarray, "merges 4"] | None) -> list[int]:
    """Return for each tile its own previous tile, or that of its nearest relative; without a tree, of the last kept."""
    found = kept.tolist()
    if tree is not None:
        known = [[tile] if found[tile] >= 0 else [] for tile in range(len(found))]
        waiting = [[tile] if found[tile] < 0 else [] for tile in range(len(found))]
        for merge in tree:
            one, other = int(merge[0]), int(merge[1])
            relatives, new = known[one] or known[other], waiting[one] + waiting[other]
            if relatives:
                for tile in new:
                    found[tile] = found[relatives[0]]
                new = []
            known.append(relatives[:1])
            waiting.append(new)
    last = max(found)
    return [old if old >= 0 else last for old in found]
