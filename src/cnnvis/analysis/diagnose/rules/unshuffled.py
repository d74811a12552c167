"""Batches that hold only some of the classes: the data come in the order in which they are stored."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

SHARE = 0.5
"""Classes in a batch over those that a shuffled one would hold."""
BATCHES = 4


def check(case: Case) -> Found | None:
    """Hold the number of classes in each measured batch against what chance would give."""
    counts = case.series.lists.get("labels/count")
    if counts is None or len(counts.steps) < BATCHES:
        return None
    batches = np.diff(counts.values, axis=0, prepend=0.0)
    sizes = batches.sum(axis=1)
    batches, sizes = batches[sizes > 0], sizes[sizes > 0]
    frequency = counts.values[-1] / counts.values[-1].sum()
    expected = (1.0 - (1.0 - frequency)[None] ** sizes[:, None]).sum(axis=1)
    shares = (batches > 0).sum(axis=1) / expected
    share = float(np.median(shares))
    if len(shares) < BATCHES or share >= SHARE or (frequency > 0).sum() < 2:
        return None
    return Found(
        first_step=int(counts.steps[0]),
        evidence=(
            evidence("labels/count", "classes in a batch / in a shuffled one, median over batches", share, SHARE),
            evidence("labels/count", "classes in a batch, median", float(np.median((batches > 0).sum(axis=1)))),
        ),
        cause="The images come class by class, and the network learns to answer with the class that it saw last.",
        remedy="Shuffle: DataLoader(..., shuffle=True), or a sampler that mixes the classes.",
    )


RULE = Rule(
    name="unshuffled-batches",
    title="The batches are not shuffled",
    severity="error",
    check=check,
    needs=(needs.measured(BATCHES), needs.labels(1)),
    explains=(
        "class-imbalance", "learning-rate-high", "exploding-gradient", "dead-relu", "saturation", "vanishing-gradient",
        "learning-rate-low", "label-noise", "chance-level", "output-collapse", "learning-rate-not-decayed",
        "overfitting", "underfitting", "redundant-neurons",
    ),
)  # fmt: skip
