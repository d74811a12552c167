"""Units that only weigh others: squeeze-and-excitation and its relatives."""

from cnnvis.analysis.group.order import Order, order_of
from cnnvis.analysis.group.stride import Stride, strides_of
from cnnvis.schema.graph import LayerGraph

_PRODUCTS = ("mul", "multiply", "imul", "__mul__", "__imul__", "__rmul__")


def gates_of(graph: LayerGraph) -> frozenset[str]:
    """Return the ids of units that only weigh others."""
    order = order_of(graph)
    return gate_units(graph, order, strides_of(order))


def is_product(op: str) -> bool:
    """Whether a merge multiplies its inputs instead of joining them."""
    return op.lower().rstrip("_") in _PRODUCTS or op in _PRODUCTS


def gate_units(graph: LayerGraph, order: Order, strides: dict[str, Stride]) -> frozenset[str]:
    """Return the ids of units whose output is multiplied back onto the trunk they were computed from.

    Only units without positions count: a gate over positions sits in its group like any other unit.
    """
    gated = 0
    for layer in graph.layers:
        if layer.kind == "merge" and is_product(layer.op):
            gated |= _gate_of(order.predecessors[layer.id], order, strides)
    return frozenset(unit.id for unit in graph.units if not strides[unit.id] and gated >> order.position[unit.id] & 1)


def _gate_of(sources: tuple[str, ...], order: Order, strides: dict[str, Stride]) -> int:
    """Bits of the layers that lie on the way to the gate alone."""
    if len(sources) != 2:
        return 0
    trunk, gate = sources
    if order.leads_to(gate, trunk) or (strides[gate] and not strides[trunk]):
        trunk, gate = gate, trunk
    own = order.ancestors[gate] | 1 << order.position[gate]
    return own & ~(order.ancestors[trunk] | 1 << order.position[trunk])
