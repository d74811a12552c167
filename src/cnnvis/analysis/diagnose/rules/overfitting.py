"""A validation loss that rises while the training loss goes on falling."""

import numpy as np

from cnnvis.analysis.diagnose.case import Case, late
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

RISEN = 1.02
"""Validation loss over its least value: it no longer falls."""
FACTOR = 3.0
GAP = 0.15
LEFT = 0.15
"""Share of the loss of guessing by which validation must be above training."""


def check(case: Case) -> Found | None:
    """Hold validation against training, in loss and where possible in accuracy."""
    validation = case.metric("validation", "loss")
    if len(validation.steps) < 3 or not np.isfinite(validation.values).all():
        return None
    least = int(validation.values.argmin())
    end = late(validation, case.late_from)
    train = case.late_loss
    if not np.isfinite(end) or not np.isfinite(train):
        return None
    risen = end / max(float(validation.values[least]), 1e-12)
    gap = case.late_accuracy - late(case.metric("validation", "accuracy"), case.late_from)
    apart = end > FACTOR * train and end - train > LEFT * case.chance and not gap <= GAP
    if not apart or risen < RISEN:
        return None
    return Found(
        first_step=int(validation.steps[least]),
        evidence=(
            evidence("metric/val/loss", "validation loss / its least value", risen, RISEN),
            evidence("metric/val/loss", "validation loss / training loss", end / max(train, 1e-12), FACTOR),
            evidence("metric/val/accuracy", "training accuracy - validation accuracy", gap, GAP),
        ),
        cause="The network learns the training images by heart: it is large for so few of them.",
        remedy="Stop at the least validation loss; add augmentation, weight decay or dropout, or more images.",
    )


RULE = Rule(name="overfitting", title="The network overfits", severity="warning", check=check)
