"""The choice among bicliques: the best first, then the best of what is still free."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float, Int

from cnnvis.analysis.bundle.bicliques import Bicliques, closed, joined, saves
from cnnvis.analysis.bundle.score import scores

Pick = tuple[Int[np.ndarray, " p"], Int[np.ndarray, " q"]]
"""Sources and targets of a bicluster."""


def choose(
    free: Bool[np.ndarray, "sources targets"],
    weights: Float[np.ndarray, "sources targets"],
    found: Bicliques,
    *,
    most: int | None = None,
) -> Iterator[Pick]:
    """Yield the biclique of the best score (see `scores`), take its links, and go on with what is left.

    A biclique that shares links with the one taken falls into two that do not: without its sources, and without its
    targets. Of these, the maximal ones among the free links take its place; given all maximal bicliques at first, these
    are all maximal ones at every later step. Among equal scores the one with the first source that differs is taken.

    Args:
        free: Links to choose from; those taken are unmarked here.
        weights: Whole numbers, zero or more, at most `FINENESS`.
        found: Maximal bicliques of the free links.
        most: So many are kept at a time, those of the best scores; None: all.

    """
    seen: set[bytes] = set()
    found = _new(found, seen)
    found, score = _best(found, _scores(found, weights), most)
    while len(found) and (best := float(score.max())) > 0:
        equal = np.flatnonzero(score == best)
        keys = found.at(equal).keys()
        pick = found.at(equal[[max(range(len(keys)), key=keys.__getitem__)]])
        sources, targets = np.flatnonzero(pick.sources[0]), np.flatnonzero(pick.targets[0])
        yield sources, targets
        free[np.ix_(sources, targets)] = False
        beside = found.sources[:, sources].any(axis=1) & found.targets[:, targets].any(axis=1)
        touched, rest = np.flatnonzero(beside), np.flatnonzero(~beside)
        parts = _new(_parts(found.at(touched), pick, free), seen)
        found = joined([found.at(rest), parts], free)
        found, score = _best(found, np.concatenate([score[rest], _scores(parts, weights)]), most)


def _parts(touched: Bicliques, pick: Bicliques, free: Bool[np.ndarray, "sources targets"]) -> Bicliques:
    """Return what is left of bicliques when one is taken, made maximal among the free links."""
    rest = joined(
        [
            Bicliques(sources=touched.sources & ~pick.sources, targets=touched.targets),
            Bicliques(sources=touched.sources, targets=touched.targets & ~pick.targets),
        ],
        free,
    )
    rest = rest.at(np.flatnonzero(rest.sources.any(axis=1) & rest.targets.any(axis=1)))
    sources = closed(rest.targets, free)
    return Bicliques(sources=sources, targets=closed(sources, free.T))


def _new(found: Bicliques, seen: set[bytes]) -> Bicliques:
    """Return those that save curves and are met for the first time; what was taken or fell apart never comes back."""
    found = found.at(saves(found.sources.sum(axis=1), found.targets.sum(axis=1)))
    first: list[int] = []
    for index, key in enumerate(found.keys()):
        if key not in seen:
            seen.add(key)
            first.append(index)
    return found.at(np.array(first, dtype=np.int64))


def _best(
    found: Bicliques, score: Float[np.ndarray, " bicliques"], most: int | None
) -> tuple[Bicliques, Float[np.ndarray, " best"]]:
    if most is None or len(found) <= most:
        return found, score
    best = np.sort(np.argsort(-score, kind="stable")[:most])
    return found.at(best), score[best]


def _scores(found: Bicliques, weights: Float[np.ndarray, "sources targets"]) -> Float[np.ndarray, " bicliques"]:
    sources, targets = found.sources.astype(np.float64), found.targets.astype(np.float64)
    sums = ((sources @ weights) * targets).sum(axis=1)
    squares = ((sources @ weights**2) * targets).sum(axis=1)
    return scores(sources.sum(axis=1) * targets.sum(axis=1), sums, squares)
