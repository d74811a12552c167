"""A validation loss that rises while the training loss goes on falling."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

RISEN, NO_LESS = 1.15, 1.005
"""Validation loss late in the training over its least value; the second where the training loss is next to nothing."""
TWICE = 2.0
"""So many times the gap in accuracy that is needed, and the loss need not have risen where training is over."""
NOISE = 2.0
"""The rise over what the mean of some validation losses may be off by."""
FACTOR, FAR = 3.0, 10.0
"""Validation loss over training loss; from the second on, the training loss is next to nothing beside it."""
GAP = 0.15
LEFT = 0.15
"""Share of the loss of guessing by which validation must be above training."""


def check(case: Case) -> Found | None:
    """Hold validation against training, in loss and where possible in accuracy."""
    validation = case.metric("validation", "loss")
    values, train = validation.values, case.late_loss
    if not np.isfinite(values).all() or not np.isfinite(train):
        return None
    tail = max(2, len(values) // 4)
    means = np.convolve(values, np.ones(tail) / tail, mode="valid")
    least, lowest, end = int(means.argmin()), float(means.min()), float(means[-1])
    risen = end / max(lowest, 1e-12)
    # Each mean is over so many values, and the lowest of several is low by chance.
    noise = float(np.median(np.abs(np.diff(values)))) / np.sqrt(tail)
    gap = case.late_accuracy - case.late_metric("validation", "accuracy")
    apart = end > FACTOR * train and end - train > LEFT * case.chance and not gap <= GAP
    needed = NO_LESS if end > FAR * train else RISEN
    rises = risen >= needed and end - lowest >= NOISE * noise
    over = end > FAR * train and gap > TWICE * GAP and not case.still_gaining
    if not apart or not (rises or over):
        return None
    return Found(
        first_step=int(validation.steps[least + tail // 2]),
        evidence=(
            evidence("metric/val/loss", "validation loss / its least value", risen, needed),
            evidence("metric/val/loss", "validation loss / training loss", end / max(train, 1e-12), FACTOR),
            evidence("metric/val/accuracy", "training accuracy - validation accuracy", gap, GAP),
        ),
        cause="The network learns the training images by heart: it is large for so few of them.",
        remedy="Stop at the least validation loss; add augmentation, weight decay or dropout, or more images.",
    )


RULE = Rule(
    name="overfitting", title="The network overfits", severity="warning", check=check, causes=False,
    needs=(needs.validations(6),),
)  # fmt: skip
