"""A loss that stays at what guessing costs."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import AT_CHANCE, ENOUGH, Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence


def check(case: Case) -> Found | None:
    """Hold the late loss against the cross-entropy of guessing, and look whether it still falls."""
    late = case.late_loss
    if not np.isfinite(late) or case.learns is not False:
        return None
    deviation = case.late("output/deviation")
    return Found(
        first_step=_since(case),
        evidence=(
            evidence("loss", f"loss in the end / loss of guessing among {case.classes} classes", late / case.chance,
                     AT_CHANCE),
            evidence("output/deviation", "deviation of the outputs over images", deviation),
        ),
        cause="The outputs do not depend on the images in a way that helps: none of the known causes was found.",
        remedy="Train on 20 images: a sound network learns them by heart; then look at labels, loss and learning rate.",
    )  # fmt: skip


def _since(case: Case) -> int:
    """Return the step after the last in which the loss, smoothed over five, was clearly lower."""
    values = case.loss.values
    if len(values) < 5:
        return 1
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(values, 5), axis=1)
    low = np.flatnonzero(smooth < 0.8 * case.chance)
    return int(case.loss.steps[min(int(low[-1]) + 5, len(values) - 1)]) if len(low) else 1


RULE = Rule(
    name="chance-level", title="The loss stays at the level of guessing", severity="error", check=check,
    explains=("underfitting", "learning-rate-not-decayed", "output-collapse", "redundant-neurons"),
    needs=(needs.losses(ENOUGH),), outcome=True, of_any=True,
)  # fmt: skip
