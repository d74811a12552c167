"""One class predicted for nearly every image."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.limits import COLLAPSED

SPARE = 0.3
"""By so much the prediction must exceed the class's own share of the labels."""


def check(case: Case) -> Found | None:
    """Look at the share of the class most often predicted, late in the training."""
    curve, share = case.run("output/top_share"), case.late("output/top_share")
    if not np.isfinite(share) or share < COLLAPSED or case.classes < 2:
        return None
    labels, predicted = case.series.lists.get("labels/count"), case.series.lists.get("predicted/share")
    most = 1.0 / case.classes
    if labels is not None and len(labels.steps) and labels.values[-1].sum() > 0:
        most = float(labels.values[-1].max() / labels.values[-1].sum())
    if share < most + SPARE or _always(case) or not (_convinced(case) or case.learns is False):
        return None
    low = np.flatnonzero(curve.values < COLLAPSED / 2)
    first = int(low[-1]) + 1 if len(low) else 0
    which = "one class" if predicted is None or not len(predicted.steps) else f"class {predicted.values[-1].argmax()}"
    return Found(
        title=f"Nearly every image is predicted as {which}",
        layer=case.graph.output or "",
        first_step=int(curve.steps[min(first, len(curve.steps) - 1)]),
        evidence=(
            evidence("output/top_share", "share of the images that get the class most often predicted", share,
                     COLLAPSED),
            evidence("labels/count", "share of the most frequent class among the labels", most),
        ),
        cause="The loss weighs one class far above the others, or nothing but the last layer's bias is learned.",
        remedy="Look at the class weights and the sampler; then at the layers before the last one.",
    )  # fmt: skip


def _convinced(case: Case) -> bool:
    """Whether the answer is given with more than half of what there is of confidence above that of guessing.

    The outputs of a network that has hardly begun differ less between images than between classes: then it is one class
    for all of them, and means nothing.
    """
    return not case.late("output/confidence") < (1.0 + 1.0 / case.classes) / 2.0


def _always(case: Case) -> bool:
    """Whether it has been the same class since before anything was learned: an untrained network's answer."""
    predicted = case.series.lists.get("predicted/share")
    if predicted is None or not len(predicted.steps):
        return False
    classes = predicted.values.argmax(axis=1)
    return bool((classes == classes[0]).all() and (predicted.values.max(axis=1) >= COLLAPSED).all())


RULE = Rule(
    name="output-collapse",
    title="Nearly every image is predicted as one class",
    severity="error",
    check=check,
    explains=("chance-level", "underfitting", "label-noise", "redundant-neurons", "learning-rate-not-decayed",
              "overfitting"),
    needs=(needs.measured(4),),
    outcome=True,
)  # fmt: skip
