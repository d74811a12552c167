"""The result of packing: where each neuron's tile lies."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True, kw_only=True, eq=False)
class Packing:
    """Where each tile lies, in cells of a grid with its origin at the top left."""

    width: int
    height: int
    x: Int[np.ndarray, " tiles"]
    y: Int[np.ndarray, " tiles"]
    side: Int[np.ndarray, " tiles"]
    region: Int[np.ndarray, " tiles"] | None = None
    """Region of each tile, counted along the hierarchy; None for a packing without a hierarchy."""
    column: Int[np.ndarray, " tiles"] | None = None
    """Column of each tile, from the left; in odd ones the regions follow one another upwards."""

    @property
    def fill(self) -> float:
        """Tile area over the area of the bounding rectangle; 1 without tiles."""
        area = self.width * self.height
        return float((self.side**2).sum()) / area if area else 1.0

    @property
    def centres(self) -> Float[np.ndarray, "tiles 2"]:
        """Middle of each tile in parts of the width and of the height."""
        middle = self.side / 2
        return np.stack([(self.x + middle) / max(self.width, 1), (self.y + middle) / max(self.height, 1)], axis=1)


def moved(before: Packing, after: Packing, kept: Int[np.ndarray, " tiles"]) -> Bool[np.ndarray, " tiles"]:
    """Return which tiles of a later packing lie elsewhere than in an earlier one: farther away than their side.

    Places count in parts of the width and height, as they are drawn.

    Args:
        before: The earlier packing.
        after: The later packing.
        kept: For each tile of the later packing its number in the earlier one, -1 for new tiles, which never moved.

    """
    known = kept >= 0
    far = np.abs(after.centres - before.centres[kept])
    side = before.side[kept][:, None] / np.array([max(before.width, 1), max(before.height, 1)])
    return known & (far > side).any(axis=1)
