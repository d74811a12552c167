"""Values that are NaN or infinite, and where they first arose."""

import numpy as np

from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.series import Event

_PLACED = "Not finite: "
"""How an event begins that names the place."""
_LINE = "torch.autograd.set_detect_anomaly(True) names the line."
_WHY = {
    "the training images": (
        "The data holds them: a missing value, or a division by zero in the preprocessing.",
        "Find the image and mend the preprocessing; the weights since then are lost.",
    ),
    "its weights before the step": (
        "The step before left them so although its gradient was finite: a learning rate far too high, sums of the "
        "optimizer that grew beyond all bounds, or code that writes weights.",
        "Lower the learning rate, and look at what else changes the weights of this layer.",
    ),
    "the gradient of its weights": (
        "All values on the way forward were finite, but the derivative was not: a logarithm, root, norm or division at "
        "0 in the loss or right behind this layer.",
        "Keep the argument away from 0 (clamp, or add a small number inside of the root or logarithm); " + _LINE,
    ),
}
"""Cause and remedy by what was seen first."""
_VALUES = (
    "This is the first place that was seen with them: a logarithm, root or division of what may be 0 or "
    "below, or values that grew beyond all bounds.",
    "Keep the argument away from 0 (clamp, or add a small number) there; " + _LINE,
)
_UNKNOWN = (
    "A logarithm, root or division of what may be 0 or below, values that grew beyond all bounds, or an image with "
    "such values. The layer is not known: none was looked at in that step, and by the next one they were everywhere.",
    "Look for such a place in the network, the loss and the data; " + _LINE + " With every=1 the recorder "
    "looks at all layers in each step.",
)


def check(case: Case) -> Found | None:
    """Look for the first event about them, and for the place that was found with it."""
    events = [event for event in case.series.events if event.name == "nonfinite"]
    bad = case.loss.steps[~np.isfinite(case.loss.values)]
    if not events and not len(bad):
        return None
    step = min([*(event.step for event in events), *(int(one) for one in bad[:1])])
    placed = _first_place(events, step)
    layer = "" if placed is None else placed.layer
    where = "" if placed is None else placed.message.removeprefix(_PLACED).rstrip(".")
    cause, remedy = _WHY.get(where, _VALUES) if where else _UNKNOWN
    shown = [] if placed is None else [evidence("nonfinite", "step in which the place was seen", placed.step)]
    return Found(
        title=f"Values are not finite, first {where}" if where else "The loss is not finite" if len(bad) else "",
        layer=layer,
        first_step=step,
        evidence=(
            evidence("loss", "steps whose loss is not finite", len(bad), 0, layer=layer, step=step),
            *shown,
        ),
        cause=cause,
        remedy=remedy,
    )


def _first_place(events: list[Event], step: int) -> Event | None:
    """Return the event with the place; one from a later step is none: by then the values are in all layers."""
    return next((event for event in events if event.message.startswith(_PLACED) and event.step <= step), None)


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
