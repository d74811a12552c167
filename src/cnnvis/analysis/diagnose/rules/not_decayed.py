"""A learning rate that is still high when the loss no longer falls, but jumps about."""

import numpy as np

from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

KEPT = 0.5
"""Share of the greatest rate that the rate in the end must still have."""
RATIO = 5e-3
FLAT = 0.1
"""Share of the loss by which the last third must be below the third before it to count as falling."""
LEFT = 0.04
"""Share of the loss of guessing below which there is nothing left to gain."""
FEWEST = 60


def check(case: Case) -> Found | None:
    """Look at rate, updates and loss in the last two thirds."""
    rates, loss = case.series.lists.get("learning_rate"), case.loss
    if rates is None or not len(rates.steps) or len(loss.steps) < FEWEST or not np.isfinite(loss.values).all():
        return None
    rate = np.nanmax(rates.values, axis=1)
    if rate[-1] < KEPT * rate.max() or not case.cross_entropy:
        return None
    updates = case.update_ratio[-max(3, len(case.update_ratio) // 4) :]
    updates = updates[np.isfinite(updates)]
    ratio = float(np.median(updates)) if len(updates) else 0.0
    third = len(loss.values) // 3
    before, last = float(np.mean(loss.values[third:-third])), float(np.mean(loss.values[-third:]))
    if not ratio > RATIO or last < (1 - FLAT) * before or not LEFT * case.chance < last < 0.9 * case.chance:
        return None
    return Found(
        first_step=int(loss.steps[-third]),
        evidence=(
            evidence("loss", "mean loss of the last third / of the third before", last / before, 1 - FLAT),
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
)
