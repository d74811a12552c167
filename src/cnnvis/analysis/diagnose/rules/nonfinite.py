"""Values that are NaN or infinite, and where they first arose."""

import numpy as np

from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence


def check(case: Case) -> Found | None:
    """Look for the first event about them, and for the place that was found with it."""
    events = [event for event in case.series.events if event.name == "nonfinite"]
    bad = case.loss.steps[~np.isfinite(case.loss.values)]
    if not events and not len(bad):
        return None
    placed = next((event for event in events if not event.message.startswith("The loss")), None)
    step = min([*(event.step for event in events), *(int(one) for one in bad[:1])])
    layer = "" if placed is None else placed.layer
    where = "" if placed is None else placed.message.removeprefix("Not finite: ").rstrip(".")
    images = where == "the training images"
    return Found(
        title=f"Values are not finite, first {where}" if where else "The loss is not finite",
        layer=layer,
        first_step=step,
        evidence=(
            evidence("loss", "steps whose loss is not finite", len(bad), 0, layer=layer, step=step),
            evidence("nonfinite", "first measured step with the place", step if placed is None else placed.step),
        ),
        cause="The data holds them: a missing value, or a division by zero in the preprocessing."
        if images
        else "This is the first place that was seen with them: a logarithm, root or division of what may be 0 or "
        "below, or values that grew beyond all bounds.",
        remedy="Find the image and mend the preprocessing; the weights since then are lost."
        if images
        else "Keep the argument away from 0 (clamp, or add a small number) there; "
        "torch.autograd.set_detect_anomaly(True) names the line.",
    )


RULE = Rule(
    name="nonfinite",
    title="Values are not finite",
    severity="error",
    check=check,
    explains=(
        "dead-relu", "output-collapse", "chance-level", "underfitting", "label-noise", "learning-rate-low",
        "vanishing-gradient", "redundant-neurons", "saturation", "learning-rate-high", "exploding-gradient",
    ),
)  # fmt: skip
