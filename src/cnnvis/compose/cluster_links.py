"""From what a run stores to weights between the clusters of any columns, excitation and inhibition apart."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.bundle import Bundling
from cnnvis.analysis.connect import aggregate, fewer_columns
from cnnvis.compose.recent import Recent
from cnnvis.compose.recomputed import Recomputed
from cnnvis.schema.connection_scene import ConnectionMode
from cnnvis.schema.connections import ConnectionMatrix, Connections, ContributionMatrix, Pair
from cnnvis.store.reader import Run

Members = tuple[tuple[int, ...], ...]
"""The clusters of a unit as neurons."""
MATRICES_KEPT, LINKS_KEPT = 4, 512
"""Sets of columns whose matrices are kept, and pairs of columns with their clusters."""

_Bundlings = dict[tuple[float, "int | None"], Bundling]


@dataclass(frozen=True, kw_only=True, eq=False)
class Links:
    """Connections from the clusters of one column to those of a later one."""

    positive: Float[np.ndarray, "sources targets"]
    """Zero and above; mean over the pairs of neurons."""
    negative: Float[np.ndarray, "sources targets"]
    """Zero and below."""
    notes: tuple[str, ...] = ()
    stale: tuple[int, ...] = ()
    """Places of the target clusters whose numbers are those of before an edit cut other clusters for them."""
    bundlings: _Bundlings = field(default_factory=_Bundlings)
    """What was bundled of them so far, by the share and the most items allowed."""


Pairs = dict[tuple[int, int], Links]
"""By the places of the two columns; only pairs with a path between them."""


class ClusterLinks:
    """Connections between the clusters of any columns of a run.

    What does not depend on clusters is computed once for the columns, and pairs of columns whose clusters were asked
    for before are not computed anew: after an edit, that is all but the pairs of the edited layer.

    Args:
        run: The run.
        recomputed: Contributions that were computed for edited clusters.

    """

    def __init__(self, run: Run, recomputed: Recomputed) -> None:
        self.run = run
        self._recomputed = recomputed
        self._matrices: Recent[Connections] = Recent(MATRICES_KEPT)
        self._links: Recent[Links] = Recent(LINKS_KEPT)

    def modes(self, columns: Collection[str]) -> tuple[ConnectionMode, ...]:
        """Return how connections between these columns can be measured from what the run holds.

        Contributions were computed for the columns of the analysis, and serve no others.
        """
        modes: list[ConnectionMode] = []
        if self.run.connections is not None:
            modes.append("weights")
        stored = self._contributions()
        if stored and {column for pair in stored for column in pair} == set(columns):
            modes.append("contribution")
        return tuple(modes)

    def between(self, mode: ConnectionMode, clusters: Mapping[str, Members]) -> Pairs:
        """Return the connections between all pairs of these columns.

        Args:
            mode: See `modes`.
            clusters: Per column, in the order of the picture, the id of its unit and the unit's clusters.

        """
        places = {column: place for place, column in enumerate(clusters)}
        linked = self._by_weight(clusters) if mode == "weights" else self._by_contribution(clusters)
        return {(places[source], places[target]): links for (source, target), links in linked.items()}

    def _by_weight(self, clusters: Mapping[str, Members]) -> dict[Pair, Links]:
        columns = tuple(clusters)
        shown = self._matrices.get(columns, lambda: self._between_columns(columns))

        def links(matrix: ConnectionMatrix, sources: Members, targets: Members) -> Links:
            return self._links.get((matrix, sources, targets), lambda: _aggregated(matrix, sources, targets))

        return {pair: links(matrix, *(clusters[column] for column in pair)) for pair, matrix in shown.pairs.items()}

    def _between_columns(self, columns: Collection[str]) -> Connections:
        """Return the matrices between neurons when these columns are shown."""
        if self.run.connections is None:
            return Connections()
        stored = {column for pair in self.run.connections.pairs for column in pair}
        slopes = {column: self.run.statistics.array(column, "slope") for column in stored - set(columns)}
        return fewer_columns(self.run.connections.all(), slopes, columns)

    def _by_contribution(self, clusters: Mapping[str, Members]) -> dict[Pair, Links]:
        def links(matrices: Sequence[ContributionMatrix], sources: Members, targets: Members) -> Links:
            name = (tuple(matrices), sources, targets)
            return self._links.get(name, lambda: _contributed(matrices, sources, targets))

        return {
            pair: links(matrices, *(clusters[column] for column in pair))
            for pair, matrices in self._contributions().items()
        }

    def _contributions(self) -> dict[Pair, list[ContributionMatrix]]:
        """Return the matrices of each pair of columns: those of the analysis, then those computed for edits."""
        found: dict[Pair, list[ContributionMatrix]] = {}
        for each in (self.run.contribution_connections, self._recomputed.read()):
            for pair, matrix in {} if each is None else each.pairs.items():
                found.setdefault(pair, []).append(matrix)
        return found


def _aggregated(matrix: ConnectionMatrix, sources: Members, targets: Members) -> Links:
    weights = aggregate(matrix.values, sources, targets)
    return Links(positive=weights.positive, negative=weights.negative, notes=matrix.notes)


def _contributed(matrices: Sequence[ContributionMatrix], sources: Members, targets: Members) -> Links:
    """Return the links by the matrix that was computed for most of these target clusters; ties go to the first."""
    candidates = [_merged(matrix, targets) for matrix in matrices]
    values, stale = min(candidates, key=lambda one: len(one[1]))
    return Links(
        positive=_means(np.maximum(values, 0.0), sources),
        negative=_means(np.minimum(values, 0.0), sources),
        stale=stale,
    )


def _merged(
    matrix: ContributionMatrix, clusters: Members
) -> tuple[Float[np.ndarray, "sources clusters"], tuple[int, ...]]:
    """Return what reaches these clusters, and the places of those for which that is not exact.

    A cluster of whole stored ones gets the mean over these, weighted by neurons, which is exact. In one that has cut
    others each neuron stands for the stored cluster that it was in: that is what held before the cut.
    """
    shared = np.array([[len(set(cluster) & set(stored)) for stored in matrix.clusters] for cluster in clusters])
    sizes = np.array([len(stored) for stored in matrix.clusters])
    stale = np.flatnonzero(((shared > 0) & (shared < sizes)).any(axis=1))
    weights = shared / np.maximum(shared.sum(axis=1, keepdims=True), 1)
    return matrix.values.astype(np.float64) @ weights.T, tuple(stale.tolist())


def _means(
    values: Float[np.ndarray, "sources targets"], clusters: Sequence[Sequence[int]]
) -> Float[np.ndarray, "clusters targets"]:
    return np.stack([values[list(members)].mean(axis=0) for members in clusters])
