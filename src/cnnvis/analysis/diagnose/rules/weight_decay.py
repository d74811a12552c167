"""Weight decay that shrinks the weights faster than the gradient can build them up."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

SHRUNK = 0.5
FOLDS = 1.0
"""Shrinkage by decay alone over the run, as the exponent of e."""


def check(case: Case) -> Found | None:
    """Hold the weights' loss of size against what the decay explains."""
    weight = case.run("weight/norm_all")
    folds = _folds(case)
    if len(weight.steps) < 2 or folds < FOLDS or weight.values[0] <= 0:
        return None
    left = float(weight.values[-1] / weight.values[0])
    if not left < SHRUNK:
        return None
    below = int(weight.steps[np.argmax(weight.values < SHRUNK * weight.values[0])])
    decay = case.series.lists["weight_decay"].values
    return Found(
        first_step=1,
        severity="error" if case.stuck else "warning",
        evidence=(
            evidence("weight/norm_all", "norm of the weights in the end / at the start", left, SHRUNK),
            evidence("weight_decay", "factors of e by which the decay alone shrinks the weights in this run", folds,
                     FOLDS),
            evidence("weight_decay", "weight decay", float(np.nanmax(decay))),
            evidence("weight/norm_all", "step at which half of the weights was gone", below),
        ),
        cause="The weight decay is too strong for this learning rate and number of steps.",
        remedy="Use a weight decay of 0.0005 with SGD, 0.01 to 0.1 with AdamW, and none on biases and norms.",
    )  # fmt: skip


def _folds(case: Case) -> float:
    """Sum learning rate x weight decay over the steps, with momentum's leverage where the decay is in the gradient."""
    rate, decay = case.series.lists.get("learning_rate"), case.series.lists.get("weight_decay")
    momentum = case.series.lists.get("momentum")
    if rate is None or decay is None or not len(rate.steps) or not len(decay.steps):
        return 0.0
    ends = np.append(rate.steps[1:], case.last_step + 1)
    exponents = ((ends - rate.steps)[:, None] * rate.values).sum(axis=0) * np.nanmax(decay.values, axis=0)
    for place, group in enumerate(case.series.head.groups):
        if group.optimizer == "SGD" and momentum is not None and len(momentum.steps):
            exponents[place] /= max(1e-3, 1.0 - float(np.nan_to_num(momentum.values[-1, place])))
    return float(np.nanmax(exponents, initial=0.0))


RULE = Rule(
    name="weight-decay",
    title="The weight decay is too strong",
    severity="warning",
    check=check,
    needs=(needs.steps(20), needs.measured(2)),
    explains=(
        "dead-relu", "vanishing-gradient", "learning-rate-low", "chance-level", "underfitting", "label-noise",
        "output-collapse", "redundant-neurons", "learning-rate-not-decayed", "learning-rate-high", "exploding-gradient",
    ),
)  # fmt: skip
