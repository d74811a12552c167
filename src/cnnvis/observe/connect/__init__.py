"""Connect: contribution from cluster to cluster on the probe set, forward and backward (design: connections)."""

from cnnvis.observe.connect.connect import Connected, connect
from cnnvis.observe.connect.paths import linked_pairs
from cnnvis.observe.connect.reading import ProbeReading

__all__ = ["Connected", "ProbeReading", "connect", "linked_pairs"]
