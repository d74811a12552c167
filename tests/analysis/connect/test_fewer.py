"""Hiding columns gives what was computed without them, to the last note."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.connect import channel_matrices, fewer_columns
from cnnvis.schema.connections import ChannelGraph, Links
from tests.analysis.connect.random_graphs import random_graph


def slopes(graph: ChannelGraph) -> dict[str, np.ndarray]:
    """Return what stands between a column's two maps."""
    found: dict[str, np.ndarray] = {}
    for channel_map in graph.maps:
        before = graph.before.get(channel_map.id, channel_map.id)
        for source, how in channel_map.inputs:
            if source == before and isinstance(how, Links):
                found[channel_map.id] = how.weights
    return found


@given(st.integers(0, 2**32 - 1))
def test_hidden_columns_are_gone_through(seed: int) -> None:
    graph, columns = random_graph(seed)
    shown = [column for index, column in enumerate(columns) if (seed >> index) % 2]
    expected = channel_matrices(graph, shown)
    found = fewer_columns(channel_matrices(graph, columns), slopes(graph), shown)
    assert set(found.pairs) == set(expected.pairs)
    for pair, matrix in expected.pairs.items():
        np.testing.assert_allclose(found.pairs[pair].values, matrix.values, rtol=1e-4, atol=1e-4)
        assert set(found.pairs[pair].notes) == set(matrix.notes)
    assert {pair: set(why) for pair, why in found.gaps.items()} == {
        pair: set(why) for pair, why in expected.gaps.items()
    }


def test_all_columns_shown_changes_nothing() -> None:
    graph, columns = random_graph(3)
    everything = channel_matrices(graph, columns)
    found = fewer_columns(everything, slopes(graph), columns)
    assert set(found.pairs) == set(everything.pairs)
    assert everything.pairs
    for pair, matrix in everything.pairs.items():
        np.testing.assert_array_equal(found.pairs[pair].values, matrix.values)
        assert found.pairs[pair].notes == matrix.notes
