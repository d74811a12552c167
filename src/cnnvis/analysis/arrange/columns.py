"""Columns of clusters with the curves between any two of them, and their present order."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from cnnvis.analysis.arrange.crossings import pair_crossings
from cnnvis.analysis.arrange.sift import Worth, crossings_of, sifted

FINENESS = 256
"""Weights are rounded to this fraction of the mean curve's, so that crossings are exact sums on every machine."""

Links = Mapping[tuple[int, int], Float[np.ndarray, "_ _"]]


class Columns:
    """Clusters of all columns in one numbering, column by column.

    Weights between two columns are divided by their mean: every gap has the same say, whatever its unit.
    """

    def __init__(self, heights: Sequence[Float[np.ndarray, " _"]], links: Links) -> None:
        self.sizes = [len(column) for column in heights]
        self.first = np.cumsum([0, *self.sizes])
        self.count = len(self.sizes)
        self.heights = np.concatenate([np.zeros(0), *heights])
        self.weights = np.zeros((len(self.heights), len(self.heights)))
        linked: list[set[int]] = [set() for _ in heights]
        for (source, target), matrix in links.items():
            if not np.any(matrix):
                continue
            linked[source].add(target)
            linked[target].add(source)
            block = _whole(np.abs(matrix))
            rows, columns = self.span(source), self.span(target)
            self.weights[rows, columns] += block
            self.weights[columns, rows] += block.T
        self._linked = [sorted(others) for others in linked]
        self.column = np.repeat(np.arange(self.count), self.sizes)

    def span(self, column: int) -> slice:
        """Return the numbers of a column's clusters."""
        return slice(int(self.first[column]), int(self.first[column + 1]))

    def given(self) -> list[list[int]]:
        """Return the clusters of each column as they were given."""
        return [list(range(size)) for size in self.sizes]

    def centres(self, orders: Sequence[Sequence[int]]) -> Float[np.ndarray, " all"]:
        """Return the middle of each cluster when each column is centred on 0."""
        centres = np.zeros(len(self.heights))
        for column, order in enumerate(orders):
            numbers = self.first[column] + np.array(order, dtype=np.int64)
            ends = np.cumsum(self.heights[numbers])
            centres[numbers] = ends - (self.heights[numbers] + ends[-1:]) / 2
        return centres

    def aims(self, column: int, orders: Sequence[Sequence[int]], side: int = 0) -> Float[np.ndarray, " clusters"]:
        """Return the mean height of what each cluster of a column is connected with, its own where it is with nothing.

        Args:
            column: Which column.
            orders: Of all columns.
            side: -1: columns further left count, 1: further right, 0: all.

        """
        centres, own = self.centres(orders), self.span(column)
        seen = self._seen(column, side)
        weights = self.weights[own][:, seen]
        sums = weights.sum(axis=1)
        return np.where(sums > 0, weights @ centres[seen] / np.maximum(sums, 1.0), centres[own])

    def pairs(
        self, column: int, orders: Sequence[Sequence[int]], *, first: int = 0
    ) -> Float[np.ndarray, "clusters clusters"]:
        """Return what `pair_crossings` returns for a column, towards those it is connected with from ``first`` on."""
        others = [other for other in self._linked[column] if other >= first]
        numbers = [self.first[other] + np.array(orders[other], dtype=np.int64) for other in others]
        if not numbers:
            return np.zeros((self.sizes[column], self.sizes[column]))
        starts = np.cumsum([0, *(len(part) for part in numbers[:-1])])
        return pair_crossings(self.weights[self.span(column)][:, np.concatenate(numbers)], starts)

    def crossings(self, orders: Sequence[Sequence[int]]) -> float:
        """Return the weight of all crossings: one of two mean curves counts 1."""
        # Each crossing would be seen from both of its columns: it is counted at the left one.
        every = (
            crossings_of(list(orders[column]), self.pairs(column, orders, first=column + 1))
            for column in range(self.count)
        )
        return sum(every) / FINENESS**2

    def sweep(self, orders: list[list[int]], columns: Sequence[int], side: int) -> None:
        """Order columns one after another by the mean height of what their clusters are connected with.

        Args:
            orders: Changed in place.
            columns: Which, in this order.
            side: As in `aims`.

        """
        for column in columns:
            aims = self.aims(column, orders, side)
            orders[column] = sorted(orders[column], key=aims.__getitem__)

    def sift(self, orders: list[list[int]], *, worth: Sequence[Worth] | None = None) -> None:
        """Move single clusters of one column after another until no move helps.

        Args:
            orders: Changed in place.
            worth: What a move has to save, per column; None: anything.

        """
        least = [0.0 if worth is None else worth[column] * FINENESS**2 for column in range(self.count)]
        waiting = set(range(self.count))
        while waiting:
            column = min(waiting)
            waiting.remove(column)
            order = sifted(orders[column], self.pairs(column, orders), worth=least[column])
            if order != orders[column]:
                orders[column] = order
                touched = self.weights[self.span(column)].any(axis=0)
                waiting |= set(self.column[touched].tolist())

    def _seen(self, column: int, side: int) -> Bool[np.ndarray, " all"]:
        return np.sign(self.column - column) == side if side else self.column != column


def _whole(weights: Float[np.ndarray, "sources targets"]) -> Float[np.ndarray, "sources targets"]:
    """Return weights as whole numbers, `FINENESS` for the mean of those that are not 0, and 1 at least."""
    links = weights > 0
    if not links.any():
        return np.zeros(weights.shape)
    return np.where(links, np.maximum(np.rint(weights * (FINENESS / weights[links].mean())), 1.0), 0.0)


def ranked(
    places: Float[np.ndarray, " clusters"], aims: Float[np.ndarray, " clusters"]
) -> Int[np.ndarray, " clusters"]:
    """Return clusters by their place, each new one (NaN) where its aim falls among the aims of the others."""
    old = np.flatnonzero(np.isfinite(places))
    order: list[int] = old[np.argsort(places[old], kind="stable")].tolist()
    new = np.flatnonzero(~np.isfinite(places))
    for cluster in new[np.argsort(aims[new], kind="stable")].tolist():
        # Behind as many as lie above it: where the others stand is not changed.
        order.insert(int((aims[order] <= aims[cluster]).sum()), cluster)
    return np.array(order, dtype=np.int64)
