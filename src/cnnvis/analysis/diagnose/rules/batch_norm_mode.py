"""Batch norms that use their running statistics while the network trains."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

SHARE = 0.5


def check(case: Case) -> Found | None:
    """Look at the mode in the measured training passes."""
    curves = case.series.lists.get("norm/training")
    if curves is None or not len(curves.steps):
        return None
    used = np.nan_to_num(curves.values, nan=1.0).mean(axis=0)
    places = np.flatnonzero(used < SHARE)
    if not len(places):
        return None
    head, first = case.series.head, int(places[0])
    begun = int(curves.steps[np.argmax(curves.values[:, first] == 0)])
    layers = tuple(head.norm_units[place] or head.norms[place] for place in places)
    return Found(
        title=f"{len(places)} of {len(used)} batch norms are in evaluation mode during training",
        layer=layers[0],
        layers=layers,
        first_step=begun,
        evidence=(
            evidence("norm/training", f"share of training passes in which {head.norms[first]} used the batch",
                     float(used[first]), SHARE, layer=layers[0]),
        ),
        cause="model.eval() was called (for a validation, say) and model.train() was not called after it, or these "
        "norms are held in evaluation on purpose.",
        remedy="Call model.train() before each training epoch; freeze batch norms only in a network that was trained.",
    )  # fmt: skip


RULE = Rule(
    name="batch-norm-mode",
    title="Batch norms are in evaluation mode during training",
    severity="warning",
    check=check,
    needs=(needs.measured(2),),
    explains=(
        "inputs", "exploding-gradient", "learning-rate-high", "nonfinite", "dead-relu", "underfitting", "chance-level",
        "label-noise", "learning-rate-not-decayed", "output-collapse",
    ),
)  # fmt: skip
