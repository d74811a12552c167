"""Where the network's answer comes from."""

from cnnvis.schema.graph import LayerGraph


def logits_unit(graph: LayerGraph) -> str | None:
    """Return the unit whose values become the logits, if only layers without neurons (pool, flatten) follow it."""
    sources = {edge.target: edge.source for edge in graph.edges}
    owner = {member: unit.id for unit in graph.units for member in unit.members}
    layer = graph.output
    while layer is not None and layer not in owner:
        layer = sources.get(layer)
    return None if layer is None else owner[layer]
