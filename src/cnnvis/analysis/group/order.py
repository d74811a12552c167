"""What comes before what in a layer graph."""

from dataclasses import dataclass, field

from cnnvis.schema.graph import Layer, LayerGraph


@dataclass(frozen=True, kw_only=True, eq=False)
class Order:
    """Predecessors and ancestors of every layer, looked up by id."""

    layers: dict[str, Layer]
    position: dict[str, int]
    predecessors: dict[str, tuple[str, ...]]
    ancestors: dict[str, int] = field(repr=False)
    """Layer id to a bit set over positions: fast enough for thousands of layers without any library."""

    def leads_to(self, source: str, target: str) -> bool:
        """Whether a tensor path runs from ``source`` to ``target``."""
        return bool(self.ancestors[target] >> self.position[source] & 1)


def order_of(graph: LayerGraph) -> Order:
    """Index the graph once; layers stand in the order in which they ran, so sources come before targets."""
    layers = {layer.id: layer for layer in graph.layers}
    position = {layer.id: index for index, layer in enumerate(graph.layers)}
    predecessors: dict[str, list[str]] = {identity: [] for identity in layers}
    for edge in graph.edges:
        predecessors[edge.target].append(edge.source)
    ancestors: dict[str, int] = {}
    for identity in layers:
        bits = 0
        for source in predecessors[identity]:
            bits |= ancestors[source] | 1 << position[source]
        ancestors[identity] = bits
    return Order(
        layers=layers,
        position=position,
        predecessors={identity: tuple(sources) for identity, sources in predecessors.items()},
        ancestors=ancestors,
    )
