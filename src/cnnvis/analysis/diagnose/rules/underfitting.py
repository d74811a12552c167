"""A loss that has come to rest far above 0, on training and validation images alike."""

import numpy as np

from cnnvis.analysis.diagnose.case import Case, late
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

LEFT = 0.3
"""Share of the loss of guessing that must be left."""
FLAT = 0.15
ALIKE = 1.35
FEWEST = 60


def check(case: Case) -> Found | None:
    """Look at whether the training loss is high, flat, and no lower than the validation loss."""
    loss = case.loss
    if len(loss.steps) < FEWEST or not case.cross_entropy or not np.isfinite(case.late_loss):
        return None
    third = len(loss.values) // 3
    before, last = float(np.mean(loss.values[third:-third])), float(np.mean(loss.values[-third:]))
    share = last / case.chance
    validation = late(case.metric("validation", "loss"), case.late_from)
    if share < LEFT or share > 0.97 or last < (1 - FLAT) * before or validation > ALIKE * last:
        return None
    return Found(
        first_step=int(loss.steps[-third]),
        evidence=(
            evidence("loss", "loss of the last third / loss of guessing", share, LEFT),
            evidence("loss", "loss of the last third / of the third before", last / before, 1 - FLAT),
            evidence("metric/val/loss", "validation loss / training loss", validation / last, ALIKE),
        ),
        cause="The network is too small for the task, or held back too strongly by dropout or augmentation.",
        remedy="Use more channels or layers; weaken dropout and augmentation.",
    )


RULE = Rule(name="underfitting", title="The network underfits", severity="warning", check=check)
