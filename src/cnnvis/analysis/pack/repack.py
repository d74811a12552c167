"""Packing again after a small change, with as few tiles moved as possible (design: packing, stable)."""

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.pack.columns import fill_in_shape
from cnnvis.analysis.pack.few import repack_few
from cnnvis.analysis.pack.hierarchy import pack_hierarchy
from cnnvis.analysis.pack.likeness import likest
from cnnvis.analysis.pack.packing import Packing
from cnnvis.analysis.pack.regions import MOST_TILES
from cnnvis.analysis.pack.settle import settled
from cnnvis.analysis.pack.sides import exact_sides, sides_like

LOOSE = 0.85
"""As loose as a changed packing may be; anew it would be at least 0.90 full, and most tiles elsewhere."""
MOST_CHANGED = 0.2


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

    Up to 15 tiles keep their neighbours while their sides are fitted anew. Of more tiles only the regions with a larger
    or a new one are packed again, each tile near its old place; the tiles after them in their column make room or close
    up. What became smaller or went away leaves a gap. Packed anew when more than a fifth of the tiles changed, or when
    the gaps add up to a fill below 0.85; tiles of equal side are then still swapped so that few change places.

    Args:
        previous: A packing by `pack_hierarchy` or by this function.
        kept: Tile of the previous packing for each neuron, -1 for new ones.
        importance: One number per neuron.
        tree: Merges over these neurons; a new one joins the region of its nearest relative.
        reference: Importance of a tile of 48 cells; without it `typical_importance` decides, and all sides may change.
        aspect: Width over height to prefer when packed anew.

    """
    if previous.region is None or not len(previous.side) or not (kept >= 0).any():
        return pack_hierarchy(importance, tree, reference=reference, aspect=aspect)
    exact = exact_sides(importance, reference=reference)
    side = sides_like(exact, np.where(kept >= 0, previous.side[kept], 0))
    changed = int(((kept < 0) | (previous.side[kept] != side)).sum())
    gone = len(previous.side) - int((kept >= 0).sum())
    is_small = changed + gone <= max(1, MOST_CHANGED * len(side))
    if max(len(side), len(previous.side)) <= MOST_TILES:
        return repack_few(previous, kept, importance, exact, keep=is_small, aspect=aspect)
    if is_small:
        before = fill_in_shape(int((previous.side**2).sum()), previous.width, previous.height)
        found = settled(previous, kept, side, _relatives(kept, tree), least=min(LOOSE, before))
        if found is not None:
            return found
    return likest(pack_hierarchy(importance, tree, reference=reference, aspect=aspect), previous, kept)


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
