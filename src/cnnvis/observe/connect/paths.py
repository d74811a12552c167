"""Between which columns there is a path that passes no other column's representative layer."""

from collections.abc import Sequence

from cnnvis.schema.connections import Pair
from cnnvis.schema.graph import LayerGraph


def linked_pairs(graph: LayerGraph, columns: Sequence[str]) -> tuple[Pair, ...]:
    """Return the pairs (source, target) of columns with a path that passes no other of them, in running order.

    A path begins at a unit's output and ends at the activation input of another.

    Args:
        graph: The layers.
        columns: Ids of the units that stand for the columns.

    """
    chosen = set(columns)
    reached: dict[str, frozenset[str]] = {}
    incoming: dict[str, set[str]] = {layer.id: set() for layer in graph.layers}
    for edge in graph.edges:
        incoming[edge.target].add(edge.source)
    for layer in graph.layers:  # in running order, so what comes in is known
        reached[layer.id] = frozenset(
            column
            for source in incoming[layer.id]
            for column in (frozenset({source}) if source in chosen else reached[source])
        )
    order = {layer.id: number for number, layer in enumerate(graph.layers)}
    units = [unit for unit in graph.units if unit.id in chosen]
    return tuple((source, unit.id) for unit in units for source in sorted(reached[unit.before], key=order.__getitem__))
