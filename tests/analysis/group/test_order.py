"""What comes before what, against a walk through the edges."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.group.order import order_of
from cnnvis.schema.graph import Edge, Layer, LayerGraph

Builder = Any


@given(count=st.integers(1, 8), pairs=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14))
def test_leads_to_equals_a_walk(count: int, pairs: list[tuple[int, int]]) -> None:
    layers = tuple(
        Layer(id=str(index), path="", op="x", kind="other", event=str(index), shape=(1,)) for index in range(count)
    )
    edges = [(a, b) for a, b in pairs if a < b < count]
    graph = LayerGraph(layers=layers, edges=tuple(Edge(str(a), str(b), (1,)) for a, b in edges), units=())
    order = order_of(graph)

    def walk(source: int, target: int) -> bool:
        return any(a == source and (b == target or walk(b, target)) for a, b in edges)

    for source in range(count):
        for target in range(count):
            assert order.leads_to(str(source), str(target)) == walk(source, target)
