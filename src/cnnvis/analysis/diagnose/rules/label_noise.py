"""Labels that the images do not explain: shuffled, or partly wrong."""

import math

import numpy as np
from jaxtyping import Int

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import ENOUGH, Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

ERRORS = 0.2
"""Share of wrong answers from which on the mistakes are looked at."""
STRUCTURE = 0.025
"""Mistakes between classes that look alike pile up. Cramer's V squared is what chi-squared is above that of mistakes by
lot, over the most that it could be; it must surely be below this. On 400 images sound trainings are surely below 0.036
and more, those with 65 % wrong labels and more below 0.007 to 0.018."""
FEWEST = 6
"""Classes below which sound mistakes may look like those by lot: there are too few pairs to choose from."""
SURE = 1.645
"""Standard deviations that are exceeded by chance one time in twenty."""
PER_PAIR = 1.5
"""Mistakes per pair of classes below which their spread says nothing."""
ONE_ANSWER = 0.8
"""Share of the images that get the same answer, from which on the mistakes say nothing about the labels."""
LEAST_UPDATE = 1e-4
BY_HEART = 0.3
"""Training loss over that of guessing below which wrong labels are known by heart as well as right ones; labels of
which a fifth are wrong leave 0.4."""


def check(case: Case) -> Found | None:
    """Look at whether the mistakes on the probe images are spread as if the labels were drawn by lot."""
    updates = case.update_ratio
    updates = updates[np.isfinite(updates)]
    if case.statistics is None or case.blank or not len(updates) or not np.median(updates) > LEAST_UPDATE:
        return None
    if not np.isfinite(case.late_loss) or case.late_loss < BY_HEART * case.reference_loss:
        return None
    confusion = case.statistics.confusion[:, : case.classes]
    answers, right = int(confusion.sum()), int(np.trace(confusion))
    wrong = answers - right
    if answers == 0 or wrong < max(PER_PAIR * case.classes * (case.classes - 1), ERRORS * answers):
        return None
    if confusion.sum(axis=0).max() > ONE_ANSWER * answers:
        return None
    structure, most = mistakes_structure(confusion)
    if most > STRUCTURE:
        return None
    guesses = case.learns is False
    return Found(
        title="The network guesses, as if its labels did not belong to the images" if guesses else "",
        layer=case.graph.output or "",
        first_step=1,
        evidence=(
            evidence(
                "confusion",
                "how far the mistakes on the probe images pile up between some classes: 0 when they are by lot, 1 when "
                "each class is always taken for the same other one (Cramer's V squared)",
                structure,
            ),
            evidence("confusion", "the same at most, from how many mistakes there are", most, STRUCTURE),
            evidence("confusion", "share of wrong answers on the probe images", wrong / answers, ERRORS),
            evidence("loss", "loss in the end / loss of guessing", case.late_loss / case.chance),
        ),
        cause=("Where nothing else is found that keeps a network from learning, it is the labels: " if guesses else "")
        + "labels do not belong to their images: files and labels sorted differently, shuffled apart, or labelled "
        "carelessly.",
        remedy="Look at some images with their labels as they reach the loss; sort or join them by name.",
    )  # fmt: skip


def mistakes_structure(confusion: Int[np.ndarray, "classes outputs"]) -> tuple[float, float]:
    """Return Cramer's V squared of the mistakes, and what it may be at most, at odds of about 19 to 1.

    That is chi-squared beyond its degrees of freedom, over the number of mistakes and that of classes but one: about 0
    when a mistake's label says nothing about its answer, however many there are, 1 when it says all. Both are infinite
    when that cannot be told.
    """
    chi, freedom, spread = chi_squared(confusion)
    mistakes = int(confusion.sum() - np.trace(confusion))
    if freedom < 1 or not mistakes:
        return math.inf, math.inf
    most = mistakes * (min(confusion.shape) - 1)
    beyond = max(0.0, chi - freedom)
    margin = SURE * math.sqrt(2.0 * freedom + max(0.0, spread - 4.0 * freedom))  # by lot, and by how the counts scatter
    return beyond / most, (beyond + margin) / most


def chi_squared(confusion: Int[np.ndarray, "classes outputs"]) -> tuple[float, int, float]:
    """Return chi-squared of the mistakes against rows and columns that are independent, and its degrees of freedom.

    The diagonal is left out: expected counts are fitted to the rest by iterated scaling. Third comes the variance that
    the counts' own scatter gives it, to first order; of mistakes by lot it is four times the degrees of freedom.
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
    share = (observed[used] - expected[used]) ** 2 / expected[used]
    return float(share.sum()), freedom, float((4.0 * share * observed[used] / expected[used]).sum())


def _enough_images(case: Case) -> str:
    """Need so many classes and labelled probe images that mistakes could be told apart from chance."""
    if case.classes < FEWEST:
        return f"{FEWEST} classes needed, {case.classes} there"
    images = 0 if case.statistics is None else int(case.statistics.confusion.sum())
    needed = math.ceil(PER_PAIR * case.classes * (case.classes - 1))
    return "" if images >= needed else f"{needed:,} labelled probe images needed, {images:,} there"


RULE = Rule(
    name="label-noise",
    title="The labels do not belong to the images",
    severity="error",
    check=check,
    explains=("chance-level", "underfitting", "overfitting", "learning-rate-not-decayed"),
    needs=(needs.losses(ENOUGH), needs.snapshot, _enough_images),
)
