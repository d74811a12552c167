"""Softmax before a loss that applies it again: the loss cannot fall below a floor."""

import math
from itertools import pairwise

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

_SOFTMAXES = ("Softmax", "LogSoftmax")


def check(case: Case) -> Found | None:
    """Look for two in a row behind the loss, or for outputs that already sum to one under a log-softmax."""
    names = [name for name in case.loss_functions if name not in {"View", "Squeeze", "Reshape", "ToCopy"}]
    twice = any(first == "LogSoftmax" and second in _SOFTMAXES for first, second in pairwise(names))
    summed = case.run("output/sum_error").values
    least = case.run("output/minimum").values
    already = len(summed) > 0 and float(summed.max()) < 1e-3 and len(least) > 0 and float(least.min()) >= 0.0
    if not twice and not (already and "LogSoftmax" in names):
        return None
    classes = max(2, case.classes)
    floor = math.log(1 + (classes - 1) / math.e)
    return Found(
        layer=case.graph.output or "",
        first_step=1,
        evidence=(
            evidence("loss", f"least loss that can be reached with {classes} classes", floor),
            evidence("loss", "loss in the end", case.late_loss, floor),
            evidence("output/sum_error", "distance between the sum of an image's outputs and 1",
                     float(summed.max()) if len(summed) else math.nan, 1e-3),
        ),
        cause="The network ends in a softmax, and the cross-entropy applies it again to the probabilities.",
        remedy="Remove the softmax at the network's end and hand the logits to the loss.",
    )  # fmt: skip


RULE = Rule(
    name="double-softmax",
    title="Softmax is applied twice",
    severity="error",
    check=check,
    needs=(needs.measured(1),),
    explains=(
        "rectified-logits", "underfitting", "chance-level", "label-noise", "learning-rate-low", "vanishing-gradient",
        "learning-rate-not-decayed", "output-collapse", "redundant-neurons",
    ),
)  # fmt: skip
