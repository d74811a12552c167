"""Steps so large that they destroy what was learned."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

RATIO, ALL, OTHER = 0.1, 0.1, 1.0
"""Change of the weights in one step over the weights: of some early steps, of half of them, and of one that left
nothing of the weights as it was; about 0.001 to 0.02 is usual."""
STEPS = 3
"""Measured steps that must be like that, unless one left nothing of the weights: the first one alone may be large."""
WORSE, POOR, HALF = 0.9, 0.75, 0.5
"""Late loss over the first loss (or that of guessing), for each of these: nothing, little, or only half was learned."""


def check(case: Case) -> Found | None:
    """Look for large updates in the first fifth, followed by a loss that is not finite or no better than guessing."""
    curves, ratio = case.per_unit("update/ratio"), case.update_ratio
    if not len(curves.steps) or not len(case.loss.steps):
        return None
    early = curves.steps <= max(20, case.last_step // 5)
    high = early & (np.nan_to_num(ratio, nan=0.0, posinf=np.inf) > RATIO)
    values = np.nan_to_num(ratio[early], nan=0.0, posinf=np.inf)
    if high.sum() < STEPS and not values.max(initial=0.0) > OTHER:
        return None
    worse = HALF if values.max() > OTHER else POOR if np.median(values) > ALL else WORSE
    reference = case.reference_loss
    if np.isfinite(case.late_loss) and case.late_loss < worse * reference:
        return None
    first = int(np.argmax(high))
    rates = case.series.lists.get("learning_rate")
    rate = float(np.nanmax(rates.values)) if rates is not None and len(rates.steps) else float("nan")
    return Found(
        first_step=int(curves.steps[first]),
        evidence=(
            evidence("update/ratio", "change of the weights in a step / weights, median over layers",
                     float(ratio[first]), RATIO, step=int(curves.steps[first])),
            evidence("loss", "loss in the end", case.late_loss, worse * reference),
            evidence("learning_rate", "learning rate", rate),
        ),
        cause="The learning rate is too high for these gradients.",
        remedy=f"Divide the learning rate by {_divisor(float(ratio[first]))}, or let it rise slowly over the first "
        "steps.",
    )  # fmt: skip


def _divisor(ratio: float) -> int:
    """Return a power of ten that brings the updates to about a hundredth of the weights."""
    return 100 if not np.isfinite(ratio) else int(10 ** np.clip(np.ceil(np.log10(ratio / 0.01)), 1, 4))


RULE = Rule(
    name="learning-rate-high",
    title="The learning rate is too high",
    severity="error",
    check=check,
    needs=(needs.losses(20), needs.measured(4)),
    explains=(
        "exploding-gradient", "dead-relu", "saturation", "nonfinite", "vanishing-gradient", "output-collapse",
        "chance-level", "underfitting", "label-noise", "learning-rate-not-decayed", "redundant-neurons",
        "weight-decay", "precision-overflow", "learning-rate-low", "overfitting",
    ),
)  # fmt: skip
