"""First signs of trouble, cheap enough to be looked for in every line that is written: a snapshot is then taken.

They name no cause. What is wrong is found by the rules of the diagnosis, from all that was recorded; the thresholds
that both know stand in one place.
"""

import math
from collections import deque
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from cnnvis.schema.limits import COLLAPSED, DEAD, EXPLODING, SATURATED
from cnnvis.schema.series import Number
from cnnvis.store.series import as_float

_RISEN = 3.0
"""A loss so many times the typical one of the steps before is a sign."""
_REMEMBERED = 15


class Alarms:
    """Tells each sign once."""

    def __init__(self, units: tuple[str, ...], classes: int) -> None:
        self._units = units
        self._classes = classes
        self._losses: deque[float] = deque(maxlen=_REMEMBERED)
        self._told: set[str] = set()
        self._spread = False
        """Whether different images ever got different answers."""

    def loss(self, value: float) -> str:
        """Return a sentence when the loss of this step is a sign of trouble, else nothing."""
        if not math.isfinite(value):
            return self._once("nonfinite", f"The loss is {value}.")
        usual = sorted(self._losses)[len(self._losses) // 2] if len(self._losses) == _REMEMBERED else math.inf
        self._losses.append(value)
        if value > _RISEN * usual > 0:
            return self._once("risen", f"The loss is {value:.3g}, {value / usual:.1f} times what it was.")
        return ""

    def measured(self, run: Mapping[str, Number], lists: Mapping[str, list[Number]]) -> tuple[str, ...]:
        """Return sentences about what a measured step showed: its quantities as they are written."""
        said: list[str] = []
        gradient, weight = as_float(run.get("gradient/norm_all")), as_float(run.get("weight/norm_all"))
        if gradient > EXPLODING * weight:
            said.append(self._once("gradient", f"The gradient is {gradient / weight:.1f} times the weights."))
        top = as_float(run.get("output/top_share"))
        self._spread = self._spread or top < COLLAPSED
        if self._classes > 1 and self._spread and top >= COLLAPSED:  # an untrained network's one answer is no collapse
            said.append(self._once("collapse", "Nearly every image is predicted as one class."))
        dead = np.zeros(0)
        if "dead" in lists:
            dead = _floats(lists["dead"]) / np.maximum(_floats(lists["neurons"]), 1.0)
        flat = _floats(lists.get("after/saturated", []))
        for name, share, limit in (("dead neurons", dead, DEAD), ("saturated values", flat, SATURATED)):
            over = np.flatnonzero(share >= limit)
            if len(over):
                said.append(self._once(name, f"{100 * share[over[0]]:.0f} % {name} in {self._units[over[0]]}."))
        return tuple(sentence for sentence in said if sentence)

    def _once(self, name: str, sentence: str) -> str:
        if name in self._told:
            return ""
        self._told.add(name)
        return sentence


def _floats(values: list[Number]) -> Float[np.ndarray, " units"]:
    return np.array([as_float(value) for value in values], np.float64)
