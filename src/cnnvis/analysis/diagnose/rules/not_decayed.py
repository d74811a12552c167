"""A learning rate that is still high when the loss no longer falls, but jumps about."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.analysis.diagnose.trend import trend

KEPT = 0.5
"""Share of the greatest rate that the rate in the end must still have."""
RATIO = 4e-3
FLAT = 0.08
"""Share of the loss by which it must surely have fallen less, over the last half of the steps."""
LEFT, MOST = 0.04, 0.9
"""Shares of the loss of guessing between which there is something to gain, and something was learned."""
ROUGH = 0.2
"""Deviation of single losses over their mean from which on they jump about."""


def check(case: Case) -> Found | None:
    """Look at rate, updates and loss in the last half."""
    rates, loss = case.series.lists.get("learning_rate"), case.loss
    if rates is None or not len(rates.steps) or not case.cross_entropy:
        return None
    rate = np.nanmax(rates.values, axis=1)
    second = loss.values[len(loss.values) // 2 :]
    found = trend(second)
    if found is None or rate[-1] < KEPT * rate.max() or not found.flat(FLAT):
        return None
    ratio, level = case.late_update_ratio, found.level / case.chance
    rough = float(np.std(second)) / found.level
    if not ratio > RATIO or not LEFT < level < MOST or rough < ROUGH or case.still_gaining:
        return None
    return Found(
        first_step=int(loss.steps[len(loss.values) // 2]),
        evidence=(
            evidence("loss", "share by which the loss fell over the last half of the steps", found.fall, FLAT),
            evidence("loss", "margin of that share, from how the loss scatters", found.margin),
            evidence("loss", "deviation of single losses / their mean", rough, ROUGH),
            evidence("update/ratio", "change of the weights in a step / weights, in the end", ratio, RATIO),
            evidence("learning_rate", "learning rate in the end / greatest", float(rate[-1] / rate.max()), KEPT),
        ),
        cause="With steps of this size the weights jump around the minimum instead of coming to rest in it.",
        remedy="Let the learning rate fall: a cosine to 0 over the run, or a tenth of it now.",
    )


RULE = Rule(
    name="learning-rate-not-decayed",
    title="The learning rate should have fallen",
    severity="warning",
    check=check,
    explains=("underfitting",),
    needs=(needs.losses(100), needs.measured(8)),
    causes=False,
)
