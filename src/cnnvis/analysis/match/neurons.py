"""Neurons of one layer in two networks: counterparts answer to the same classes (design: match)."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment

IDENTITY_SHARE = 0.8
"""Layers whose neurons agree, one by one, nearly as well as in the best assignment are the same neurons."""
FEWEST_CLASSES = 4
"""Profiles over fewer classes tell no neuron from another."""
WEAKEST = 0.5
"""Profiles whose correlation is below this are no counterparts."""


@dataclass(frozen=True, kw_only=True, eq=False)
class NeuronMatch:
    """The counterpart of each neuron."""

    target: Int[np.ndarray, " source"]
    """Neuron of the other layer; -1 without one. No neuron is given twice."""
    identity: bool
    """Whether the two layers have the same neurons in the same order."""
    agreement: float | None
    """Mean correlation of the matched profiles; None where no profile allows one."""


def match_neurons(
    source: Float[np.ndarray, "source classes"], target: Float[np.ndarray, "target classes"]
) -> NeuronMatch:
    """Find for each neuron of one layer its counterpart in another.

    Counterparts are assigned one to one so that the sum of the correlations of their class profiles is largest; pairs
    below 0.5 are left out. Layers of equal size are taken to have the same neurons, matched by number, where
    these agree at least 0.8 times as well, or where fewer than four classes are known in both.

    Args:
        source: Class profiles, mean activation per class; NaN for a class without images.
        target: Those of the other layer, over the same classes.

    """
    known = np.isfinite(source).all(axis=0) & np.isfinite(target).all(axis=0)
    one, other = _normalised(source[:, known]), _normalised(target[:, known])
    alike = one @ other.T
    same_size = len(source) == len(target)
    defined = np.linalg.norm(one, axis=1) > 0
    if int(known.sum()) < FEWEST_CLASSES or not defined.any():
        numbers = np.arange(len(source)) if same_size else np.full(len(source), -1)
        return NeuronMatch(target=numbers, identity=same_size, agreement=None)
    rows, columns = linear_sum_assignment(-alike)
    assigned = alike[rows, columns]
    if same_size:
        diagonal = np.diagonal(alike)
        if diagonal[defined].sum() >= IDENTITY_SHARE * assigned.sum():
            return NeuronMatch(target=np.arange(len(source)), identity=True, agreement=float(diagonal[defined].mean()))
    good = assigned >= WEAKEST
    found = np.full(len(source), -1)
    found[rows[good]] = columns[good]
    return NeuronMatch(target=found, identity=False, agreement=float(assigned[good].mean()) if good.any() else None)


def _normalised(rows: Float[np.ndarray, "neurons classes"]) -> Float[np.ndarray, "neurons classes"]:
    """Return rows of mean 0 and length 1, so that products are correlations; 0 for a row that does not vary."""
    rows = rows.astype(np.float64)
    centred = rows - rows.mean(axis=1, keepdims=True) if rows.size else rows
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    # What is left of a constant row is rounding.
    varying = lengths > 1e-9 * np.abs(rows).max(axis=1, initial=0.0, keepdims=True)
    return np.divide(centred, lengths, out=np.zeros_like(centred), where=varying)
