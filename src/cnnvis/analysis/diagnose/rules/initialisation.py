"""Weights that start too small or too large for the signal to keep its size through the layers."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

LEAST, GREATEST = 0.25, 3.0
"""Root mean square times the root of the fan-in: He 1.41, Glorot about 1, PyTorch's default 0.58."""
OUTPUTS = (0.1, 8.0)
"""Deviation of an untrained network's outputs over images between which nothing has gone wrong."""

FAR = 3.0
"""Loss of an untrained network over that of guessing from which on it is sure of wrong answers."""


def check(case: Case) -> Found | None:
    """Look at the first measured weights of units without a batch norm, the last unit left out when they are small."""
    curves = case.per_unit("weight/gain")
    if not len(curves.steps):
        return None
    gains = curves.values[0].copy()
    for place, unit in enumerate(case.units):
        if unit in case.series.head.norm_units:
            gains[place] = np.nan
    weighted = np.flatnonzero(np.isfinite(gains))
    if not len(weighted):
        return None
    last = weighted[-1]
    odd = [int(p) for p in weighted if gains[p] > GREATEST or (gains[p] < LEAST and p != last)]
    if not odd:
        return None
    spread = case.run("output/deviation").values
    far = case.cross_entropy and case.first_loss > FAR * case.chance
    if len(spread) and OUTPUTS[0] < spread[0] < OUTPUTS[1] and not far:
        return None  # norms, or the other layers, make up for it
    first = odd[0]
    small = bool(gains[first] < LEAST)
    return Found(
        title=f"The first weights are too {'small' if small else 'large'}",
        layer=case.units[first],
        layers=tuple(case.units[place] for place in odd),
        first_step=0,
        evidence=(
            evidence("weight/gain", "weights' root mean square times the root of the fan-in", float(gains[first]),
                     LEAST if small else GREATEST, layer=case.units[first], step=int(curves.steps[0])),
            evidence("weight/gain", "units of which this is so", len(odd)),
        ),
        cause=f"Each such layer {'shrinks' if small else 'blows up'} the signal and its gradient by about this factor.",
        remedy="Initialise with He's method before ReLUs (nn.init.kaiming_normal_) or Glorot's before sigmoid and "
        "tanh, or put a batch norm behind each convolution.",
    )  # fmt: skip


RULE = Rule(
    name="initialisation",
    title="The first weights have the wrong scale",
    severity="error",
    check=check,
    needs=(needs.measured(1),),
    explains=(
        "precision-overflow", "exploding-gradient", "vanishing-gradient", "learning-rate-high", "learning-rate-low",
        "dead-relu", "saturation", "nonfinite", "chance-level", "underfitting", "label-noise", "output-collapse",
        "learning-rate-not-decayed", "redundant-neurons", "weight-decay", "overfitting",
    ),
)  # fmt: skip
