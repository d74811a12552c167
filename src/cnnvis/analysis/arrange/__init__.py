"""Places from top to bottom: of clusters in their columns, of in-between nodes in a gap."""

from cnnvis.analysis.arrange.arrange import Arrangement, arrange
from cnnvis.analysis.arrange.crossings import crossings
from cnnvis.analysis.arrange.moved import moved
from cnnvis.analysis.arrange.nodes import node_order

__all__ = ["Arrangement", "arrange", "crossings", "moved", "node_order"]
