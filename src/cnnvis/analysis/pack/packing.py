"""The result of packing: where each neuron's tile lies."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int


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
