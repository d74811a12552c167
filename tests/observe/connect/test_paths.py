"""Which columns are linked, against a walk over all paths."""

from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.connect import linked_pairs
from cnnvis.schema.graph import Edge, Layer, LayerGraph, Unit


def graph_of(size: int, edges: list[tuple[int, int]]) -> LayerGraph:
    """Return layers 0..size-1, each a unit of its own without a non-linearity."""
    layers = tuple(
        Layer(id=str(n), path=str(n), op="conv2d", kind="conv", event=f"{n}/conv2d#1", shape=(1, 2, 2), channel_axis=0)
        for n in range(size)
    )
    units = tuple(Unit(id=str(n), before=str(n), members=(str(n),), role="conv", neurons=1) for n in range(size))
    return LayerGraph(layers=layers, edges=tuple(Edge(str(a), str(b), (1, 2, 2)) for a, b in edges), units=units)


def walked(edges: list[tuple[int, int]], source: int, target: int, columns: set[int]) -> bool:
    """Whether some path leads from one to the other, tried one after the other."""
    return any(
        end == target or (end not in columns and walked(edges, end, target, columns))
        for start, end in edges
        if start == source
    )


@given(st.data())
def test_pairs_are_those_with_a_path_that_passes_no_other_column(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 7))
    possible = [(a, b) for b in range(size) for a in range(b)]
    edges = data.draw(st.lists(st.sampled_from(possible), unique=True))
    columns = data.draw(st.sets(st.integers(0, size - 1)))
    found = linked_pairs(graph_of(size, edges), [str(column) for column in sorted(columns)])
    wanted = [
        (str(a), str(b)) for b in sorted(columns) for a in sorted(columns) if a < b and walked(edges, a, b, columns)
    ]
    assert list(found) == wanted


def test_a_path_ends_where_the_activation_input_is_made() -> None:
    """The source is added behind the target's non-linearity: that is no way into the target."""
    graph = graph_of(4, [(0, 1), (1, 2), (0, 3), (2, 3)])
    units = (
        graph.units[0],
        Unit(id="2", before="1", members=("1", "2"), role="conv", activation="relu", neurons=1),
        graph.units[3],
    )
    joined = LayerGraph(layers=graph.layers, edges=graph.edges, units=units)
    assert linked_pairs(joined, ["0", "2", "3"]) == (("0", "2"), ("0", "3"), ("2", "3"))
