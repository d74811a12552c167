"""From what a run stores to weights between the clusters of any columns, excitation and inhibition apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.connect import aggregate, fewer_columns
from cnnvis.schema.connection_scene import ConnectionMode
from cnnvis.schema.connections import ContributionMatrix
from cnnvis.store.reader import Run

Members = tuple[tuple[int, ...], ...]
"""The clusters of a unit as neurons."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Links:
    """Connections from the clusters of one column to those of a later one."""

    positive: Float[np.ndarray, "sources targets"]
    """Zero and above; mean over the pairs of neurons."""
    negative: Float[np.ndarray, "sources targets"]
    """Zero and below."""
    notes: tuple[str, ...] = ()


Pairs = dict[tuple[int, int], Links]
"""By the places of the two columns; only pairs with a path between them."""


def available_modes(run: Run, clusters: Mapping[str, Members]) -> tuple[ConnectionMode, ...]:
    """Return how connections between these columns can be measured from what the run holds.

    Contributions were computed for the columns and the clusters of the analysis: they serve the same columns, with
    the same clusters or merged ones.
    """
    modes: list[ConnectionMode] = []
    if run.connections is not None:
        modes.append("weights")
    stored = run.contribution_connections
    if stored is not None and stored.pairs:
        columns = {column for pair in stored.pairs for column in pair}
        fits = columns == set(clusters) and all(
            _merged(matrix, clusters[matrix.target]) is not None for matrix in stored.pairs.values()
        )
        if fits:
            modes.append("contribution")
    return tuple(modes)


def cluster_links(run: Run, mode: ConnectionMode, clusters: Mapping[str, Members]) -> Pairs:
    """Return the connections between all pairs of these columns.

    Args:
        run: A run that holds the mode.
        mode: See `available_modes`.
        clusters: Per column, in the order of the picture, the id of its unit and the unit's clusters.

    """
    return _by_weight(run, clusters) if mode == "weights" else _by_contribution(run, clusters)


def _by_weight(run: Run, clusters: Mapping[str, Members]) -> Pairs:
    if run.connections is None:
        return {}
    columns = list(clusters)
    stored = {column for pair in run.connections.pairs for column in pair}
    slopes = {column: run.statistics.array(column, "slope") for column in stored - set(columns)}
    shown = fewer_columns(run.connections.all(), slopes, columns)
    found: Pairs = {}
    for (source, target), matrix in shown.pairs.items():
        weights = aggregate(matrix.values, clusters[source], clusters[target])
        place = columns.index(source), columns.index(target)
        found[place] = Links(positive=weights.positive, negative=weights.negative, notes=matrix.notes)
    return found


def _by_contribution(run: Run, clusters: Mapping[str, Members]) -> Pairs:
    stored, columns = run.contribution_connections, list(clusters)
    found: Pairs = {}
    for (source, target), matrix in {} if stored is None else stored.pairs.items():
        values = _merged(matrix, clusters[target])
        if values is not None:
            place = columns.index(source), columns.index(target)
            found[place] = Links(
                positive=_means(np.maximum(values, 0.0), clusters[source]),
                negative=_means(np.minimum(values, 0.0), clusters[source]),
            )
    return found


def _merged(matrix: ContributionMatrix, clusters: Members) -> Float[np.ndarray, "sources clusters"] | None:
    """Return what reaches these clusters: the mean over the stored ones they consist of; None where one was cut."""
    columns: list[Float[np.ndarray, " sources"]] = []
    sizes = np.array([len(members) for members in matrix.clusters], np.float64)
    for cluster in clusters:
        members = set(cluster)
        parts = [place for place, stored in enumerate(matrix.clusters) if members.issuperset(stored)]
        if sizes[parts].sum() != len(members):
            return None
        columns.append(matrix.values[:, parts].astype(np.float64) @ (sizes[parts] / max(len(members), 1)))
    return np.stack(columns, axis=1) if columns else None


def _means(
    values: Float[np.ndarray, "sources targets"], clusters: Sequence[Sequence[int]]
) -> Float[np.ndarray, "clusters targets"]:
    return np.stack([values[list(members)].mean(axis=0) for members in clusters])
