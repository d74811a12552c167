"""Gradients far larger than the weights that they are to change."""

import numpy as np

from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

RATIO = 5.0
"""Norm of the gradient over that of the weights, before clipping; healthy networks start around 0.1 to 1."""
POINTS = 2
"""Measured steps in which it must be so, unless it is the first: the weights have grown with it by the next."""


def check(case: Case) -> Found | None:
    """Hold the gradients' norm against the weights' over all layers."""
    clipped, unclipped = case.run("gradient/norm_all"), case.run("gradient/unclipped_all")
    gradient = unclipped if len(unclipped.steps) == len(clipped.steps) else clipped
    weight = case.run("weight/norm_all")
    count = min(len(gradient.steps), len(weight.steps))
    if count < POINTS:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = gradient.values[:count] / weight.values[:count]
    above = np.flatnonzero(ratio > RATIO)
    if not len(above) or (len(above) < POINTS and above[0] != 0):
        return None
    first = int(above[0])
    layers = _layers(case, first)
    worst = float(np.max(ratio[above][np.isfinite(ratio[above])], initial=0.0))
    return Found(
        layer=layers[0] if layers else "",
        layers=layers,
        first_step=int(gradient.steps[first]),
        last_step=int(gradient.steps[above[-1]]),
        evidence=(
            evidence("gradient/unclipped_all", "norm of the gradient / norm of the weights, first", float(ratio[first]),
                     RATIO, step=int(gradient.steps[first])),
            evidence("gradient/unclipped_all", "the same at its greatest", worst, RATIO),
        ),
        cause="The loss is summed instead of averaged or multiplied, or the signal grows from layer to layer.",
        remedy="Average the loss over images and positions; clip the gradient's norm (clip_grad_norm_, 1.0); normalise "
        "the layers.",
    )  # fmt: skip


def _layers(case: Case, point: int) -> tuple[str, ...]:
    """Return the units whose own gradient is beyond the threshold there."""
    gradient, weight = case.per_unit("gradient/norm"), case.per_unit("weight/norm")
    if point >= len(gradient.steps) or point >= len(weight.steps):
        return ()
    with np.errstate(divide="ignore", invalid="ignore"):
        high = gradient.values[point] / weight.values[point] > RATIO
    return tuple(unit for unit, is_high in zip(case.units, high, strict=True) if is_high)


RULE = Rule(
    name="exploding-gradient",
    title="The gradients explode",
    severity="error",
    check=check,
    explains=(
        "learning-rate-high", "dead-relu", "saturation", "nonfinite", "precision-overflow", "output-collapse",
        "chance-level", "underfitting", "label-noise", "learning-rate-not-decayed",
    ),
)  # fmt: skip
