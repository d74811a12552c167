"""Layer groups: the columns of the picture and the blocks they open into."""

from cnnvis.analysis.group.columns import group_layers
from cnnvis.analysis.group.gate import gates_of

__all__ = ["gates_of", "group_layers"]
