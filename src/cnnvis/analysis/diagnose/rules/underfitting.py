"""A loss that has come to rest far above 0, on training and validation images alike."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.analysis.diagnose.trend import trend

LEFT, MOST = 0.2, 0.97
"""Shares of the loss of guessing between which the loss has come to rest."""
OVER = 0.05
"""Share of the greatest learning rate below which the training is over: its loss is at rest then, whatever it did."""
FLAT = 0.12
"""Share of the loss by which it must surely have fallen less, over the last half of the steps."""
ALIKE = (0.75, 1.5)
"""Validation over training loss: below, dropout or augmentation makes training harder; above, it is overfitted."""
EPOCHS = 8
"""So often each image must have been seen: before, the network may only need more time."""
GOOD, FAIR = 0.9, 0.8
"""Training accuracy above which the loss is high for another reason, as with label smoothing; above the second it is a
hint, and only once the training is over: a lower rate would gain some more."""


def check(case: Case) -> Found | None:
    """Look at whether the training loss is high, flat, and about that of the validation."""
    if not case.cross_entropy or not np.isfinite(case.late_loss):
        return None
    start = len(case.loss.values) // 2
    if case.epochs < EPOCHS:
        return None
    found = trend(case.loss.values[start:])
    validation = case.late_metric("validation", "loss")
    over = _over(case)
    if found is None or case.late_accuracy > (GOOD if over else FAIR):
        return None
    if not over and (not found.flat(FLAT) or case.still_gaining):
        return None
    share, alike = case.late_loss / case.chance, validation / case.late_loss
    if not LEFT <= share <= MOST or not ALIKE[0] <= alike <= ALIKE[1]:
        return None
    return Found(
        severity="hint" if case.late_accuracy > FAIR else "warning",
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


def _over(case: Case) -> bool:
    """Whether the learning rate has been let fall to next to nothing."""
    rates = case.series.lists.get("learning_rate")
    if rates is None or not len(rates.steps):
        return False
    rate = np.nanmax(rates.values, axis=1)
    return bool(rate[-1] < OVER * rate.max())


RULE = Rule(
    name="underfitting", title="The network underfits", severity="warning", check=check,
    outcome=True, of_any=True, causes=False,
    needs=(needs.losses(100), needs.validations(4), needs.epochs),
)  # fmt: skip
