"""Overflow under mixed precision: more steps left out than the search for a loss scale explains."""

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

SHARE = 0.1
FEWEST = 6
"""A loss scale of 65,536 that is right at 1,024 costs six steps, once."""


def check(case: Case) -> Found | None:
    """Count the steps that were left out."""
    events = [event for event in case.series.events if event.name == "overflow"]
    share = len(events) / max(1, len(events) + len(case.loss.steps))
    if len(events) <= FEWEST or share <= SHARE:
        return None
    scales = [event.value for event in events if event.value is not None]
    return Found(
        first_step=events[0].step,
        last_step=events[-1].step,
        evidence=(
            evidence("scale/overflows", "share of steps that were left out", share, SHARE),
            evidence("scale/value", "loss scale in the end", scales[-1] if scales else float("nan")),
        ),
        cause="Activations or gradients are beyond float16's 65,504 whatever the loss scale: the loss is summed "
        "instead of averaged, or the weights or inputs are too large.",
        remedy="Use bfloat16, or keep the layer with the greatest activations in float32 and average the loss.",
    )


RULE = Rule(
    name="precision-overflow",
    title="Steps are left out: values overflow under mixed precision",
    severity="error",
    check=check,
    needs=(needs.scaler,),
    explains=(
        "nonfinite",
        "chance-level",
        "learning-rate-low",
        "exploding-gradient",
        "learning-rate-high",
        "label-noise",
        "output-collapse",
        "underfitting",
    ),
)
