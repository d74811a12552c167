"""A loss that does not fit outputs that stand for classes."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.findings import Severity

_DISTANCES = {"MseLoss": "squared error", "L1Loss": "absolute error", "SmoothL1Loss": "smooth absolute error",
              "HuberLoss": "Huber's error"}  # fmt: skip


def check(case: Case) -> Found | None:
    """Look at the operations that the loss came from, and at its sign."""
    names = case.loss_functions
    if not names or case.classes < 2:
        return None
    distance = _DISTANCES.get(names[0]) or ("absolute error" if names[:2] == ("Abs", "Sub") else "")
    if distance:
        cause = f"The loss is the {distance} to one-hot labels, which hardly punishes confident mistakes."
        return _found(case, cause, "Use cross-entropy on the logits.", "warning")
    if names[0].startswith("NllLoss") and not any(name.startswith("Log") for name in names[1:]):
        cause = "The negative log-likelihood gets outputs that are no logarithms of probabilities: it has no minimum."
        return _found(case, cause, "Use cross-entropy on the logits, or a log-softmax before this loss.", "error")
    return None


def _found(case: Case, cause: str, remedy: str, severity: Severity) -> Found:
    values = case.loss.values[np.isfinite(case.loss.values)]
    return Found(
        severity=severity,
        layer=case.graph.output or "",
        first_step=1,
        evidence=(evidence("loss", f"least loss, of {case.loss_functions[0]}", float(values.min(initial=np.inf)), 0),),
        cause=cause,
        remedy=remedy,
    )


RULE = Rule(
    name="wrong-loss",
    title="The loss does not fit the outputs",
    severity="error",
    check=check,
    needs=(needs.loss_functions,),
    explains=(
        "learning-rate-high", "exploding-gradient", "nonfinite", "underfitting", "chance-level", "label-noise",
        "output-collapse", "dead-relu", "learning-rate-low", "learning-rate-not-decayed", "overfitting",
    ),
)  # fmt: skip
