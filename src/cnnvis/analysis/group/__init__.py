"""Layer groups: the columns of the picture and the blocks they open into."""

from cnnvis.analysis.group.columns import group_layers

__all__ = ["group_layers"]
