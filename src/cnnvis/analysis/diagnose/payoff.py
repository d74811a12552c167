"""What the loss gains in the last half of a training, against what its steps promise by their gradients."""

from dataclasses import dataclass

import numpy as np

from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.trend import Trend, trend

NOTHING = 1.2e-3
"""Share of what the steps promise below which they mostly undo each other. Sound trainings surely gain less than 0.0018
or more, mostly 0.01: with small batches and large ones, momentum or none."""


@dataclass(frozen=True, kw_only=True)
class Payoff:
    """How far the steps of the last half paid."""

    since: int
    """First step of that half."""
    loss: Trend
    gain: float
    """What the loss gained over what the steps promised; NaN where they were not measured."""
    most: float
    """The same at most, at odds of 19 to 1, from how the loss scatters."""

    @property
    def nothing(self) -> bool:
        """Whether the steps surely paid next to nothing."""
        return self.most < NOTHING


def payoff(case: Case) -> Payoff | None:
    """Return how far the steps of the last half paid; None with too few losses, or some that are not finite."""
    half = len(case.loss.values) // 2
    found = trend(case.loss.values[half:])
    if found is None:
        return None
    since = int(case.loss.steps[half])
    promised = _promise(case, since) * (len(case.loss.values) - half)
    gain, most = (share * found.start / promised for share in (found.fall, found.fall + found.margin))
    return Payoff(since=since, loss=found, gain=gain, most=most)


def _promise(case: Case, start: int) -> float:
    """Return by how much a step from here on would lower the loss if all batches agreed; NaN when it was not measured.

    That is its gradient's norm times its length: whatever the optimizer, no step gains more as long as the loss is a
    plane. A momentum m walks down each gradient for 1 / (1 - m) steps; those of batches that disagree make the steps
    only as much longer as a sum by lot, which sqrt((1 + m) / (1 - m)) makes up for.
    """
    known = len(case.run("gradient/unclipped_all").steps) > 0
    gradient = case.run("gradient/unclipped_all" if known else "gradient/norm_all")
    step = case.run("update/norm_all")
    steps, one, other = np.intersect1d(gradient.steps, step.steps, return_indices=True)
    promised = (gradient.values[one] * step.values[other])[steps >= start]
    promised = promised[np.isfinite(promised)]
    momentum = case.series.lists.get("momentum")
    kept = 0.0 if momentum is None else min(0.999, float(np.nan_to_num(momentum.values).max(initial=0.0)))
    leverage = np.sqrt((1.0 + kept) / (1.0 - kept))
    return float(np.mean(promised) * leverage) if len(promised) and promised.any() else float("nan")
