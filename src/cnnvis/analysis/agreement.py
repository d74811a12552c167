"""How well each meaning of a connection ranks what removing its source really does (design: connections)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.stats import rankdata

WEAK = 0.3
"""Below this rank correlation a meaning says little about real removal, and the page warns."""
FEWEST = 3
"""Pairs of clusters from which a rank correlation is worth a number."""

Matrix = Float[np.ndarray, "sources targets"]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Rank correlations with the measured effects."""

    modes: dict[str, float | None]
    """Mean over the pairs of columns; None where no pair of columns allows one."""
    pairs: dict[str, tuple[float | None, ...]]
    """The same for every pair of columns."""
    better: str | None
    """The meaning that ranks better; ties: the one named first. None without any number."""
    weak: bool
    """Whether even that one is below `WEAK`."""


def rank_agreement(predicted: Matrix, measured: Matrix) -> float | None:
    """Return Spearman's rank correlation, ties by mean rank; None for fewer than three pairs or constant values.

    Pairs with a value that is not finite are left out.
    """
    first, second = np.ravel(predicted).astype(np.float64), np.ravel(measured).astype(np.float64)
    finite = np.isfinite(first) & np.isfinite(second)
    first, second = first[finite], second[finite]
    if len(first) < FEWEST or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    ranks = [rankdata(values) - (len(values) + 1) / 2 for values in (first, second)]
    return float(ranks[0] @ ranks[1] / np.sqrt((ranks[0] @ ranks[0]) * (ranks[1] @ ranks[1])))


def compare(predicted: Mapping[str, Sequence[Matrix | None]], measured: Sequence[Matrix]) -> Agreement:
    """Say which meaning ranks the measured effects better.

    Ranks are compared within each pair of columns, since scales differ between layers, and averaged over those pairs
    of columns for which every meaning has a number, so that none wins by missing the hard ones.

    Args:
        predicted: For each meaning the matrices of the pairs of columns, in the order of ``measured``; None where it
            has none.
        measured: What removing each source cluster takes away from each target cluster, per neuron removed.

    """
    pairs = {
        mode: tuple(
            None if matrix is None else rank_agreement(matrix, effect)
            for matrix, effect in zip(matrices, measured, strict=True)
        )
        for mode, matrices in predicted.items()
    }
    known = [mode for mode, values in pairs.items() if any(value is not None for value in values)]
    shared = [place for place in range(len(measured)) if all(pairs[mode][place] is not None for mode in known)]
    modes: dict[str, float | None] = {}
    for mode, values in pairs.items():
        counted = [value for place in shared if (value := values[place]) is not None] if mode in known else []
        modes[mode] = float(np.mean(counted)) if counted else None
    numbers = {mode: value for mode, value in modes.items() if value is not None}
    better = max(numbers, key=numbers.__getitem__) if numbers else None
    return Agreement(modes=modes, pairs=pairs, better=better, weak=better is not None and numbers[better] < WEAK)
