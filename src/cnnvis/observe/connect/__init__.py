"""Connect: contribution from cluster to cluster on the probe set, forward and backward (design: connections)."""

from cnnvis.observe.connect.connect import Connected, connect
from cnnvis.observe.connect.paths import linked_pairs
from cnnvis.observe.connect.reading import ProbeReading
from cnnvis.observe.connect.to_class import ToClass, contribute_to_class

__all__ = ["Connected", "ProbeReading", "ToClass", "connect", "contribute_to_class", "linked_pairs"]
