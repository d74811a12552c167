"""A momentum so high that the steps carry on for longer than the gradients of small batches agree."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.payoff import payoff
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

MOMENTUM = 0.97
"""At 0.9 a step carries on for ten more, at 0.97 for 33, at 0.995 for 200."""
FAILED, HARDLY = 0.5, 0.75
"""Shares of the first loss (or that of guessing) that are still there: with the loss risen again (or the steps of
the last half in vain), or by itself."""
RISEN = 1.5
"""Late loss over the least that there was, smoothed."""
SMOOTH = 20


def check(case: Case) -> Found | None:
    """Look for a high momentum, and a loss that failed or rose again."""
    momentum = case.series.lists.get("momentum")
    if momentum is None or not len(momentum.steps):
        return None
    highest = float(np.nanmax(np.nan_to_num(momentum.values)))
    if highest < MOMENTUM or case.last_step * (1 - highest) < 0.25:
        return None
    values = case.loss.values
    reference = case.reference_loss
    if not np.isfinite(values).all():
        failed, risen = np.inf, np.inf
    else:
        smooth = np.convolve(values, np.ones(SMOOTH) / SMOOTH, mode="valid")
        failed, risen = case.late_loss / reference, case.late_loss / max(float(smooth.min()), 1e-12)
    late = payoff(case)
    vain = late is not None and (late.nothing or late.loss.rises(0.0))
    if failed < FAILED or (failed < HARDLY and risen < RISEN and not vain):
        return None
    images, batches = case.run("images").values, case.run("batches").values
    size = float(np.median(images / np.maximum(batches, 1.0))) if len(images) else float("nan")
    return Found(
        first_step=1,
        evidence=(
            evidence("momentum", "momentum of the optimizer", highest, MOMENTUM),
            evidence("loss", "loss in the end / first loss or that of guessing", failed, FAILED),
            evidence("loss", "loss in the end / least loss before, smoothed over 20 steps", risen, RISEN),
            evidence("images", "images per pass", size),
            evidence("loss", "first step whose loss is clearly above that of the start", _since(case, reference)),
        ),
        cause=f"With a momentum of {highest:g} a step carries on for about {1 / max(1e-6, 1 - highest):.0f} more: the "
        "noise of small batches adds up, and the effective learning rate is as many times the one that was set.",
        remedy="Use a momentum of 0.9; with a higher one divide the learning rate by as much as 1 / (1 - momentum) "
        "grows, and use larger batches.",
    )


def _since(case: Case, reference: float) -> int:
    """Return the first step at which the loss was clearly above what it had been at the start."""
    above = np.flatnonzero(~(case.loss.values <= 1.2 * reference))
    return int(case.loss.steps[above[0]]) if len(above) else 1


RULE = Rule(
    name="momentum-high",
    title="The optimizer's momentum is too high",
    severity="error",
    check=check,
    needs=(needs.losses(60),),
    explains=(
        "learning-rate-high", "exploding-gradient", "dead-relu", "saturation", "nonfinite", "vanishing-gradient",
        "output-collapse", "chance-level", "underfitting", "label-noise", "learning-rate-not-decayed",
        "redundant-neurons", "weight-decay", "overfitting",
    ),
)  # fmt: skip
