"""From the matrices between many columns to those between a few of them, without the network."""

from collections.abc import Collection, Mapping
from graphlib import TopologicalSorter

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.connect.paths import Paths
from cnnvis.analysis.connect.sweep import channel_matrices
from cnnvis.schema.connections import Blocks, ChannelGraph, ChannelMap, ConnectionMatrix, Connections, Links, Pair


def fewer_columns(
    connections: Connections, slopes: Mapping[str, Float[np.ndarray, " neurons"]], columns: Collection[str]
) -> Connections:
    """Return the matrices between some of the columns, the others being hidden.

    What passed a hidden column goes through it: its neurons count by the mean derivative of their non-linearity. The
    result is what `channel_matrices` gives for these columns, so a run keeps the matrices of the finest columns only.

    Args:
        connections: Matrices between columns, each pair cut at all the others.
        slopes: Mean derivative per neuron of every column that is to be hidden; 1 for one that is not in it.
        columns: The columns that stay.

    """
    graph = _graph_of(connections, slopes)
    known = {channel_map.id for channel_map in graph.maps}
    shown = [column for column in columns if column in known]
    paths = Paths(graph, shown)
    leading = {column: paths.leading_to(column) for column in shown}
    pairs: dict[Pair, ConnectionMatrix] = {}
    for (source, target), found in channel_matrices(graph, shown).pairs.items():
        between = paths.between(paths.after(source), target, leading[target]) | 1 << paths.position[source]
        notes = _notes(connections, paths, between)
        pairs[source, target] = ConnectionMatrix(source=source, target=target, values=found.values, notes=notes)
    return Connections(pairs=pairs, notes=connections.notes)


def _notes(connections: Connections, paths: Paths, between: int) -> tuple[str, ...]:
    """Return what was said of the matrices that were gone through."""
    used = [
        pair
        for pair in connections.pairs
        if between >> paths.position[pair[0]] & 1 and between >> paths.position[_input(pair[1])] & 1
    ]
    return tuple(dict.fromkeys(note for pair in used for note in connections.pairs[pair].notes))


def _input(column: str) -> str:
    return f"{column}|before"


def _graph_of(connections: Connections, slopes: Mapping[str, Float[np.ndarray, " neurons"]]) -> ChannelGraph:
    """Return the matrices as a channel graph of their own: two maps per column, before and after."""
    sources: dict[str, list[str]] = {}
    neurons: dict[str, int] = {}
    for (source, target), matrix in sorted(connections.pairs.items()):
        sources.setdefault(source, [])
        sources.setdefault(target, []).append(source)
        neurons[source], neurons[target] = matrix.values.shape
    maps: list[ChannelMap] = []
    for column in TopologicalSorter(sources).static_order():
        size = neurons[column]
        arriving = tuple(
            (source, Blocks(weights=connections.pairs[source, column].values.T[None])) for source in sources[column]
        )
        maps.append(ChannelMap(id=_input(column), layer=column, channels=size, inputs=arriving))
        slope = np.nan_to_num(np.asarray(slopes[column], np.float64)) if column in slopes else np.ones(size)
        places = np.arange(size)
        links = Links(rows=places, columns=places, weights=slope)
        maps.append(ChannelMap(id=column, layer=column, channels=size, inputs=((_input(column), links),)))
    return ChannelGraph(maps=tuple(maps), before={column: _input(column) for column in sources})
