"""The loss scale of mixed precision: what gradients have to be divided by, as far as it is known."""

import inspect
import math

import torch

from cnnvis.schema.series import Number
from cnnvis.store.series import number

Scaler = torch.amp.GradScaler
UNKNOWN = (
    "The training computes in float16 and no GradScaler is known: if the loss is scaled, gradients before clipping and "
    "of activations are too, so they are left out, and steps that the scaler leaves out are not counted. Hand it over: "
    "Recorder(..., scaler=scaler)."
)
_DEEPEST = 16
"""Calls that may stand between a scaler's step and the optimizer's: trainers wrap both."""


class Scaling:
    """Follows the scale, and the steps that were left out for it.

    Args:
        scaler: The one that was handed over.

    """

    def __init__(self, scaler: Scaler | None) -> None:
        self.overflows = 0
        """Steps left out so far."""
        self._scaler = scaler
        self._scale = 1.0 if scaler is None else float(scaler.get_scale())
        self._unknown = False

    def adopt(self, used: tuple[Scaler, float] | None) -> None:
        """Take a scaler that was seen at work, with the scale of the step that is over, where none was handed over."""
        if self._scaler is None and used is not None:
            self._scaler, self._scale = used
            self._unknown = False

    def overflow(self) -> float | None:
        """Return the scale after a step that was left out; None when none was."""
        if self._scaler is None:
            return None
        before, self._scale = self._scale, float(self._scaler.get_scale())
        if self._scale >= before:
            return None
        self.overflows += 1
        return self._scale

    def of_measured(self, *, half: bool) -> float:
        """Return what the gradients of the step that is over were multiplied with; NaN where it is not known.

        Args:
            half: Whether the step computed in float16, where losses are usually scaled.

        """
        if self._scaler is None:
            self._unknown = half
            return math.nan if half else 1.0
        before, self._scale = self._scale, float(self._scaler.get_scale())
        return before

    def numbers(self) -> dict[str, Number]:
        """Return the quantities of a step."""
        if self._scaler is None:
            return {"scale/unknown": 1.0} if self._unknown else {}
        return {"scale/overflows": float(self.overflows), "scale/value": number(self._scale)}


def scaler_at_work() -> tuple[Scaler, float] | None:
    """Return the GradScaler that has called the optimizer's step, and its scale; None when none has.

    To be called by a hook of the optimizer. It is the one place where a scaler that nobody handed over shows itself.
    """
    frame = inspect.currentframe()
    for _ in range(_DEEPEST):
        frame = None if frame is None else frame.f_back
        if frame is None:
            return None
        if frame.f_code.co_name in {"step", "_maybe_opt_step"} and isinstance(
            own := frame.f_locals.get("self"), Scaler
        ):
            return own, float(own.get_scale())
    return None
