"""Bounded non-linearities that sit in their flat parts, where almost no gradient gets through."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case, onset
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.limits import SATURATED

FAILED = 0.6
"""Share of the first loss (or that of guessing) that is still there."""


def check(case: Case) -> Found | None:
    """Find the unit that was first flat for most of its values."""
    curves = case.per_unit("after/saturated")
    if not len(curves.steps):
        return None
    late = case.late_per_unit("after/saturated")
    found: list[tuple[int, int]] = []
    for place in np.flatnonzero(late > SATURATED):
        point = onset(curves.values[:, place] > SATURATED)
        if point is not None:
            found.append((int(curves.steps[point]), int(place)))
    # A layer may work in its flat parts and the network learn all the same.
    failed = not np.isfinite(case.late_loss) or case.late_loss >= FAILED * case.reference_loss
    if not found or not failed:
        return None
    step, place = min(found)
    unit = case.units[place]
    bias = case.late_per_unit("bias/mean")[place]
    return Found(
        title=f"{100 * late[place]:.0f} % of the values of a layer are saturated",
        layer=unit,
        layers=tuple(case.units[other] for _, other in sorted(found, key=lambda one: one[1])),
        first_step=step,
        evidence=(
            evidence("after/saturated", "share of values where the non-linearity is flat", float(late[place]),
                     SATURATED, layer=unit, step=step),
            evidence("bias/mean", "mean bias", float(bias), layer=unit),
        ),
        cause="What comes in is too large: by its bias, by its weights, or because inputs are not normalised.",
        remedy="Start with biases at 0 and Glorot's weights, put a norm before the non-linearity, or use ReLUs.",
    )  # fmt: skip


RULE = Rule(
    name="saturation",
    title="A sigmoid or tanh is saturated",
    severity="error",
    check=check,
    needs=(needs.measured(4), needs.recent),
    explains=(
        "vanishing-gradient", "learning-rate-low", "chance-level", "underfitting", "label-noise", "output-collapse",
        "redundant-neurons",
    ),
)  # fmt: skip
