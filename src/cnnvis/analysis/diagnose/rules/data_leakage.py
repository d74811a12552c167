"""Training images in the probe set: what is measured on it says nothing about new images."""

import numpy as np

from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

SHARE = 0.05


def check(case: Case) -> Found | None:
    """Look at how many training images were recognised, unless the recorder itself took the probe set from them."""
    curve = case.run("input/in_probe")
    probe = case.series.lists.get("probe/mean")
    if not len(curve.steps) or probe is None or not len(probe.steps) or probe.steps[0] > 0:
        return None
    if case.blank:
        return None  # images that are all the same are recognised everywhere
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


RULE = Rule(
    name="data-leakage",
    title="Training images are in the probe set",
    severity="warning",
    check=check,
)
