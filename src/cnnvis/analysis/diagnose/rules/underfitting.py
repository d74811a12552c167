"""A loss that has come to rest far above 0, on training and validation images alike."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.analysis.diagnose.trend import trend

LEFT, MOST = 0.3, 0.97
"""Shares of the loss of guessing between which the loss has come to rest."""
FLAT = 0.12
"""Share of the loss by which it must surely have fallen less, over the last half of the steps."""
ALIKE = (0.85, 1.35)
"""Validation over training loss: below, dropout or augmentation makes training harder; above, it is overfitted."""
EPOCHS = 8
"""So often each image must have been seen: before, the network may only need more time."""
GOOD = 0.8
"""Training accuracy above which the loss is high for another reason, as with label smoothing."""


def check(case: Case) -> Found | None:
    """Look at whether the training loss is high, flat, and about that of the validation."""
    if not case.cross_entropy or not np.isfinite(case.late_loss):
        return None
    start = len(case.loss.values) // 2
    if case.epochs < EPOCHS:
        return None
    found = trend(case.loss.values[start:])
    validation = case.late_metric("validation", "loss")
    if found is None or not found.flat(FLAT) or case.still_gaining or case.late_accuracy > GOOD:
        return None
    share, alike = case.late_loss / case.chance, validation / case.late_loss
    if not LEFT <= share <= MOST or not ALIKE[0] <= alike <= ALIKE[1]:
        return None
    return Found(
        first_step=int(case.loss.steps[start]),
        evidence=(
            evidence("loss", "loss of the last quarter / loss of guessing", share, LEFT),
            evidence("loss", "share by which the loss fell over the last half of the steps", found.fall, FLAT),
            evidence("loss", "margin of that share, from how the loss scatters", found.margin),
            evidence("metric/val/loss", "validation loss / training loss", alike, ALIKE[1]),
            evidence("input/images", "times that each training image was seen, about", case.epochs, EPOCHS),
        ),
        cause="The network is too small for the task, or held back too strongly by dropout or augmentation.",
        remedy="Use more channels or layers; weaken dropout and augmentation.",
    )


RULE = Rule(
    name="underfitting", title="The network underfits", severity="warning", check=check,
    outcome=True, of_any=True, causes=False,
    needs=(needs.losses(100), needs.validations(4), needs.epochs),
)  # fmt: skip
