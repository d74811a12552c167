"""Bundling of the connections between two columns (design: bundling)."""

import numpy as np
from jaxtyping import Bool, Float

from cnnvis.analysis.bundle.bicliques import MOST, maximal_bicliques
from cnnvis.analysis.bundle.bundling import Bicluster, Bundling, Sign, Single
from cnnvis.analysis.bundle.choose import Pick, choose
from cnnvis.analysis.bundle.growth import grown_bicliques
from cnnvis.analysis.bundle.keep import keep
from cnnvis.analysis.bundle.score import whole_weights

WORK = 3_000_000_000
"""Multiplications of the bounded search, 100 to 300 ms of one core; a count, so that the result does not depend on how
quick the machine is."""
AT_A_TIME = 1000
"""So many bicliques the choice has before it in a bounded search; thrice as many save no more curves."""


def bundle(
    positive: Float[np.ndarray, "sources targets"],
    negative: Float[np.ndarray, "sources targets"],
    *,
    share: float = 0.8,
    most: int = MOST,
) -> Bundling:
    """Join connections of equal sign into biclusters, where that saves curves.

    Of each sign, the fewest connections that carry the share of its absolute weight are kept. Among the maximal
    bicliques of the kept ones, the one with the greatest weight x coherence is taken first, then the best of what is
    still free, and so on; a bicluster of p sources and q targets is taken only where p + q < p · q. The rest, and what
    has a coherence of 0, stays single. Every kept connection is in exactly one bicluster or single.

    Args:
        positive: Sums of excitation, zero or more.
        negative: Sums of inhibition, zero or less.
        share: Part of the absolute weight that is drawn, of each sign.
        most: So many maximal bicliques are listed exactly; above it the best found by a bounded search are used.

    Raises:
        ValueError: When a weight has the wrong sign or is not finite, or the share is not from 0 to 1.

    """
    if not (np.isfinite(positive).all() and np.isfinite(negative).all()):
        raise ValueError("bundle: weights must be finite.")
    if (positive < 0).any() or (negative > 0).any():
        raise ValueError("bundle: positive weights must be zero or more, negative ones zero or less.")
    biclusters: list[Bicluster] = []
    singles: list[Single] = []
    exact, drawn, kept_links = True, 0.0, 0
    signs: tuple[tuple[Sign, Float[np.ndarray, "sources targets"]], ...] = ((1, positive), (-1, negative))
    for sign, weights in signs:
        strength = np.abs(weights).astype(np.float64)
        kept = keep(strength, share)
        picks, rest, complete = _picked(kept, whole_weights(strength), most)
        biclusters += [_bicluster(strength, pick, sign) for pick in picks]
        singles += [
            Single(source=source, target=target, sign=sign, weight=float(strength[source, target]))
            for source, target in np.argwhere(rest).tolist()
        ]
        exact, drawn, kept_links = exact and complete, drawn + float(strength[kept].sum()), kept_links + int(kept.sum())
    whole = float(np.abs(positive).sum(dtype=np.float64) + np.abs(negative).sum(dtype=np.float64))
    return Bundling(
        biclusters=tuple(biclusters),
        singles=tuple(singles),
        kept=kept_links,
        total=int(np.count_nonzero(positive) + np.count_nonzero(negative)),
        share=min(drawn / whole, 1.0) if whole else 1.0,
        exact=exact,
    )


def _picked(
    kept: Bool[np.ndarray, "sources targets"], weights: Float[np.ndarray, "sources targets"], most: int
) -> tuple[list[Pick], Bool[np.ndarray, "sources targets"], bool]:
    """Return what was chosen, the links left over, and whether all maximal bicliques were looked at."""
    free, picks, work, exact = kept.copy(), list[Pick](), WORK, True
    while (found := maximal_bicliques(free, most=most)) is None:
        # The best of a part are taken until none is left; what is free then has far fewer bicliques.
        exact = False
        grown, work = grown_bicliques(free, weights, work=work // 2)
        before = len(picks)
        picks += choose(free, weights, grown, most=AT_A_TIME)
        if len(picks) == before:
            return picks, free, exact
    picks += choose(free, weights, found)
    return picks, free, exact


def _bicluster(strength: Float[np.ndarray, "sources targets"], pick: Pick, sign: Sign) -> Bicluster:
    sources, targets = pick
    block = strength[np.ix_(sources, targets)]
    return Bicluster(
        sources=tuple(sources.tolist()),
        targets=tuple(targets.tolist()),
        sign=sign,
        weight=float(block.sum()),
        coherence=max(0.0, 1.0 - float(block.std() / block.mean())),
        source_weights=tuple(block.sum(axis=1).tolist()),
        target_weights=tuple(block.sum(axis=0).tolist()),
    )
