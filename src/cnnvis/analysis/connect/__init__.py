"""Connect: signed matrices between columns of neurons, through the real graph of layers (design: connections)."""

from cnnvis.analysis.connect.aggregate import ClusterWeights, aggregate
from cnnvis.analysis.connect.fewer import fewer_columns
from cnnvis.analysis.connect.sweep import channel_matrices

__all__ = ["ClusterWeights", "aggregate", "channel_matrices", "fewer_columns"]
