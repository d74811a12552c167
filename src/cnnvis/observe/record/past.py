"""A recording that is gone on with, after its trainer was started again."""

import numpy as np

from cnnvis.schema.errors import RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.store.reader import Run


class Past:
    """What a recording holds that the next lines depend on.

    Args:
        run: The recorded run.
        step: Step that the training goes on from; None: the last that was recorded.

    Raises:
        RunError: The series cannot be read.

    """

    def __init__(self, run: Run, step: int | None) -> None:
        run.series.update()
        series = run.series.series()
        recorded = max((int(curve.steps[-1]) for curve in series.run.values() if len(curve.steps)), default=0)
        self.step = recorded if step is None else step
        self.images = run.file.data.images
        self.snapshots = tuple(one for one in run.steps if one <= self.step)
        self.seconds = run.series.seconds
        counts = series.lists.get("labels/count")
        before = 0 if counts is None else int(np.searchsorted(counts.steps, self.step, side="right"))
        self.labels = np.zeros(0) if counts is None or not before else counts.values[before - 1]
        left_out = series.run.get("scale/overflows")
        self.overflows = int(left_out.values[-1]) if left_out is not None and len(left_out.values) else 0
        self._path = run.path
        self._units = tuple(unit.id for unit in run.graph.units)

    def check(self, graph: LayerGraph) -> None:
        """Raise RunError when the network is another than the one that was recorded."""
        units = tuple(unit.id for unit in graph.units)
        if units != self._units:
            other = next((one for one in units if one not in self._units), "") or next(
                (one for one in self._units if one not in units), "their order"
            )
            message = f"{self._path} holds a recording of another network: the layers differ ({other})."
            raise RunError(message, "Record into another folder, or build the network as it was.")
