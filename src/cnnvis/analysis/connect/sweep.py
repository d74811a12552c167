"""The signed matrices between columns: one sweep through the channel graph per source column."""

from collections.abc import Collection
from functools import reduce
from operator import or_

import numpy as np
from jaxtyping import Float
from scipy.sparse import csr_array

from cnnvis.analysis.connect.paths import NOT_FOLLOWED, Paths
from cnnvis.schema.connections import Blocks, ChannelGraph, ConnectionMatrix, Connections, Links, Pair


def channel_matrices(
    graph: ChannelGraph,
    columns: Collection[str],
    *,
    sources: Collection[str] | None = None,
    targets: Collection[str] | None = None,
) -> Connections:
    """Return the signed weights from every neuron of a column to every neuron of each later column.

    From the value after the source's non-linearity to the value before the target's, summed over the paths that pass
    no other column: skips show, and nothing counts twice (design: connections). Pairs without such a path are left
    out. Time grows with the layers between columns, memory with the widest place of one sweep.

    Args:
        graph: What every layer does to channels.
        columns: Ids of the units that are columns; the network's input may be one.
        sources: The columns to start from; all by default.
        targets: The columns to arrive at; all by default.

    Raises:
        KeyError: A column is not in the graph.

    """
    paths = Paths(graph, columns)
    starts = [column for column in paths.columns if sources is None or column in sources]
    ends = [column for column in paths.columns if targets is None or column in targets]
    leading = {column: paths.leading_to(column) for column in ends}
    pairs: dict[Pair, ConnectionMatrix] = {}
    gaps: dict[Pair, tuple[str, ...]] = {}
    for source in starts:
        reached, known = paths.after(source), paths.after(source, through_gaps=False)
        there = [end for end in ends if end != source and reached >> paths.position[paths.before[end]] & 1]
        followed = [end for end in there if known >> paths.position[paths.before[end]] & 1]
        arrivals = _sweep(paths, source, followed, known & reduce(or_, (leading[end] for end in followed), 0))
        for end in there:
            between = paths.notes(paths.between(reached, end, leading[end]))
            if end in arrivals:
                pairs[source, end] = ConnectionMatrix(source=source, target=end, values=arrivals[end], notes=between)
            else:
                gaps[source, end] = tuple(note for note in between if NOT_FOLLOWED in note)
    return Connections(pairs=pairs, gaps=gaps, columns=paths.columns)


def _sweep(paths: Paths, source: str, targets: list[str], wanted: int) -> dict[str, np.ndarray]:
    """Return the matrix from one column to each target, forgetting flows as soon as nothing reads them any more."""
    start = paths.position[source]
    arriving: dict[int, list[str]] = {}
    for target in targets:
        arriving.setdefault(paths.position[paths.before[target]], []).append(target)
    cut = {paths.position[column] for column in paths.columns}
    needless = cut - arriving.keys()
    order = [index for index in range(start + 1, len(paths.maps)) if wanted >> index & 1 and index not in needless]
    last_use = {read: index for index in order for read in paths.inputs[index]}
    flows: dict[int, np.ndarray] = {}
    found: dict[str, np.ndarray] = {}
    for index in order:
        flow = _through(paths, index, flows, start)
        found.update((target, np.ascontiguousarray(flow.T)) for target in arriving.get(index, ()))
        if index not in cut and index in last_use:
            flows[index] = flow
        for read in set(paths.inputs[index]) & flows.keys():
            if last_use[read] == index:
                del flows[read]
    return found


def _through(paths: Paths, index: int, flows: dict[int, np.ndarray], start: int) -> np.ndarray:
    """Return what arrives in a map's channels: the sum over all that it reads."""
    channel_map = paths.maps[index]
    parts = [
        # From the source itself comes the identity: the map as it is, not a product as large as the widest layer.
        _dense(how, paths.maps[read].channels, channel_map.channels).astype(paths.precision, copy=False)
        if read == start
        else _applied(how, flows[read], channel_map.channels)
        for read, (_, how) in zip(paths.inputs[index], channel_map.inputs, strict=True)
        if read == start or read in flows
    ]
    return parts[0] if len(parts) == 1 else np.sum(parts, axis=0)


def _dense(how: Links | Blocks, inputs: int, outputs: int) -> Float[np.ndarray, "outputs inputs"]:
    """Return one linear map as a matrix."""
    if isinstance(how, Links):
        return csr_array((how.weights, (how.rows, how.columns)), shape=(outputs, inputs)).toarray()
    groups, high, wide = how.weights.shape
    if groups == 1:
        return how.weights[0]
    matrix = np.zeros((groups, high, groups, wide), how.weights.dtype)
    matrix[np.arange(groups), :, np.arange(groups)] = how.weights
    return matrix.reshape(outputs, inputs)


def _applied(
    how: Links | Blocks, flow: Float[np.ndarray, "inputs sources"], channels: int
) -> Float[np.ndarray, "outputs sources"]:
    """Apply one linear map to all sources at once."""
    if isinstance(how, Links):
        shape = (channels, len(flow))
        matrix = csr_array((how.weights.astype(flow.dtype), (how.rows, how.columns)), shape=shape)
        return np.asarray(matrix @ flow)
    groups, outputs, inputs = how.weights.shape
    result = how.weights.astype(flow.dtype, copy=False) @ flow.reshape(groups, inputs, -1)
    return result.reshape(groups * outputs, -1)
