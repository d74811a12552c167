"""Places from top to bottom: of clusters in their columns, of in-between nodes in a gap, of curves at both."""

from cnnvis.analysis.arrange.arrange import Arrangement, arrange
from cnnvis.analysis.arrange.crossings import crossings
from cnnvis.analysis.arrange.moved import moved
from cnnvis.analysis.arrange.nodes import node_places, spread
from cnnvis.analysis.arrange.ports import ports

__all__ = ["Arrangement", "arrange", "crossings", "moved", "node_places", "ports", "spread"]
