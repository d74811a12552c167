"""Classes that come far more often than others."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

RATIO = 6.0
ENOUGH = 20
"""Labels per class, on average, below which a rare class may be chance."""


def check(case: Case) -> Found | None:
    """Hold the most and the least frequent class against the one in the middle."""
    counts = case.series.lists.get("labels/count")
    if counts is None or not len(counts.steps):
        return None
    seen = counts.values[-1]
    total = float(seen.sum())
    if len(seen) < 2:
        return None
    middle = max(float(np.median(seen)), 1.0)
    most, least = float(seen.max()), float(seen.min())
    ratio = max(most / middle, middle / max(least, 1.0)) if len(seen) > 2 else most / max(least, 1.0)
    if ratio <= RATIO:
        return None
    return Found(
        title=f"Class {int(seen.argmax())} comes {most / max(least, 1.0):.0f} times as often as class "
        f"{int(seen.argmin())}",
        first_step=1,
        evidence=(
            evidence("labels/count", "frequency of a class against the class in the middle", ratio, RATIO),
            evidence("labels/count", "share of the most frequent class", most / total),
        ),
        cause="The training data holds the classes unevenly, or a filter or sampler leaves some out.",
        remedy="Sample the classes evenly, or weigh the loss by the inverse frequency; judge each class by itself.",
    )


RULE = Rule(
    name="class-imbalance",
    title="The classes are not balanced",
    severity="warning",
    check=check,
    needs=(needs.labels(ENOUGH),),
    explains=("output-collapse", "underfitting", "label-noise"),
)
