"""Matching: which neurons of two networks, or clusters at two moments of a training, are counterparts."""

from cnnvis.analysis.match.clusters import alike, match_clusters
from cnnvis.analysis.match.neurons import NeuronMatch, match_neurons

__all__ = ["NeuronMatch", "alike", "match_clusters", "match_neurons"]
