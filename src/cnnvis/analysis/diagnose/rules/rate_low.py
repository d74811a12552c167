"""Steps so small that nothing changes."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

RATIO = 2e-4
"""Change of the weights in one step over the weights; about 0.001 to 0.02 is usual."""
GRADIENT = 5e-3
"""Gradient over weights that some unit must have: where none has, it is the gradient that is missing, not the rate."""
TRAINED = 0.9
"""Share of the loss of guessing below which a training begins with a network that has learned: small steps are then
what is wanted."""
GAINED = 0.25
"""Share of the first loss by which it must have fallen not to be called stuck."""


def check(case: Case) -> Found | None:
    """Look for tiny updates throughout and a loss that hardly moved."""
    ratio = case.update_ratio
    ratio = ratio[np.isfinite(ratio)]
    rates = case.series.lists.get("learning_rate")
    if not len(ratio) or rates is None or not len(rates.steps) or not np.isfinite(case.late_loss):
        return None
    typical, gained = float(np.quantile(ratio, 0.9)), 1.0 - case.late_loss / max(case.first_loss, 1e-12)
    if case.cross_entropy and case.first_loss < TRAINED * case.chance:
        return None
    if typical >= RATIO or gained >= GAINED or case.gradient_ratio < GRADIENT:
        return None
    return Found(
        first_step=1,
        evidence=(
            evidence("update/ratio", "change of the weights in a step / weights: nine in ten steps are below", typical,
                     RATIO),
            evidence("loss", "share of the first loss that was gained", gained, GAINED),
            evidence("learning_rate", "greatest learning rate", float(np.nanmax(rates.values))),
        ),
        cause="The learning rate is too low for these gradients.",
        remedy=f"Multiply the learning rate by {_factor(typical)} and look again after some hundred steps.",
    )  # fmt: skip


def _factor(ratio: float) -> int:
    """Return the power of ten that brings the updates to some thousandths of the weights."""
    return int(10 ** np.clip(np.round(np.log10(3e-3 / max(ratio, 1e-9))), 1, 5))


RULE = Rule(
    name="learning-rate-low",
    title="The learning rate is too low",
    severity="error",
    check=check,
    needs=(needs.losses(20), needs.measured(4)),
    explains=("chance-level", "underfitting", "label-noise", "output-collapse", "redundant-neurons"),
)
