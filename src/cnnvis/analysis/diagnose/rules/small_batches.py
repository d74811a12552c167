"""Batch norms with batches too small for their statistics."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

IMAGES = 3
"""Up to so many images per pass, each is normalised mostly by itself and one or two others, at any momentum."""
BEHIND = 16
"""Images behind the running statistics, which are a mean with weights that fade: with batches of 32 and the usual
momentum about 600, with batches of 4 still 76."""
JUMPS = 0.1
"""What the validation loss, on running statistics, jumps by from one time to the next, over its median."""
HARDER = 0.85
"""Validation over training loss below which the training's own normalisation makes its images harder to tell."""


def check(case: Case) -> Found | None:
    """Look at the images per pass and those behind the running statistics, and whether that does harm."""
    images, batches = case.run("images").values, case.run("batches").values
    momentum = case.series.lists.get("norm/momentum")
    mode = case.series.lists.get("norm/training")
    if not len(images) or momentum is None or mode is None or not len(momentum.steps):
        return None
    size = float(np.median(images / np.maximum(batches, 1.0)))
    weight = float(np.nanmax(momentum.values))
    behind = size * (2.0 - weight) / weight if weight > 0 else np.inf
    if (size > IMAGES and behind > BEHIND) or float(np.nanmax(mode.values)) == 0.0:
        return None
    jumps, harder = _harm(case)
    head = case.series.head
    return Found(
        severity="warning" if jumps > JUMPS or harder < HARDER else "hint",
        layer=head.norm_units[0] or head.norms[0],
        layers=tuple(unit for unit in dict.fromkeys(head.norm_units) if unit),
        first_step=1,
        evidence=(
            evidence("images", "images per pass", size, IMAGES),
            evidence("norm/momentum", "images behind the running statistics, about", behind, BEHIND),
            evidence("norm/momentum", "weight of a new batch in the running statistics", weight),
            evidence("metric/val/loss", "what the validation loss jumps by / its median", jumps, JUMPS),
            evidence("metric/val/loss", "validation loss / training loss", harder, HARDER),
        ),
        cause="Each batch is normalised by statistics of a few images, and the running statistics, used in validation, "
        "follow the last of them.",
        remedy="Use larger batches, a norm's momentum of 0.01 to 0.05, or group norm, which does not look across "
        "images.",
    )  # fmt: skip


def _harm(case: Case) -> tuple[float, float]:
    """Return what the validation loss jumps by, and its share of the training loss, both late; NaN without enough."""
    values = case.metric("validation", "loss").values
    second = values[len(values) // 2 :]
    if len(second) < 3 or not np.isfinite(second).all():
        return np.nan, np.nan
    jumps = float(np.mean(np.abs(np.diff(second))) / max(float(np.median(second)), 1e-12))
    return jumps, case.late_metric("validation", "loss") / max(case.late_loss, 1e-12)


RULE = Rule(
    name="batch-norm-small-batches",
    title="The batches are too small for batch norm",
    severity="warning",
    check=check,
    needs=(needs.measured(4),),
    explains=("learning-rate-not-decayed", "underfitting", "overfitting", "label-noise"),
)
