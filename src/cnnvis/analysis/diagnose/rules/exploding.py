"""Gradients far larger than the weights that they are to change."""

import numpy as np
from jaxtyping import Int

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.limits import EXPLODING

POINTS, SHARE = 2, 0.1
"""Measured steps in which it must be so, and their share, unless one threw the weights far off: by the next they have
grown with it. In the very first steps a sound network under Adam or clipping may be so, too."""
THROWN = 0.5
"""Change of the weights in a step over the weights, median over layers."""


def check(case: Case) -> Found | None:
    """Hold the gradients' norm against the weights' over all layers."""
    unclipped = len(case.run("gradient/unclipped_all").steps) > 0
    gradient = case.ratio("gradient/unclipped_all" if unclipped else "gradient/norm_all", "weight/norm_all")
    ratio = gradient.values
    above = np.flatnonzero(ratio > EXPLODING)
    if not len(above) or not (len(above) >= max(POINTS, SHARE * len(ratio)) or _thrown(case, gradient.steps[above])):
        return None
    first = int(above[0])
    layers = _layers(case, int(gradient.steps[first]))
    worst = float(np.max(ratio[above][np.isfinite(ratio[above])], initial=0.0))
    return Found(
        layer=layers[0] if layers else "",
        layers=layers,
        first_step=int(gradient.steps[first]),
        last_step=int(gradient.steps[above[-1]]),
        evidence=(
            evidence("gradient/unclipped_all", "norm of the gradient / norm of the weights, first", float(ratio[first]),
                     EXPLODING, step=int(gradient.steps[first])),
            evidence("gradient/unclipped_all", "the same at its greatest", worst, EXPLODING),
        ),
        cause="The loss is summed instead of averaged or multiplied, or the signal grows from layer to layer.",
        remedy="Average the loss over images and positions; clip the gradient's norm (clip_grad_norm_, 1.0); normalise "
        "the layers.",
    )  # fmt: skip


def _thrown(case: Case, steps: Int[np.ndarray, " points"]) -> bool:
    """Whether one of these steps left little of the weights as they were."""
    ratio = case.update_ratio[np.isin(case.per_unit("update/ratio").steps, steps)]
    return bool((ratio > THROWN).any())


def _layers(case: Case, step: int) -> tuple[str, ...]:
    """Return the units whose own gradient is beyond the threshold at a step."""
    curves = case.ratio_per_unit("gradient/norm", "weight/norm")
    rows = curves.values[curves.steps == step]
    if not len(rows):
        return ()
    return tuple(unit for unit, is_high in zip(case.units, rows[0] > EXPLODING, strict=True) if is_high)


RULE = Rule(
    name="exploding-gradient",
    title="The gradients explode",
    severity="error",
    check=check,
    needs=(needs.measured(2),),
    explains=(
        "learning-rate-high", "dead-relu", "saturation", "nonfinite", "precision-overflow", "output-collapse",
        "chance-level", "underfitting", "label-noise", "learning-rate-not-decayed",
    ),
)  # fmt: skip
