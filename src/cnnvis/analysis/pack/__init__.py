"""Packing of neurons' tiles into a cluster's rectangle."""

from cnnvis.analysis.pack.grid import Packing, pack_grid, tile_sides

__all__ = ["Packing", "pack_grid", "tile_sides"]
