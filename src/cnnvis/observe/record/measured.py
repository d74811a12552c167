"""Measured steps on their way to the series: they wait for what the other processes saw in them."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from cnnvis.observe.record.activations import Seen
from cnnvis.observe.record.distributed import Processes
from cnnvis.observe.record.images import input_numbers
from cnnvis.observe.record.measure import Measurer
from cnnvis.observe.record.report import (
    DeadNeurons,
    Found,
    activation_lists,
    norm_lists,
    numbers,
    run_numbers,
    weight_lists,
)
from cnnvis.schema.graph import Unit
from cnnvis.schema.series import Number
from cnnvis.store.series import number

_PATIENCE = 2
"""Measured steps that wait for what the other processes saw; older ones are written without."""


@dataclass(eq=False)
class Measured:
    """What one step showed."""

    step: int
    time: float
    found: Found
    seen: Seen
    scale: float
    """What the gradients were multiplied with, under mixed precision; NaN where that is not known."""
    in_probe: float | None
    images_in_all: float | None
    processes: int = 1
    run: dict[str, Number] = field(default_factory=dict[str, Number])
    lists: dict[str, list[Number]] = field(default_factory=dict[str, list[Number]])


class MeasuredSteps:
    """Completes measured steps and turns them into the quantities of the series."""

    def __init__(self, measurer: Measurer, processes: Processes, left_out: Callable[[], dict[str, Number]]) -> None:
        self.labels: Float[np.ndarray, " classes"] = np.zeros(0)
        """How often each class was seen so far."""
        self.units: tuple[Unit, ...] = ()
        self._measurer = measurer
        self._processes = processes
        self._left_out = left_out
        self._dead = DeadNeurons()
        self._waiting: deque[Measured] = deque()

    def add(self, measured: Measured) -> None:
        """Take in a step."""
        self._waiting.append(measured)

    def ready(self, *, to_the_end: bool = False) -> Iterator[Measured]:
        """Yield the steps that are complete, or have waited long enough; all of them at the end."""
        patience = 0 if to_the_end else _PATIENCE
        while self._waiting:
            first = self._waiting[0]
            heard = self._processes.heard(first.step)
            if heard is None:
                if len(self._waiting) <= patience:
                    return
                self._processes.give_up(first.step)
            self._waiting.popleft()
            for told in heard or ():
                first.seen.before.add(told.sums(0))
                first.seen.after.add(told.sums(1))
                for place, data in told.fired.items():
                    fired = np.frombuffer(data, np.uint8) > 0
                    first.seen.fired[place] = first.seen.fired.get(place, np.zeros_like(fired)) | fired
                first.processes += 1
                self._count_labels(np.frombuffer(told.labels, np.float64))
            self._complete(first)
            yield first

    def _complete(self, measured: Measured) -> None:
        found, seen = measured.found, measured.seen
        seen.gradient = seen.gradient / measured.scale
        self._count_labels(found.get(("labels", 0), np.zeros(0)))
        run = run_numbers(found)
        if ("unclipped_all", 0) in found and not np.isnan(measured.scale):
            run["gradient/unclipped_all"] = number(float(found["unclipped_all", 0][0]) / measured.scale)
        if measured.in_probe is not None:
            run["input/in_probe"] = measured.in_probe
        if measured.images_in_all is not None:
            run["input/images"] = number(measured.images_in_all)
        if self._processes.count > 1:
            run["processes"] = float(measured.processes)
        lists: dict[str, list[Number]] = {
            **activation_lists(self.units, seen, self._dead),
            **weight_lists(len(self.units), found, measured.scale),
            **norm_lists(len(self._measurer.norms.norms), found),
            **{name: [number(value) for value in values] for name, values in input_numbers(found).items()},
        }
        if ("predicted", 0) in found:
            lists["predicted/share"] = numbers(found["predicted", 0])
        if self.labels.sum() > 0:
            lists["labels/count"] = numbers(self.labels)
            run["labels/seen"] = float(self.labels.sum())
        measured.run = run | self._left_out()
        measured.lists = {name: values for name, values in lists.items() if any(value is not None for value in values)}

    def _count_labels(self, counts: np.ndarray) -> None:
        if len(counts) and len(self.labels) in (0, len(counts)):
            self.labels = counts + (self.labels if len(self.labels) else 0.0)
