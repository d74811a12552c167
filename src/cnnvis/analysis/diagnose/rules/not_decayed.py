"""A learning rate that is still high when the steps mostly undo each other."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.payoff import NOTHING, payoff
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

KEPT = 0.5
"""Share of the greatest rate that the rate in the end must still have."""
RATIO = 4e-3
LEFT, MOST = 0.04, 0.95
"""Shares of the loss of guessing between which there is something to gain, and something was learned."""


def check(case: Case) -> Found | None:
    """Look at rate and updates in the last half, and at what these pay."""
    rates = case.series.lists.get("learning_rate")
    if rates is None or not len(rates.steps) or not case.cross_entropy:
        return None
    rate, found = np.nanmax(rates.values, axis=1), payoff(case)
    if found is None or rate[-1] < KEPT * rate.max() or not found.nothing:
        return None
    ratio, level = case.late_update_ratio, found.loss.level / case.chance
    if not ratio > RATIO or not LEFT < level < MOST:
        return None
    return Found(
        first_step=found.since,
        evidence=(
            evidence("loss", "what the loss gained over the last half of the steps / what they promised", found.gain),
            evidence("loss", "the same at most, from how the loss scatters", found.most, NOTHING),
            evidence("loss", "share by which the loss fell over the last half of the steps", found.loss.fall),
            evidence("update/ratio", "change of the weights in a step / weights, in the end", ratio, RATIO),
            evidence("learning_rate", "learning rate in the end / greatest", float(rate[-1] / rate.max()), KEPT),
        ),
        cause="With steps of this size the weights jump around the minimum instead of coming to rest in it: what one "
        "step gains, the next ones undo.",
        remedy="Let the learning rate fall: a cosine to 0 over the run, or a tenth of it now.",
    )  # fmt: skip


RULE = Rule(
    name="learning-rate-not-decayed",
    title="The learning rate should have fallen",
    severity="warning",
    check=check,
    explains=("underfitting",),
    needs=(needs.losses(100), needs.measured(8)),
    causes=False,
)
