"""From the matrices between many columns to those between a few of them, without the network."""

from collections.abc import Collection, Mapping
from graphlib import TopologicalSorter

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.connect.paths import NOT_FOLLOWED, Paths
from cnnvis.analysis.connect.sweep import channel_matrices
from cnnvis.schema.connections import Blocks, ChannelGraph, ChannelMap, ConnectionMatrix, Connections, Links


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

    def notes(source: str, target: str) -> tuple[str, ...]:
        between = paths.between(paths.after(source), target, leading[target]) | 1 << paths.position[source]
        return _notes(connections, paths, between)

    found = channel_matrices(graph, shown)
    return Connections(
        pairs={
            pair: ConnectionMatrix(source=matrix.source, target=matrix.target, values=matrix.values, notes=notes(*pair))
            for pair, matrix in found.pairs.items()
        },
        gaps={pair: tuple(note for note in notes(*pair) if NOT_FOLLOWED in note) for pair in found.gaps},
        columns=tuple(column for column in columns if column in connections.columns),
    )


def _notes(connections: Connections, paths: Paths, between: int) -> tuple[str, ...]:
    """Return what was said of the matrices, and of the gaps, that were gone through."""
    said = {pair: matrix.notes for pair, matrix in connections.pairs.items()} | connections.gaps
    used = [
        pair
        for pair in said
        if between >> paths.position[pair[0]] & 1 and between >> paths.position[_input(pair[1])] & 1
    ]
    return tuple(dict.fromkeys(note for pair in used for note in said[pair]))


def _input(column: str) -> str:
    return f"{column}|before"


def _gap(source: str, target: str) -> str:
    return f"{source}|{target}|gap"


def _graph_of(connections: Connections, slopes: Mapping[str, Float[np.ndarray, " neurons"]]) -> ChannelGraph:
    """Return the matrices as a channel graph of their own: two maps per column, before and after, and one per gap."""
    sources: dict[str, list[str]] = {}
    neurons = {column: len(slope) for column, slope in slopes.items()}
    for source, target in sorted([*connections.pairs, *connections.gaps]):
        sources.setdefault(source, [])
        sources.setdefault(target, []).append(source)
    for (source, target), matrix in connections.pairs.items():
        neurons[source], neurons[target] = matrix.values.shape
    maps: list[ChannelMap] = []
    for column in TopologicalSorter(sources).static_order():
        size = neurons.get(column, 0)
        arriving: list[tuple[str, Links | Blocks]] = []
        for source in sources[column]:
            if (source, column) in connections.gaps:
                gap = _gap(source, column)
                maps.append(ChannelMap(id=gap, layer=gap, channels=size, inputs=((source, _diagonal(np.zeros(0))),)))
                arriving.append((gap, _diagonal(np.ones(size))))
            else:
                arriving.append((source, Blocks(weights=connections.pairs[source, column].values.T[None])))
        maps.append(ChannelMap(id=_input(column), layer=column, channels=size, inputs=tuple(arriving)))
        slope = np.nan_to_num(np.asarray(slopes[column], np.float64)) if column in slopes else np.ones(size)
        maps.append(ChannelMap(id=column, layer=column, channels=size, inputs=((_input(column), _diagonal(slope)),)))
    return ChannelGraph(maps=tuple(maps), before={column: _input(column) for column in sources})


def _diagonal(weights: Float[np.ndarray, " channels"]) -> Links:
    places = np.arange(len(weights))
    return Links(rows=places, columns=places, weights=weights)
