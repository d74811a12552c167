"""Numbers that keep coming: a row per step, kept so that what was handed out stays as it was."""

from array import array
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from cnnvis.schema.series import Curve, Curves
from cnnvis.store.downsample import PointIndex

_FIRST = 256


class GrowingColumn:
    """A quantity of a recorded training: ascending steps, and at each of them a value for each of its places.

    Args:
        width: Places: 1 for a quantity of the run, the number of units for one per unit.

    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._count = 0
        self._steps = np.empty(_FIRST, np.int64)
        self._values = np.empty((_FIRST, width), np.float64)
        # Rows wait here until somebody looks: appending to numpy one by one is slow.
        self._new_steps = array("q")
        self._new_values = array("d")
        self._indices: dict[int, PointIndex] = {}

    def add(self, step: int, row: Sequence[float]) -> None:
        """Append a row; one of another length than the others is left out."""
        if len(row) == self.width:
            self._new_steps.append(step)
            self._new_values.extend(row)

    def take(self, steps: Int[np.ndarray, " rows"], values: Float[np.ndarray, "rows places"]) -> None:
        """Append many rows."""
        self._settle()
        self._append(steps, values)

    def until(self, step: int) -> "GrowingColumn":
        """Return a column that begins with the rows up to a step; this one's arrays stay as they are."""
        kept = int(np.searchsorted(self.steps, step, side="right"))
        found = GrowingColumn(self.width)
        found.take(self.steps[:kept], self.values[:kept])
        return found

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._count + len(self._new_steps)

    @property
    def steps(self) -> Int[np.ndarray, " rows"]:
        """The steps so far; later rows do not change what was returned."""
        self._settle()
        return self._steps[: self._count]

    @property
    def values(self) -> Float[np.ndarray, "rows places"]:
        """The values so far, as `steps`."""
        self._settle()
        return self._values[: self._count]

    def curve(self) -> Curve:
        """Return what was measured at the first place."""
        return Curve(steps=self.steps, values=self.values[:, 0])

    def curves(self) -> Curves:
        """Return what was measured at all places."""
        return Curves(steps=self.steps, values=self.values)

    def index(self, place: int = 0) -> PointIndex:
        """Return the index of one place's values, up to date."""
        found = self._indices.setdefault(place, PointIndex())
        found.update(self.values[:, place])
        return found

    def _settle(self) -> None:
        if not self._new_steps:
            return
        steps = np.array(self._new_steps, np.int64)
        values = np.array(self._new_values, np.float64).reshape(len(steps), self.width)
        del self._new_steps[:], self._new_values[:]
        self._append(steps, values)

    def _append(self, steps: Int[np.ndarray, " rows"], values: Float[np.ndarray, "rows places"]) -> None:
        needed = self._count + len(steps)
        if needed > len(self._steps):
            room = max(needed, 2 * len(self._steps))
            # New arrays: those handed out before keep the old ones.
            self._steps = np.concatenate([self._steps[: self._count], np.empty(room - self._count, np.int64)])
            rest = np.empty((room - self._count, self.width), np.float64)
            self._values = np.concatenate([self._values[: self._count], rest])
        self._steps[self._count : needed] = steps
        self._values[self._count : needed] = values
        self._count = needed
