"""Labels that the images do not explain: shuffled, or partly wrong."""

import math

import numpy as np
from jaxtyping import Int

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

ERRORS = 0.2
"""Share of wrong answers from which on the mistakes are looked at."""
STRUCTURE = 1.9
"""Mistakes between classes that look alike pile up: chi-squared per degree of freedom is then far above 1. Sound
trainings with as many mistakes as are needed have 2.2 and more, by lot 0.7 to 1.4, with 60 % wrong 1.8."""
PER_PAIR = 1.5
"""Mistakes per pair of classes below which their spread says nothing."""
ONE_ANSWER = 0.7
"""Share of the images that get the same answer, from which on the mistakes say nothing about the labels."""
LEAST_UPDATE = 1e-4


def check(case: Case) -> Found | None:
    """Look at whether the mistakes on the probe images are spread as if the labels were drawn by lot."""
    updates = case.update_ratio
    updates = updates[np.isfinite(updates)]
    if case.statistics is None or case.blank or not len(updates) or not np.median(updates) > LEAST_UPDATE:
        return None
    if not np.isfinite(case.late_loss):
        return None
    confusion = case.statistics.confusion[:, : case.classes]
    answers, right = int(confusion.sum()), int(np.trace(confusion))
    wrong = answers - right
    if answers == 0 or wrong < max(PER_PAIR * case.classes * (case.classes - 1), ERRORS * answers):
        return None
    if confusion.sum(axis=0).max() > ONE_ANSWER * answers:
        return None
    structure = mistakes_structure(confusion)
    if structure > STRUCTURE:
        return None
    return Found(
        layer=case.graph.output or "",
        first_step=1,
        evidence=(
            evidence("confusion", "chi-squared per degree of freedom of the mistakes on the probe images", structure,
                     STRUCTURE),
            evidence("confusion", "share of wrong answers on the probe images", wrong / answers, ERRORS),
            evidence("loss", "loss in the end / loss of guessing", case.late_loss / case.chance),
        ),
        cause="Labels do not belong to their images: files and labels sorted differently, shuffled apart, or labelled "
        "carelessly.",
        remedy="Look at some images with their labels as they reach the loss; sort or join them by name.",
    )  # fmt: skip


def mistakes_structure(confusion: Int[np.ndarray, "classes outputs"]) -> float:
    """Return chi-squared per degree of freedom of the mistakes against rows and columns that are independent.

    The diagonal is left out: expected counts are fitted to the rest by iterated scaling. About 1 when a mistake's
    label says nothing about its answer, infinite when that cannot be told.
    """
    size = min(confusion.shape)
    observed = confusion[:size, :size].astype(np.float64)
    off = ~np.eye(size, dtype=bool)
    observed[~off] = 0.0
    expected = off.astype(np.float64)
    for _ in range(50):
        for axis in (1, 0):
            total = expected.sum(axis=axis, keepdims=True)
            expected *= observed.sum(axis=axis, keepdims=True) / np.where(total > 0, total, 1.0)
    used = off & (expected > 1e-9)
    rows, columns = int((observed.sum(1) > 0).sum()), int((observed.sum(0) > 0).sum())
    freedom = int(used.sum()) - rows - columns + 1
    if freedom < 1 or not used.any():
        return float("inf")
    return float((((observed - expected) ** 2)[used] / expected[used]).sum() / freedom)


def _enough_images(case: Case) -> str:
    """Need so many labelled probe images that their mistakes could be told apart from chance."""
    images = 0 if case.statistics is None else int(case.statistics.confusion.sum())
    needed = math.ceil(PER_PAIR * case.classes * (case.classes - 1))
    return "" if images >= needed else f"{needed:,} labelled probe images needed, {images:,} there"


RULE = Rule(
    name="label-noise",
    title="The labels do not belong to the images",
    severity="error",
    check=check,
    explains=("chance-level", "underfitting", "overfitting", "learning-rate-not-decayed"),
    needs=(needs.snapshot, _enough_images),
)
