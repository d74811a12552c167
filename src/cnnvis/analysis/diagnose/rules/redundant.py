"""Neurons of one layer that say the same on every image."""

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.statistics import UnitStatistics

ALIKE = 0.995
"""Correlation over the probe images from which on two neurons may be twins."""
SAME_PLACES = 0.75
"""Share of its strongest places, in images, that a twin has in common with the other one. Without this the means over
whole maps decide, and in first layers those are mostly how much ink an image has: sound ones reach 0.998 and share
0.64 of the places at most, neurons that began equal share all."""
SHARE = 0.4
FEWEST = 6
IMAGES = 32


def check(case: Case) -> Found | None:
    """Find the first unit in which many neurons have a twin."""
    if case.statistics is None:
        return None
    worst: tuple[str, ...] = ()
    shares: list[float] = []
    first: tuple[int, ...] = ()
    for unit in case.known_units():
        means = case.statistics.probe.means.get(unit.id)
        if means is None or unit.neurons < FEWEST or len(means) < IMAGES:
            continue
        if unit.id == case.graph.output or unit.id in case.gates:
            continue
        twins = repeated(means.astype(np.float64), strongest_places(case.statistics.units.get(unit.id)))
        active = int((means.astype(np.float64).std(axis=0) > 0).sum())
        if active >= FEWEST and len(twins) >= SHARE * active:
            worst, first = (*worst, unit.id), first or twins
            shares.append(len(twins) / active)
    if not worst:
        return None
    return Found(
        title=f"{len(first)} neurons of a layer repeat another one",
        layer=worst[0],
        layers=worst,
        neurons=first,
        first_step=case.last_step,
        evidence=(
            evidence("correlation", "share of the active neurons that repeat another one", shares[0], SHARE,
                     layer=worst[0]),
            evidence("correlation", "layers in which this is so", len(worst)),
        ),
        cause="The layer is wider than what there is to tell apart, or its neurons began with equal weights and so "
        "stay equal.",
        remedy="Remove the repeated neurons and train on; give each neuron its own random weights at the start.",
    )  # fmt: skip


def strongest_places(seen: UnitStatistics | None) -> Int[np.ndarray, "neurons k"] | None:
    """Return a number for each of the places at which each neuron is strongest; None where there are no places.

    A place is a position in an image; -1 where there is none. Only the strongest upwards are known: of two neurons in a
    map that are each other's negative nothing is said.
    """
    if seen is None or not (seen.top_y.any() or seen.top_x.any()):
        return None
    places = np.stack([seen.top_sample, seen.top_y, seen.top_x], axis=2).reshape(-1, 3)
    numbers = np.unique(places, axis=0, return_inverse=True)[1].reshape(seen.top_sample.shape)
    return np.where(seen.top_sample >= 0, numbers, -1)


def repeated(
    means: Float[np.ndarray, "images neurons"], places: Int[np.ndarray, "neurons k"] | None = None
) -> tuple[int, ...]:
    """Return the neurons whose means correlate with those of a neuron before them by more than `ALIKE`, either way up.

    Neurons that are the same on all images are left out. Only what is kept is compared with: twins of a removed neuron
    count once.

    Args:
        means: Each image's mean of each neuron.
        places: The places at which each neuron is strongest, most of which twins have in common; None: not asked for.

    """
    centred = means - means.mean(axis=0)
    norm = np.linalg.norm(centred, axis=0)
    varied = norm > 1e-6 * max(1.0, float(norm.max(initial=0.0)))
    unit = np.where(varied, centred / np.where(norm > 0, norm, 1.0), 0.0)
    alike = np.abs(unit.T @ unit) > ALIKE
    kept: list[int] = []
    found: list[int] = []
    for neuron in np.flatnonzero(varied):
        twins = [other for other in kept if alike[neuron, other]]
        if places is not None:
            own = places[neuron][places[neuron] >= 0]
            common = np.isin(places[twins], own).sum(axis=1)
            twins = common[common >= max(1.0, SAME_PLACES * len(own))]
        (found if len(twins) else kept).append(int(neuron))
    return tuple(found)


RULE = Rule(
    name="redundant-neurons",
    title="Neurons repeat each other",
    severity="hint",
    check=check,
    needs=(needs.snapshot,),
    causes=False,
    outcome=True,
    of_any=True,
    explains=("underfitting",),
)
