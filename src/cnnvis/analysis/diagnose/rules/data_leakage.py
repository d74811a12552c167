"""Training images where others should be: in the probe set, or behind the validation's numbers."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.series import METRIC, metric_meaning

SHARE = 0.05
SAME = 1e-6
"""Relative distance below which two numbers are one."""
TIMES = 3
"""So many times in a row they must be, and not always the same value."""


def check(case: Case) -> Found | None:
    """Look for training images that were recognised, and for a validation that says what the training says."""
    return _recognised(case) or _same_numbers(case)


def _recognised(case: Case) -> Found | None:
    curve = case.run("input/in_probe")
    if not len(curve.steps) or not _own_probe(case) or case.blank:  # empty images are recognised everywhere
        return None
    share = float(np.mean(curve.values))
    if share <= SHARE:
        return None
    return Found(
        first_step=int(curve.steps[np.argmax(curve.values > 0)]),
        evidence=(evidence("input/in_probe", "share of the training images that are in the probe set", share, SHARE),),
        cause="The validation data overlaps with the training data: split after augmentation or copying, or the same "
        "loader used twice.",
        remedy="Split by image before anything else, and give the recorder images that are not trained on.",
    )


def _own_probe(case: Case) -> bool:
    """Whether the probe images were handed over; else the recorder itself took them from the training."""
    probe = case.series.lists.get("probe/mean")
    return probe is not None and len(probe.steps) > 0 and int(probe.steps[0]) == 0


def _same_numbers(case: Case) -> Found | None:
    meanings = {name: metric_meaning(name) for name in case.series.run if name.startswith(METRIC)}
    for name, (part, _) in sorted(meanings.items()):
        if part != "validation":
            continue
        validation = case.series.run[name]
        for other in sorted(one for one, (its, _) in meanings.items() if its == "train"):
            train = case.series.run[other]
            steps, first, second = np.intersect1d(validation.steps, train.steps, return_indices=True)
            one, two = validation.values[first], train.values[second]
            same = np.abs(one - two) <= SAME * np.maximum(np.abs(one), 1e-9)
            if len(steps) >= TIMES and same.all() and np.ptp(one) > 0:
                told, held = name.removeprefix(METRIC), other.removeprefix(METRIC)
                return Found(
                    title=f"{told} and {held} are the same numbers",
                    first_step=int(steps[0]),
                    evidence=(evidence(name, f"times that {told} equals {held}, of {len(steps)}", len(steps), TIMES),),
                    cause="Both are computed on the same images, or one of them is logged under both names.",
                    remedy="Validate on images that are not trained on; look at the loader that the validation gets.",
                )
    return None


RULE = Rule(
    name="data-leakage",
    title="Training images are in the probe set",
    severity="warning",
    check=check,
    needs=(needs.measured(2),),
    causes=False,
)
