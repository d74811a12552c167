"""Good bicliques of a graph that has too many of them: grown from pairs of sources, one source at a time."""

import numpy as np
from jaxtyping import Bool, Float, Int

from cnnvis.analysis.bundle.bicliques import Bicliques, joined, saves
from cnnvis.analysis.bundle.score import scores

BATCH = 256
PRODUCTS = 6
"""Matrix products per step."""


def grown_bicliques(
    kept: Bool[np.ndarray, "sources targets"], weights: Float[np.ndarray, "sources targets"], *, work: int
) -> tuple[Bicliques, int]:
    """Find maximal bicliques of large score (see `scores`), those from the strongest pairs first.

    From each pair of sources with common targets, the source that gives the best score is added, together with all
    others that are linked to the same targets, until fewer than two targets are left; all that is passed counts.

    Args:
        kept: The links.
        weights: Whole numbers, zero or more, at most `FINENESS`.
        work: Multiplications after which no further pairs are tried. A count and not a time, so that the same input
            gives the same result on any machine.

    Returns:
        Bicliques that save curves, some perhaps more than once, and the work that is left, at least 0.

    """
    if kept.shape[0] > kept.shape[1]:
        found, left = grown_bicliques(kept.T.copy(), weights.T.copy(), work=work)
        return found.turned(), left
    growing = _Growing(kept, weights)
    one, other = _pairs(growing.links, growing.weights)
    parts: list[Bicliques] = []
    for first in range(0, len(one), BATCH):
        if work <= 0:
            break
        some = slice(first, first + BATCH)
        found, done = growing.grow(kept[one[some]] & kept[other[some]])
        parts += found
        work -= done
    return joined(parts, kept), max(work, 0)


def _pairs(
    links: Float[np.ndarray, "sources targets"], weights: Float[np.ndarray, "sources targets"]
) -> tuple[Int[np.ndarray, " pairs"], Int[np.ndarray, " pairs"]]:
    """Return pairs of sources with two common targets or more, by the weight towards these."""
    common = links @ links.T
    toward = weights @ links.T
    one, other = np.nonzero(np.triu(common >= 2, k=1))
    order = np.argsort(-(toward + toward.T)[one, other], kind="stable")
    return one[order], other[order]


class _Growing:
    """A graph, and what is needed of it in every step."""

    def __init__(
        self, kept: Bool[np.ndarray, "sources targets"], weights: Float[np.ndarray, "sources targets"]
    ) -> None:
        self.kept = kept
        self.links = kept.astype(np.float64)
        self.weights = self.links * weights
        self.squares = self.weights**2

    def grow(self, targets: Bool[np.ndarray, "bicliques targets"]) -> tuple[list[Bicliques], int]:
        """Grow from these common targets; return all that is passed, and the multiplications done."""
        found: list[Bicliques] = []
        work = 0
        while len(targets):
            work += PRODUCTS * len(targets) * self.kept.size
            marks = targets.astype(np.float64)
            common = marks @ self.links.T
            inside = common == marks.sum(axis=1)[:, None]
            now = Bicliques(sources=inside, targets=targets)
            found.append(now.at(saves(inside.sum(axis=1), targets.sum(axis=1))))
            best = self._next(marks, inside.astype(np.float64), common)
            going = np.flatnonzero(best >= 0)
            targets = targets[going] & self.kept[best[going]]
        return found, work

    def _next(
        self,
        targets: Float[np.ndarray, "bicliques targets"],
        sources: Float[np.ndarray, "bicliques sources"],
        common: Float[np.ndarray, "bicliques sources"],
    ) -> Int[np.ndarray, " bicliques"]:
        """Return the source that gives the best score when it is added, -1 where none leaves two targets."""
        sums = (targets * (sources @ self.weights)) @ self.links.T + targets @ self.weights.T
        squares = (targets * (sources @ self.squares)) @ self.links.T + targets @ self.squares.T
        counts = (sources.sum(axis=1)[:, None] + 1) * common
        score = np.where((common >= 2) & (sources == 0), scores(counts, sums, squares), -1.0)
        best = score.argmax(axis=1)
        return np.where(np.take_along_axis(score, best[:, None], 1)[:, 0] >= 0, best, -1)
