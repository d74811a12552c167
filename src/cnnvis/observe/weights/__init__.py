"""Weights: what every layer of a network does to channels, read from the model as it runs (design: connections)."""

from cnnvis.observe.weights.weights import channel_graph

__all__ = ["channel_graph"]
