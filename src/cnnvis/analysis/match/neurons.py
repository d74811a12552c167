"""Neurons of one layer in two networks: counterparts answer to the same classes (design: match)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.optimize import linear_sum_assignment

IDENTITY_SHARE = 0.8
"""Layers whose neurons agree, one by one, nearly as well as in the best assignment are the same neurons."""
FEWEST_CLASSES = 4
"""Profiles over fewer classes tell no neuron from another."""
WEAKEST = 0.5
"""Profiles whose correlation is below this are no counterparts."""
BY_CHANCE = 0.1
"""Part of the counterparts that may be there by chance."""
FEWEST_TURNS, MOST_TURNS, TURNED_PAIRS = 5, 20, 2000
"""How often profiles are turned at random to see what chance gives: until there are about so many pairs."""

Rows = Float[np.ndarray, "neurons classes"]


@dataclass(frozen=True, kw_only=True, eq=False)
class NeuronMatch:
    """The counterpart of each neuron."""

    target: Int[np.ndarray, " source"]
    """Neuron of the other layer; -1 without one. No neuron is given twice."""
    identity: bool
    """Whether the two layers have the same neurons in the same order."""
    agreement: float | None
    """Mean correlation of the matched profiles; None where no profile allows one."""
    least: float | None
    """Lowest correlation that chance does not give; None where numbers matched, or nothing is better than chance."""


def match_neurons(
    source: Float[np.ndarray, "source classes"], target: Float[np.ndarray, "target classes"]
) -> NeuronMatch:
    """Find for each neuron of one layer its counterpart in another.

    Neurons are assigned one to one so that the sum of the correlations of their class profiles is largest. With few
    classes and many neurons, chance alone gives high correlations: the same assignment is made for the other layer's
    profiles turned at random in the space of the classes, which keeps how they differ from one another. The pairs kept
    are those from the lowest correlation on, 0.5 or more, at which at most one in ten would be there by chance.

    Layers of equal size are taken to have the same neurons, matched by number, where these agree at least 0.8 times as
    well as in the best assignment, by 0.5 or more, and better than in any turned layer; or where fewer than four
    classes are known in both.

    Args:
        source: Class profiles, mean activation per class; NaN for a class without images.
        target: Those of the other layer, over the same classes.

    """
    known = np.isfinite(source).all(axis=0) & np.isfinite(target).all(axis=0)
    one, other = normalised(source[:, known]), normalised(target[:, known])
    same_size = len(source) == len(target)
    defined = np.linalg.norm(one, axis=1) > 0
    if int(known.sum()) < FEWEST_CLASSES or not defined.any():
        numbers = np.arange(len(source)) if same_size else np.full(len(source), -1)
        return NeuronMatch(target=numbers, identity=same_size, agreement=None, least=None)
    rows, columns, assigned = _assigned(one, other)
    turned = list(_turned(other, times=_turns(len(assigned))))
    if same_size:
        agreement = _agreement(one, other, defined)
        enough = max(WEAKEST, IDENTITY_SHARE * float(assigned.sum()) / int(defined.sum()))
        if agreement >= enough and agreement > max(_agreement(one, each, defined) for each in turned):
            return NeuronMatch(target=np.arange(len(source)), identity=True, agreement=agreement, least=None)
    least = _least(assigned, [_assigned(one, each)[2] for each in turned])
    good = np.zeros(len(assigned), np.bool_) if least is None else assigned >= least
    found = np.full(len(source), -1)
    found[rows[good]] = columns[good]
    agreement = float(assigned[good].mean()) if good.any() else None
    return NeuronMatch(target=found, identity=False, agreement=agreement, least=least)


def _agreement(one: Rows, other: Rows, defined: Bool[np.ndarray, " neurons"]) -> float:
    """Return the mean correlation of the neurons of equal number."""
    return float((one * other).sum(axis=1)[defined].mean())


def _assigned(
    one: Float[np.ndarray, "source classes"], other: Float[np.ndarray, "target classes"]
) -> tuple[Int[np.ndarray, " pairs"], Int[np.ndarray, " pairs"], Float[np.ndarray, " pairs"]]:
    """Return the pairs with the largest sum of correlations, and these."""
    alike = one @ other.T
    rows, columns = linear_sum_assignment(-alike)
    return rows, columns, alike[rows, columns]


def _turns(pairs: int) -> int:
    return int(np.clip(TURNED_PAIRS // max(pairs, 1), FEWEST_TURNS, MOST_TURNS))


def _turned(rows: Rows, *, times: int) -> Iterator[Rows]:
    """Yield the profiles turned at random: correlations among themselves stay, those with others are chance."""
    rng = np.random.default_rng(0)
    classes = rows.shape[1]
    # Profiles have mean 0: they lie in the space at right angles to the constant profile, and stay in it.
    axes = np.linalg.svd(np.eye(classes) - 1 / classes)[0][:, : classes - 1]
    inside = rows @ axes
    for turn in np.linalg.qr(rng.normal(size=(times, classes - 1, classes - 1)))[0]:
        yield inside @ turn @ axes.T


def _least(found: Float[np.ndarray, " pairs"], by_chance: Sequence[Float[np.ndarray, " pairs"]]) -> float | None:
    """Return the lowest correlation from which on at most `BY_CHANCE` of the pairs are chance; None for none."""
    values = np.sort(found)[::-1]
    chance = np.sort(np.concatenate(by_chance))
    expected = (len(chance) - np.searchsorted(chance, values)) / len(by_chance)
    good = (expected <= BY_CHANCE * np.arange(1, len(values) + 1)) & (values >= WEAKEST)
    return float(values[np.flatnonzero(good).max()]) if good.any() else None


def normalised(rows: Rows) -> Rows:
    """Return rows of mean 0 and length 1, so that products are correlations; 0 for a row that does not vary."""
    rows = rows.astype(np.float64)
    centred = rows - rows.mean(axis=1, keepdims=True) if rows.size else rows
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    # What is left of a constant row is rounding.
    varying = lengths > 1e-9 * np.abs(rows).max(axis=1, initial=0.0, keepdims=True)
    return np.divide(centred, lengths, out=np.zeros_like(centred), where=varying)
