"""The sweep gives what adding up path after path gives, and says what lies between."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.connect import channel_matrices
from cnnvis.schema.connections import Blocks, ChannelGraph, ChannelMap, Links
from tests.analysis.connect.random_graphs import by_paths, on_the_way, random_graph


@given(st.integers(0, 2**32 - 1))
def test_paths_are_summed(seed: int) -> None:
    graph, columns = random_graph(seed)
    found = channel_matrices(graph, columns).pairs
    for source in columns:
        for target in columns:
            expected, followed = by_paths(graph, columns, source, target) if source != target else (np.zeros(0), 0)
            assert ((source, target) in found) == bool(followed)
            if followed:
                np.testing.assert_allclose(found[source, target].values, expected, rtol=1e-5, atol=1e-5)


@given(st.integers(0, 2**32 - 1))
def test_what_is_said_is_of_maps_on_the_way(seed: int) -> None:
    graph, columns = random_graph(seed)
    for (source, target), matrix in channel_matrices(graph, columns).pairs.items():
        way = on_the_way(graph, columns, source, target) - {source}
        wrong = {each.layer for each in graph.maps if each.id in way and each.status != "exact"}
        assert {note.split(" ")[0] for note in matrix.notes} == wrong


@given(st.integers(0, 2**32 - 1))
def test_some_sources_and_targets_give_a_part(seed: int) -> None:
    graph, columns = random_graph(seed)
    everything = channel_matrices(graph, columns).pairs
    sources, targets = columns[::2], columns[1::2]
    part = channel_matrices(graph, columns, sources=sources, targets=targets).pairs
    assert set(part) == {pair for pair in everything if pair[0] in sources and pair[1] in targets}
    for pair, matrix in part.items():
        np.testing.assert_array_equal(matrix.values, everything[pair].values)


def eye(channels: int, weight: float = 1.0) -> Links:
    places = np.arange(channels)
    return Links(rows=places, columns=places, weights=np.full(channels, weight))


def residual(*, middle_gap: bool = False) -> ChannelGraph:
    """``a`` goes through ``b`` and past it into the sum before ``c``."""
    nothing = Links(rows=np.zeros(0, np.int64), columns=np.zeros(0, np.int64), weights=np.zeros(0))
    maps = (
        ChannelMap(id="a", layer="a", channels=2),
        ChannelMap(id="b", layer="b", channels=2, inputs=(("a", Blocks(weights=np.full((1, 2, 2), 3.0))),)),
        ChannelMap(
            id="gap", layer="g", channels=1, inputs=(("b", nothing),), status="not followed", why="nobody knows it"
        ),
        ChannelMap(
            id="sum",
            layer="sum",
            channels=2,
            inputs=(("a", eye(2)), ("gap", nothing) if middle_gap else ("b", eye(2, 10.0))),
            status="approximated",
            why="a rough guess",
        ),
        ChannelMap(id="c", layer="c", channels=2, inputs=(("sum", eye(2, 0.5)),)),
    )
    return ChannelGraph(maps=maps, before={"b": "b", "c": "sum"})


def test_a_skip_shows_and_nothing_counts_twice() -> None:
    with_b = channel_matrices(residual(), ["a", "b", "c"]).pairs
    np.testing.assert_array_equal(with_b["a", "c"].values, np.eye(2))
    np.testing.assert_array_equal(with_b["a", "b"].values, np.full((2, 2), 3.0))
    np.testing.assert_array_equal(with_b["b", "c"].values, 10 * np.eye(2))
    without = channel_matrices(residual(), ["a", "c"]).pairs
    np.testing.assert_array_equal(without["a", "c"].values, np.eye(2) + 30)


def test_what_lies_between_is_said() -> None:
    found = channel_matrices(residual(), ["a", "b", "c"])
    assert found.pairs["a", "b"].notes == ()
    assert found.pairs["b", "c"].notes == ("sum is approximated: a rough guess.",)
    assert found.notes == ()


def test_a_gap_is_named_and_no_matrix_is_made_up() -> None:
    found = channel_matrices(residual(middle_gap=True), ["a", "b", "c"])
    assert set(found.pairs) == {("a", "b"), ("a", "c")}
    assert found.notes == ("Nothing is known of the connections from b to c: g is not followed: nobody knows it.",)


def test_a_column_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="ghost"):
        channel_matrices(residual(), ["a", "ghost"])


def test_the_networks_precision_is_kept() -> None:
    assert channel_matrices(residual(), ["a", "b"]).pairs["a", "b"].values.dtype == np.float64
    single = ChannelGraph(
        maps=(
            ChannelMap(id="a", layer="a", channels=1),
            ChannelMap(id="b", layer="b", channels=1, inputs=(("a", Blocks(weights=np.ones((1, 1, 1), np.float32))),)),
        ),
        before={},
    )
    assert channel_matrices(single, ["a", "b"]).pairs["a", "b"].values.dtype == np.float32
