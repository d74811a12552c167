"""Values that are not finite: what is said about them, once, and no place that was seen too late to be the first."""

import math

from cnnvis.observe.record.first_place import GRADIENT, WEIGHTS, Place

LATE = "Values are no longer finite. Where they first arose is not known: the layers were not looked at in that step."


class NotFinite:
    """Decides which place may be called the first."""

    def __init__(self) -> None:
        self.told = False
        """Whether the place, or that it is not known, was said."""
        self._lost: int | None = None
        """First step whose loss was not finite."""

    def harmless(self, place: Place | None, loss: float | None) -> bool:
        """Whether the loss of a step shows that its outputs came to nothing: the loop left such a batch out."""
        return place is not None and place[1] != GRADIENT and loss is not None and math.isfinite(loss)

    def loss(self, step: int, loss: float) -> None:
        """Take in the loss of a step."""
        if self._lost is None and not math.isfinite(loss):
            self._lost = step

    def in_step(self, place: Place | None) -> tuple[str, str] | None:
        """Return layer and sentence about a place that was found in the very step."""
        if place is None or self.told:
            return None
        self.told = True
        return place[0], f"Not finite: {place[1]}."

    def measured(self, step: int, place: Place | None, *, watched: bool) -> tuple[str, str] | None:
        """Return layer and sentence about a place in a measured step.

        Args:
            step: The step.
            place: The first place in it.
            watched: Whether all steps before were looked at.

        """
        if place is None or self.told:
            return None
        self.told = True
        if self._lost is not None and self._lost < step:
            return "", LATE
        # A gradient of the step before may have spoilt the weights of all layers.
        return ("", LATE) if place[1] == WEIGHTS and not watched else (place[0], f"Not finite: {place[1]}.")
