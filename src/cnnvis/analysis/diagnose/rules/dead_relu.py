"""Neurons that rise above 0 nowhere any more, so that a rectifier passes nothing on and gets no gradient."""

import math

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case, onset
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.findings import Evidence
from cnnvis.schema.limits import DEAD

IDLE = 0.8
"""Share of zeros in a layer from which on it may be why a network is stuck; sound layers come up to 0.9."""
GRADIENT = 5e-3
"""Gradient over weights below which in all layers nothing can be learned; sound networks have 0.05 to 0.5."""
_REMEDY = (
    "Initialise biases at 0 and weights by He's method, lower the learning rate, set a batch norm before the ReLU, or "
    "use a leaky one."
)
LEARNS, SPARE = 0.5, 0.8
"""Loss over that of guessing below which the network learns all the same, and the share of dead neurons that is then
worth a word: sound ones lose up to 0.7 of a hidden layer."""
FEWEST = 4
"""Units with fewer neurons are not judged: one of two is half of them."""


def check(case: Case) -> Found | None:
    """Find the unit in which most neurons fell silent first."""
    silent, dead, count = case.per_unit("silent"), case.per_unit("dead"), case.per_unit("neurons")
    if not len(silent.steps) or not len(dead.steps) or not len(count.steps):
        return None
    learns = case.late_loss < LEARNS * case.reference_loss
    least = SPARE if learns else DEAD
    found: list[tuple[int, int]] = []
    for place, unit in enumerate(case.units):
        neurons = float(np.nanmax(count.values[:, place], initial=0.0))
        share = _needed(least, neurons)
        if (
            neurons < FEWEST
            or unit in case.gates
            or not _confirmed(case, unit, share)
            or not np.isfinite(dead.values[-1, place])
            or dead.values[-1, place] < share * neurons
        ):
            continue
        point = onset(silent.values[:, place] >= share * neurons)
        found.append((int(silent.steps[0 if point is None else point]), place))
    idle = _mostly_zero(case)
    if not found or (idle is not None and (idle.first_step, case.positions[idle.layer]) < min(found)):
        return idle
    step, place = min(found)
    unit, neurons = case.units[place], float(np.nanmax(count.values[:, place]))
    share = _needed(least, neurons)
    from_start = step <= int(silent.steps[0])
    # Neurons count as dead only after some measured steps in which they were silent.
    seen = dead.steps[(dead.steps >= step) & (dead.values[:, place] >= share * neurons)]
    return Found(
        title=f"{dead.values[-1, place]:.0f} of {neurons:.0f} neurons are dead"
        + (" from the start" if from_start else f" since step {step}"),
        severity="warning" if learns else "error",
        layer=unit,
        layers=tuple(case.units[other] for _, other in sorted(found, key=lambda one: one[1])),
        neurons=_neurons(case, unit),
        first_step=step,
        evidence_step=int(seen[0]) if len(seen) else None,
        evidence=(
            evidence("dead", "share of the neurons that are silent in four measured steps in a row",
                     float(dead.values[-1, place]) / neurons, share, layer=unit),
            *_told(case, place),
        ),
        cause=_cause(case, place, from_start=from_start),
        remedy=_REMEDY,
    )  # fmt: skip


def _needed(share: float, neurons: float) -> float:
    """Return the share of dead neurons that is no chance: of few, some more by what a lot of so many scatters."""
    return min(1.0, share + 0.5 / math.sqrt(max(1.0, neurons)))


def _mostly_zero(case: Case) -> Found | None:
    """Find the first unit that hardly fires in a network that is stuck and gets next to no gradient."""
    zero = case.late_per_unit("after/zero")
    rectified = {unit.id for unit in case.known_units() if unit.rectified and unit.id not in case.gates}
    idle = [place for place, unit in enumerate(case.units) if unit in rectified and zero[place] > IDLE]
    if not idle or not case.stuck or not case.gradient_ratio < GRADIENT:
        return None
    place, curves = idle[0], case.per_unit("after/zero")
    unit, point = case.units[place], onset(curves.values[:, place] > IDLE)
    step = int(curves.steps[point or 0])
    return Found(
        title=f"{100 * zero[place]:.0f} % of a layer's values are 0, and no gradient to speak of gets through",
        layer=unit,
        layers=tuple(case.units[other] for other in idle),
        neurons=_neurons(case, unit),
        first_step=step,
        evidence=(
            evidence("after/zero", "share of values that are exactly 0", float(zero[place]), IDLE, layer=unit),
            evidence("gradient/norm", "gradient / weights of the layer that gets most", case.gradient_ratio, GRADIENT),
            *_told(case, place)[:2],
        ),
        cause=_cause(case, place, from_start=step <= int(curves.steps[0])),
        remedy=_REMEDY,
    )


def _confirmed(case: Case, unit: str, share: float) -> bool:
    """Whether the probe images say the same: in small batches a sound neuron may be silent for some steps."""
    if case.statistics is None or unit not in case.statistics.units:
        return True
    return bool(case.statistics.units[unit].never_active.mean() >= share)


def _told(case: Case, place: int) -> tuple[Evidence, ...]:
    layer = case.units[place]
    texts = {
        "bias/mean": "mean bias",
        "weight/negative": "share of incoming weights below 0",
        "after/zero": "share of values that are exactly 0",
    }
    values = {name: case.late_per_unit(name)[place] for name in texts}
    return tuple(evidence(name, texts[name], float(value), layer=layer) for name, value in values.items()
                 if np.isfinite(value))  # fmt: skip


def _cause(case: Case, place: int, *, from_start: bool) -> str:
    bias, negative = case.late_per_unit("bias/mean")[place], case.late_per_unit("weight/negative")[place]
    if np.isfinite(bias) and bias < -1.0:
        why = "Its biases are far below 0, so that no input lifts its neurons above 0."
    elif np.isfinite(negative) and negative > 0.58:
        why = "Its incoming weights are mostly negative while its input, behind a ReLU, is never below 0."
    else:
        why = "What comes in is too weak or too one-sided to lift its neurons above 0."
    return why if from_start else f"{why} A step too large drove it there."


def _neurons(case: Case, unit: str) -> tuple[int, ...]:
    if case.statistics is None or unit not in case.statistics.units:
        return ()
    return tuple(int(neuron) for neuron in np.flatnonzero(case.statistics.units[unit].never_active))


RULE = Rule(
    name="dead-relu",
    title="Most neurons of a layer are dead",
    severity="error",
    check=check,
    needs=(needs.measured(8), needs.recent),
    explains=(
        "vanishing-gradient", "output-collapse", "learning-rate-low", "chance-level", "underfitting", "label-noise",
        "weight-decay",
    ),
)  # fmt: skip
