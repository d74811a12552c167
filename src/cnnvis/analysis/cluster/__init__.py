"""Neuron clusters: what neurons are compared by, how they are grouped, and how far to trust it."""

from cnnvis.analysis.cluster.features import has_profiles, probe_features, profile_features
from cnnvis.analysis.cluster.neurons import Method, NeuronClusters, cluster_neurons
from cnnvis.analysis.cluster.stability import adjusted_rand, stability

__all__ = [
    "Method",
    "NeuronClusters",
    "adjusted_rand",
    "cluster_neurons",
    "has_profiles",
    "probe_features",
    "profile_features",
    "stability",
]
