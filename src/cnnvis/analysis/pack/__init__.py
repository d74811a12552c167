"""Packing of neurons' tiles into a cluster's rectangle."""

from cnnvis.analysis.pack.grid import pack_grid, tile_sides
from cnnvis.analysis.pack.hierarchy import pack_hierarchy
from cnnvis.analysis.pack.packing import Packing, moved
from cnnvis.analysis.pack.repack import repack
from cnnvis.analysis.pack.sides import neuron_sides, typical_importance

__all__ = [
    "Packing",
    "moved",
    "neuron_sides",
    "pack_grid",
    "pack_hierarchy",
    "repack",
    "tile_sides",
    "typical_importance",
]
