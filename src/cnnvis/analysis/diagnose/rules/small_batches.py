"""Batch norms with batches too small for their running statistics."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

IMAGES = 4
"""Up to so many images per batch are few at any momentum."""
SMALL = 8
MOMENTUM = 0.2
"""With up to `SMALL` images, a greater weight of the newest batch than this makes the statistics wander."""
JUMPS = 0.1
"""What the validation loss, on running statistics, jumps by from one time to the next, over its median."""


def check(case: Case) -> Found | None:
    """Look at the images per pass and the norms' momentum, and whether the validation jumps about for it."""
    images, batches = case.run("images").values, case.run("batches").values
    momentum = case.series.lists.get("norm/momentum")
    mode = case.series.lists.get("norm/training")
    if not len(images) or momentum is None or mode is None or not len(momentum.steps):
        return None
    size = float(np.median(images / np.maximum(batches, 1.0)))
    weight = float(np.nanmax(momentum.values))
    if not (size <= IMAGES or (size <= SMALL and weight > MOMENTUM)) or float(np.nanmax(mode.values)) == 0.0:
        return None
    values = case.metric("validation", "loss").values
    second = values[len(values) // 2 :]
    jumps = float(np.mean(np.abs(np.diff(second))) / np.median(second))
    if not jumps > JUMPS:
        return None
    head = case.series.head
    return Found(
        layer=head.norm_units[0] or head.norms[0],
        layers=tuple(unit for unit in dict.fromkeys(head.norm_units) if unit),
        first_step=1,
        evidence=(
            evidence("images", "images per pass", size, IMAGES if size <= IMAGES else SMALL),
            evidence("metric/val/loss", "what the validation loss jumps by / its median", jumps, JUMPS),
            evidence("norm/momentum", "weight of a new batch in the running statistics", weight, MOMENTUM),
        ),
        cause="Each batch is normalised by statistics of a few images, and the running statistics, used in validation, "
        "follow the last of them.",
        remedy="Use larger batches, a norm's momentum of 0.01 to 0.05, or group norm, which does not look across "
        "images.",
    )  # fmt: skip


RULE = Rule(
    name="batch-norm-small-batches",
    title="The batches are too small for batch norm",
    severity="warning",
    check=check,
    needs=(needs.measured(4), needs.validations(6)),
    explains=("learning-rate-not-decayed", "underfitting", "overfitting", "label-noise"),
)
