"""From what was gathered in a measured step to the lists that the series hold."""

import math
from collections import deque

import numpy as np
from jaxtyping import Bool, Float

from cnnvis.observe.record.activations import Seen, UnitSums, bounded
from cnnvis.observe.record.first_place import AFTER, BEFORE, GRADIENT, IMAGES, WEIGHTS, Place
from cnnvis.observe.record.gather import Key
from cnnvis.observe.record.images import OUTPUT_NUMBERS
from cnnvis.observe.record.weights import WEIGHT_NUMBERS
from cnnvis.schema.graph import Unit
from cnnvis.schema.series import Number
from cnnvis.store.series import number

Found = dict[Key, Float[np.ndarray, " values"]]
DEAD_AFTER = 4
"""Measured steps in a row in which a neuron must be silent to count as dead."""


def numbers(values: Float[np.ndarray, " values"]) -> list[Number]:
    """Return an array as it is written; NaN as not measured."""
    return [None if math.isnan(value) else number(value) for value in values.tolist()]


class DeadNeurons:
    """Follows which neurons have been silent for some measured steps."""

    def __init__(self) -> None:
        self._history: dict[int, deque[Bool[np.ndarray, " neurons"]]] = {}

    def count(self, place: int, fired: Bool[np.ndarray, " neurons"]) -> tuple[int, int]:
        """Return how many neurons of a unit are silent now, and how many have been for long."""
        history = self._history.setdefault(place, deque(maxlen=DEAD_AFTER))
        history.append(fired)
        silent = int((~fired).sum())
        dead = int((~np.any(np.stack(history), axis=0)).sum()) if len(history) == DEAD_AFTER else 0
        return silent, dead


def activation_lists(units: tuple[Unit, ...], seen: Seen, dead: DeadNeurons) -> dict[str, list[Number]]:
    """Return the quantities of activations per unit."""
    silent, gone = np.full(len(units), np.nan), np.full(len(units), np.nan)
    for place, fired in seen.fired.items():
        silent[place], gone[place] = dead.count(place, fired)
    limits = np.array([1.0 if bounded(unit) else math.nan for unit in units])
    before, after = seen.before, seen.after
    lists = {
        "before/mean": before.share("total"),
        "before/std": before.deviation,
        "before/maximum": _ran(before, before.highest),
        "before/positive": before.share("positive"),
        "after/mean": after.share("total"),
        "after/std": after.deviation,
        "after/maximum": _ran(after, after.highest),
        "after/zero": after.share("zero"),
        "after/saturated": after.share("flat") * limits,
        "neurons": np.array([float(unit.neurons) for unit in units]),
        "silent": silent,
        "dead": gone,
        "nonfinite": _ran(before, before.nonfinite + np.where(_same(units), 0.0, after.nonfinite)),
        "activation_gradient/rms": seen.gradient,
    }
    return {name: numbers(values) for name, values in lists.items()}


def weight_lists(units: int, found: Found, scale: float) -> dict[str, list[Number]]:
    """Return the quantities of weights per unit; ``scale`` is that of gradients before they were unscaled."""
    columns = {
        **{f"weight/{name}": _column(units, found, "weight", index) for index, name in enumerate(WEIGHT_NUMBERS)},
        "bias/mean": _column(units, found, "bias", 0),
        "update/norm": _column(units, found, "update", 0),
        "gradient/norm": _column(units, found, "gradient", 0),
        "gradient/rms": _column(units, found, "gradient", 1),
        "gradient/nonfinite": _column(units, found, "gradient", 2),
        "gradient/unclipped": _column(units, found, "unclipped", 0) / scale,
    }
    with np.errstate(invalid="ignore", divide="ignore"):
        columns["update/ratio"] = columns["update/norm"] / columns["weight/norm"]
    return {name: numbers(values) for name, values in columns.items()}


def norm_lists(norms: int, found: Found) -> dict[str, list[Number]]:
    """Return the quantities of batch norms."""
    columns = {
        "norm/training": _column(norms, found, "norm_mode", 0),
        "norm/momentum": _column(norms, found, "norm_mode", 1),
        "norm/mean_shift": _column(norms, found, "norm_shift", 0),
        "norm/scale_ratio": _column(norms, found, "norm_shift", 1),
        "norm/divergence": _column(norms, found, "norm_shift", 2),
        "norm/fresh": _column(norms, found, "norm_shift", 3),
    }
    return {name: numbers(values) for name, values in columns.items()} if norms else {}


def run_numbers(found: Found) -> dict[str, Number]:
    """Return what is measured for the run: norms over all parameters, inputs and outputs."""
    values: dict[str, float] = {}
    for name, quantity in (
        ("gradient_all", "gradient/norm_all"), ("weight_all", "weight/norm_all"), ("update_all", "update/norm_all"),
    ):  # fmt: skip
        parts = [part[0] for key, part in found.items() if key[0] == name]
        if parts:
            values[quantity] = float(np.linalg.norm(parts))
    if ("input", 0) in found:
        values |= dict(zip(("input/minimum", "input/maximum", "input/nonfinite"), found["input", 0], strict=True))
    if ("output", 0) in found:
        names = (f"output/{name}" for name in OUTPUT_NUMBERS)
        values |= dict(zip(names, found["output", 0], strict=True))
    right = found.get(("right", 0))
    if right is not None and right[1] > 0:
        values["output/accuracy"] = right[0] / right[1]
    return {name: number(float(value)) for name, value in values.items()}


def first_nonfinite(units: tuple[Unit, ...], found: Found, seen: Seen) -> Place | None:
    """Return the first place with values that are not finite, and what they are: input, weights, activations."""
    if ("input", 0) in found and found["input", 0][2] > 0:
        return "", IMAGES
    backwards = list(reversed(list(enumerate(units))))
    for place, unit in backwards:  # spoilt by a gradient, which flows backwards
        weight = found.get(("weight", place))
        if weight is not None and weight[WEIGHT_NUMBERS.index("nonfinite")] > 0:
            return unit.id, WEIGHTS
    for place, unit in enumerate(units):
        if seen.before.nonfinite[place] > 0:
            return unit.id, BEFORE
        if seen.after.nonfinite[place] > 0:
            return unit.id, AFTER
    for place, unit in backwards:
        gradient = found.get(("gradient", place))
        if gradient is not None and gradient[2] > 0:
            return unit.id, GRADIENT
    return None


def _column(places: int, found: Found, name: str, index: int) -> Float[np.ndarray, " places"]:
    none = np.full(index + 1, np.nan)
    return np.array([found.get((name, place), none)[index] for place in range(places)], np.float64)


def _ran(sums: UnitSums, values: Float[np.ndarray, " units"]) -> Float[np.ndarray, " units"]:
    return np.where(sums.count > 0, values, np.nan)


def _same(units: tuple[Unit, ...]) -> Bool[np.ndarray, " units"]:
    return np.array([unit.before == unit.id for unit in units], bool)
