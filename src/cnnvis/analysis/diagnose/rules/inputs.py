"""Inputs in a range that the network cannot work with, or another one than that of the probe images or batch norms."""

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

GREATEST = 6.0
"""Root mean square of the inputs above which the first layer's steps are far too large; images from 0 to 1 have 0.5."""
LEAST = 0.02
OFFSET = 4.0
"""Means beyond so many standard deviations (and beyond 2) make all neurons see nearly the same."""
PROBE_RATIO = 3.0
"""Augmentation changes a deviation by far less."""
NORM_DIVERGENCE = 0.8
"""What the first batch norm gets against what it expects, in nats per channel. Images of the kind that a network was
trained on are below 0.1; the same at half the contrast 0.4; not normalised at all, 1.1; from 0 to 255, thousands."""
USUAL = (0.25, 3.0)
"""Scale of the first layer's weights (see `initialisation`) at which its norm still tells about the inputs."""


def check(case: Case) -> Found | None:
    """Hold the first measured inputs against what is usual, the probe images, and the first batch norm."""
    return _blank(case) or _range(case) or _probe(case) or _norm(case)


def _blank(case: Case) -> Found | None:
    if not case.blank:
        return None
    return Found(
        title="All inputs are the same",
        layer=case.units[0] if case.units else "",
        first_step=_step(case, "input/std"),
        evidence=(evidence("input/std", "standard deviation of the inputs", 0.0, 0.0),),
        cause="The images are empty when they reach the network: a mask, a crop beyond the border, or integers divided "
        "to 0.",
        remedy="Look at a batch right before the network.",
    )


def _range(case: Case) -> Found | None:
    mean, std = _first(case, "input/mean"), _first(case, "input/std")
    if mean is None or std is None:
        return None
    size = float(np.sqrt(np.mean(mean**2 + std**2)))
    offset = float(np.max(np.abs(mean) / np.maximum(std, 1e-12)))
    far = offset > OFFSET and float(np.max(np.abs(mean))) > 2.0
    if LEAST <= size <= GREATEST and not far:
        return None
    value, threshold = (offset, OFFSET) if far and size <= GREATEST else (size, LEAST if size < LEAST else GREATEST)
    text = "mean of the inputs in standard deviations" if value == offset else "root mean square of the inputs"
    absorbed = bool(case.series.head.norms)
    return Found(
        severity="warning" if absorbed else "error",
        layer=case.units[0] if case.units else "",
        first_step=_step(case, "input/mean"),
        evidence=(
            evidence("input/mean", text, value, threshold),
            evidence("input/std", "standard deviation of the inputs", float(np.mean(std))),
        ),
        cause="The images reach the network as they are stored (0 to 255, say), or are scaled twice.",
        remedy="Subtract the data's mean and divide by its standard deviation per channel, once, in training and "
        "validation alike.",
    )


def _probe(case: Case) -> Found | None:
    mean, std = _first(case, "input/mean"), _first(case, "input/std")
    other_mean, other_std = _first(case, "probe/mean"), _first(case, "probe/std")
    if mean is None or std is None or other_mean is None or other_std is None or len(mean) != len(other_mean):
        return None
    floor = 1e-9
    ratio = float(np.max(np.abs(np.log((std + floor) / (other_std + floor)))))
    shift = float(np.max(np.abs(mean - other_mean) / np.maximum(np.maximum(std, other_std), floor)))
    if ratio <= np.log(PROBE_RATIO) and shift <= 1.0:
        return None
    return Found(
        title="Training and probe images are not preprocessed alike",
        layer=case.units[0] if case.units else "",
        first_step=_step(case, "input/mean"),
        evidence=(
            evidence(
                "probe/std", "factor between the deviations of training and probe images", float(np.exp(ratio)), 3
            ),
            evidence("probe/mean", "distance of their means in standard deviations", shift, 1),
        ),
        cause="Training and validation images go through different preprocessing.",
        remedy="Use one preprocessing for both; only augmentation belongs to the training alone.",
    )


def _norm(case: Case) -> Found | None:
    names = ("norm/divergence", "norm/scale_ratio", "norm/mean_shift", "norm/fresh")
    found = [case.series.lists.get(name) for name in names]
    if not all(curves is not None and curves.values.size for curves in found):
        return None
    apart, ratio, shift, fresh = (float(curves.values[0, 0]) for curves in found if curves is not None)
    if fresh != 0.0:
        return None  # a new norm expects nothing
    gain = case.per_unit("weight/gain").values
    if not len(gain) or not USUAL[0] < gain[0, 0] < USUAL[1]:
        return None  # then it is the first weights' doing
    if not apart > NORM_DIVERGENCE:
        return None
    head = case.series.head
    return Found(
        title="The inputs are not those that the first batch norm expects",
        severity="warning",
        layer=head.norm_units[0] or head.norms[0],
        first_step=_step(case, "norm/divergence"),
        evidence=(
            evidence("norm/divergence", "divergence from the running statistics in nats", apart, NORM_DIVERGENCE),
            evidence("norm/scale_ratio", "variance of the batch / running variance", ratio),
            evidence("norm/mean_shift", "distance from the running mean in deviations", shift),
        ),
        cause="The network was trained on images in another range or channel order, or its statistics belong to other "
        "weights.",
        remedy="Preprocess the images as for the training that the weights come from.",
    )


def _first(case: Case, name: str) -> Float[np.ndarray, " channels"] | None:
    curves = case.series.lists.get(name)
    finite = [] if curves is None else [row for row in curves.values if np.isfinite(row).all()]
    return finite[0] if finite else None


def _step(case: Case, name: str) -> int:
    return int(case.series.lists[name].steps[0])


RULE = Rule(
    name="inputs",
    title="The inputs are not normalised",
    severity="error",
    check=check,
    needs=(needs.measured(1),),
    explains=(
        "exploding-gradient", "learning-rate-high", "learning-rate-low", "dead-relu", "saturation", "nonfinite",
        "vanishing-gradient", "output-collapse", "label-noise", "underfitting", "overfitting", "chance-level",
        "learning-rate-not-decayed", "precision-overflow",
    ),
)  # fmt: skip
