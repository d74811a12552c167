"""Maximal bicliques of a bipartite graph: sets of sources and targets, every pair linked, that no other one contains.

They are the closed sets of the graph: the sources are all that are linked to each of the targets, and the other way
round. Each is found once, by the test of Kuznetsov (1993, Close-by-One): a set is entered only from the one that lacks
its last source. Whole batches of sets are extended at a time by matrix products, which count common neighbours.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

MOST = 20_000
"""So many are listed exactly (design: bundling)."""
WORK = 2_500_000_000
"""Multiplications after which listing is given up: large sparse graphs have many bicliques that save no curve."""
BATCH = 4096


@dataclass(frozen=True, kw_only=True, eq=False)
class Bicliques:
    """Bicliques as rows of marks."""

    sources: Bool[np.ndarray, "bicliques sources"]
    targets: Bool[np.ndarray, "bicliques targets"]

    def __len__(self) -> int:
        return len(self.sources)

    def at(self, chosen: Bool[np.ndarray, " bicliques"] | Int[np.ndarray, " chosen"]) -> "Bicliques":
        """Return some of them."""
        return Bicliques(sources=self.sources[chosen], targets=self.targets[chosen])

    def turned(self) -> "Bicliques":
        """Return them with sources and targets exchanged."""
        return Bicliques(sources=self.targets, targets=self.sources)

    def keys(self) -> list[bytes]:
        """Return what tells one from another; greater where the first source, or target, that differs is in."""
        packed = np.packbits(np.concatenate([self.sources, self.targets], axis=1), axis=1)
        return [row.tobytes() for row in packed]


def joined(parts: list[Bicliques], kept: Bool[np.ndarray, "sources targets"]) -> Bicliques:
    """Return the bicliques of all parts, of which there may be none."""
    sources, targets = kept.shape
    return Bicliques(
        sources=np.concatenate([np.zeros((0, sources), dtype=bool), *(part.sources for part in parts)]),
        targets=np.concatenate([np.zeros((0, targets), dtype=bool), *(part.targets for part in parts)]),
    )


def saves(
    sources: Int[np.ndarray, " bicliques"], targets: Int[np.ndarray, " bicliques"]
) -> Bool[np.ndarray, " bicliques"]:
    """Whether p + q curves through a node are fewer than p · q single ones; that takes at least 2 × 3."""
    return (sources - 1) * (targets - 1) > 1


def closed(
    targets: Bool[np.ndarray, "bicliques targets"], kept: Bool[np.ndarray, "sources targets"]
) -> Bool[np.ndarray, "bicliques sources"]:
    """Return all sources that are linked to each of the targets."""
    common = targets.astype(np.float32) @ kept.T.astype(np.float32)
    return common == targets.sum(axis=1)[:, None]


def maximal_bicliques(kept: Bool[np.ndarray, "sources targets"], *, most: int = MOST) -> Bicliques | None:
    """List all maximal bicliques of at least 2 × 2 that save curves; None when there are too many.

    Args:
        kept: The links.
        most: How many are listed at most.

    """
    if kept.shape[0] > kept.shape[1]:
        found = maximal_bicliques(np.ascontiguousarray(kept.T), most=most)
        return None if found is None else found.turned()
    listing = _Listing(kept, most)
    return joined(listing.parts, kept) if listing.run() else None


class _Listing:
    """The sets still to be extended, and those found so far."""

    def __init__(self, kept: Bool[np.ndarray, "sources targets"], most: int) -> None:
        self.kept = kept
        # 32 bits count exactly, and twice as quickly as 64.
        self.links: Float[np.ndarray, "targets sources"] = np.ascontiguousarray(kept.T).astype(np.float32)
        self.places = np.arange(len(kept))
        self.parts: list[Bicliques] = []
        self.left = most
        self.work = WORK
        self.waiting: list[tuple[Bicliques, Int[np.ndarray, " bicliques"]]] = []

    def run(self) -> bool:
        """List everything; False when that is too much."""
        everything = np.ones((1, self.kept.shape[1]), dtype=bool)
        root = Bicliques(sources=closed(everything, self.kept), targets=everything)
        self._note(root, np.array([-1]))
        while self.waiting and self.left >= 0 and self.work >= 0:
            self._extend(*self.waiting.pop())
        return self.left >= 0 and self.work >= 0

    def _note(self, found: Bicliques, last: Int[np.ndarray, " bicliques"]) -> None:
        """Keep those that save curves, and extend all later: with two targets left nothing smaller is of use."""
        sizes = found.targets.sum(axis=1)
        useful = found.at(saves(found.sources.sum(axis=1), sizes))
        if len(useful):
            self.parts.append(useful)
            self.left -= len(useful)
        # With two targets, adding a source leaves one.
        more = np.flatnonzero(sizes > 2)
        for first in range(0, len(more), BATCH):
            some = more[first : first + BATCH]
            self.waiting.append((found.at(some), last[some]))

    def _extend(self, sets: Bicliques, last: Int[np.ndarray, " bicliques"]) -> None:
        """Add each source after the last one that was added, close, and keep what is not entered from elsewhere."""
        common = sets.targets.astype(np.float32) @ self.links
        self.work -= len(sets) * self.kept.size
        rows, added = np.nonzero((common >= 2) & ~sets.sources & (self.places > last[:, None]))
        for first in range(0, len(rows), BATCH):
            row, source = rows[first : first + BATCH], added[first : first + BATCH]
            self.work -= len(row) * self.kept.size
            if self.left < 0 or self.work < 0:
                return
            targets = sets.targets[row] & self.kept[source]
            sources = (targets.astype(np.float32) @ self.links) == common[row, source][:, None]
            earlier = sources & ~sets.sources[row] & (self.places < source[:, None])
            own = ~earlier.any(axis=1)
            self._note(Bicliques(sources=sources[own], targets=targets[own]), source[own])
