"""From what a run stores to weights between the clusters of any columns, excitation and inhibition apart."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.bundle import Bundling
from cnnvis.analysis.connect import aggregate, fewer_columns
from cnnvis.compose.members import Members
from cnnvis.compose.recent import Recent
from cnnvis.schema.connections import (
    ConnectionMatrix,
    Connections,
    ContributionConnections,
    ContributionMatrix,
    Pair,
)
from cnnvis.store.reader import Run

MATRICES_KEPT, LINKS_KEPT = 4, 512
"""Sets of columns whose matrices are kept, and pairs of columns with their clusters."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Links:
    """Connections from the clusters of one column to those of a later one."""

    positive: Float[np.ndarray, "sources targets"]
    """Zero and above; mean over the pairs of neurons."""
    negative: Float[np.ndarray, "sources targets"]
    """Zero and below."""
    notes: tuple[str, ...] = ()
    bundlings: dict[bool, Bundling] = field(default_factory=dict[bool, Bundling])
    """What was bundled of them so far: of the strongest connections (False), and of the others (True)."""


Pairs = dict[tuple[int, int], Links]
"""By the places of the two columns; only pairs with a path between them."""


def contribution_for(run: Run, clusters: Mapping[str, Members]) -> ContributionConnections | None:
    """Return the run's connections by contribution if they serve these columns and clusters, else None.

    They were computed for the columns and the clusters of the analysis: they serve the same columns, with the same
    clusters or merged ones.
    """
    stored = run.contribution_connections
    if stored is None or not stored.pairs:
        return None
    columns = {column for pair in stored.pairs for column in pair}
    fits = columns == set(clusters) and all(
        _merged(matrix, clusters[matrix.target]) is not None for matrix in stored.pairs.values()
    )
    return stored if fits else None


class ClusterLinks:
    """Connections between the clusters of any columns of a run.

    What does not depend on clusters is computed once for the columns, and pairs of columns whose clusters were asked
    for before are not computed anew: after an edit, that is all but the pairs of the edited layer.

    Args:
        run: The run.

    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._matrices: Recent[Connections] = Recent(MATRICES_KEPT)
        self._links: Recent[Links] = Recent(LINKS_KEPT)

    def between(self, clusters: Mapping[str, Members], contribution: ContributionConnections | None) -> Pairs:
        """Return the connections between all pairs of these columns.

        Args:
            clusters: Per column, in the order of the picture, the id of its unit and the unit's clusters.
            contribution: Those by contribution, see `contribution_for`; None: by weight.

        """
        places = {column: place for place, column in enumerate(clusters)}
        found = self._by_weight(clusters) if contribution is None else self._by_contribution(contribution, clusters)
        return {(places[source], places[target]): links for (source, target), links in found.items()}

    def gaps(self, columns: Sequence[str]) -> dict[Pair, tuple[str, ...]]:
        """Return what is not followed between columns of which nothing is known therefore, by weight.

        Args:
            columns: Ids of units in the order of the picture.

        """
        return self._shown(tuple(columns)).gaps

    def _shown(self, columns: tuple[str, ...]) -> Connections:
        return self._matrices.get(columns, lambda: self._between_columns(columns))

    def _by_weight(self, clusters: Mapping[str, Members]) -> dict[Pair, Links]:
        shown = self._shown(tuple(clusters))

        def links(matrix: ConnectionMatrix, sources: Members, targets: Members) -> Links:
            return self._links.get((matrix, sources, targets), lambda: _aggregated(matrix, sources, targets))

        return {pair: links(matrix, *(clusters[column] for column in pair)) for pair, matrix in shown.pairs.items()}

    def _between_columns(self, columns: Collection[str]) -> Connections:
        """Return the matrices between neurons when these columns are shown."""
        if self.run.connections is None:
            return Connections()
        stored = set(self.run.connections.columns)
        slopes = {column: self.run.statistics.array(column, "slope") for column in stored - set(columns)}
        return fewer_columns(self.run.connections.all(), slopes, columns)

    def _by_contribution(self, stored: ContributionConnections, clusters: Mapping[str, Members]) -> dict[Pair, Links]:
        found: dict[Pair, Links] = {}
        for (source, target), matrix in stored.pairs.items():
            values = _merged(matrix, clusters[target])
            if values is not None:
                name = (matrix, clusters[source], clusters[target])
                found[source, target] = self._links.get(name, partial(_contributed, values, clusters[source]))
        return found


def _aggregated(matrix: ConnectionMatrix, sources: Members, targets: Members) -> Links:
    weights = aggregate(matrix.values, sources, targets)
    return Links(positive=weights.positive, negative=weights.negative, notes=matrix.notes)


def _contributed(values: Float[np.ndarray, "neurons targets"], sources: Members) -> Links:
    return Links(positive=_means(np.maximum(values, 0.0), sources), negative=_means(np.minimum(values, 0.0), sources))


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
