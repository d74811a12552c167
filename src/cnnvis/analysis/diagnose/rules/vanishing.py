"""Gradients that shrink from layer to layer until the first layers get next to none."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case, columns_median
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

RATIO = 1e-3
POINTS = 3


def check(case: Case) -> Found | None:
    """Hold each unit's gradient, relative to its weights, against the greatest behind it, in the first fifth."""
    gradient = case.ratio_per_unit("gradient/norm", "weight/norm")
    if len(gradient.steps) < POINTS:
        return None
    early = gradient.steps <= max(case.last_step // 5, int(gradient.steps[POINTS - 1]))
    relative = columns_median(gradient.values[early], len(case.units))
    known = np.flatnonzero(np.isfinite(relative))
    if len(known) < 3:
        return None
    greatest = np.maximum.accumulate(relative[known][::-1])[::-1]
    share = relative[known] / np.maximum(greatest, 1e-300)
    weak = known[(share < RATIO) & (relative[known] > 0)]
    if not len(weak) or weak[0] != known[0]:
        return None
    # Gradients come from behind: the last weak unit is where they have become too small.
    where = int(weak[-1])
    return Found(
        layer=case.units[where],
        layers=tuple(case.units[place] for place in weak),
        first_step=int(gradient.steps[0]),
        evidence=(
            evidence("gradient/norm", "gradient / weights of the first layer, against the greatest behind it",
                     float(share[0]), RATIO, layer=case.units[int(known[0])], step=int(gradient.steps[0])),
            evidence("gradient/norm", "layers that get less than a thousandth", len(weak)),
        ),
        cause="Each sigmoid or tanh, or each layer with small weights, passes only a part of the gradient on, and "
        "there are many in a row.",
        remedy="Use ReLUs with He's initialisation, batch norms, or skip connections.",
    )  # fmt: skip


RULE = Rule(
    name="vanishing-gradient",
    title="The gradients vanish before they reach the first layers",
    severity="error",
    check=check,
    needs=(needs.measured(POINTS),),
    explains=("learning-rate-low", "chance-level", "underfitting", "label-noise", "output-collapse",
              "redundant-neurons", "learning-rate-not-decayed"),
)  # fmt: skip
