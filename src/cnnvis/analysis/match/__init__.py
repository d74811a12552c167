"""Matching: which neurons of two networks are counterparts."""

from cnnvis.analysis.match.neurons import NeuronMatch, match_neurons

__all__ = ["NeuronMatch", "match_neurons"]
