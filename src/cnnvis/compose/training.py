"""A recorded training, ready for drawing: reads what is added to it, and answers for any span of steps."""

import math
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import msgspec
import numpy as np

from cnnvis.compose.layer_rows import LayerRow, Measured, limits, rows_of, sample, window
from cnnvis.compose.plots import plots_of
from cnnvis.schema.findings import Diagnosis
from cnnvis.schema.series import Number
from cnnvis.schema.training import (
    CurvesScene,
    LayerCurves,
    LayerRowFacts,
    LayersScene,
    LayerValues,
    LiveState,
    RecordedLayer,
    SeriesPoints,
    StepScene,
    TrainingEvent,
    TrainingScene,
)
from cnnvis.store.downsample import envelope, visible_points
from cnnvis.store.reader import Run, read_run
from cnnvis.store.series import number
from cnnvis.store.series_cache import WORTH_KEEPING, keep_series, restore_series

TOLD = frozenset({"nonfinite", "overflow", "parameters", "mode", "warning", "interrupted", "finished"})
"""Events that a person is told of; snapshots have marks of their own."""
MOST_EVENTS = 200
PATIENCE = 0.2
"""Seconds to wait for another thread that reads a long series, before saying how far it is."""
SHARE = 0.05
"""Part of the time that may go into judging a training that goes on."""


class Training:
    """One recorded training; several threads may use it at once.

    Args:
        path: The run folder.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._run: Run = read_run(path)
        self._tail = self._run.series
        self._lock = threading.Lock()
        self._kept = -1
        self._judging = threading.Lock()
        self._diagnosis: Diagnosis | None = None
        self._judged: tuple[str, int, bool] = ("", -1, False)
        self._judge_from = 0.0

    def update(self) -> None:
        """Read what has been added; RunError when the series cannot be read."""
        with self._reading():
            pass

    def scene(self) -> TrainingScene:
        """Return what there is to draw."""
        with self._reading():
            tail, head = self._tail, self._tail.head
            measured = self._measured()
            graph = {unit.id: unit for unit in self._run.graph.units}
            last = tail.events[-1] if tail.events else None
            return TrainingScene(
                recording=self._recording(),
                origin=head.origin,
                source=head.source,
                first=self._first_step(),
                last=tail.last_step,
                complete=tail.complete,
                ended=(last.message or "finished") if tail.complete and last is not None else "",
                plots=plots_of(tail.run, tail.lists, head, tail.events),
                rows=tuple(_facts(row, measured) for row in rows_of(measured)),
                layers=tuple(
                    RecordedLayer(id=unit, title=unit.strip("/"), neurons=graph[unit].neurons if unit in graph else 0)
                    for unit in head.units
                ),
                snapshots=self._run.steps,
                events=tuple(
                    TrainingEvent(step=event.step, name=event.name, layer=event.layer, message=event.message)
                    for event in tail.events
                    if event.name in TOLD
                )[:MOST_EVENTS],
            )

    def curves(
        self, names: Sequence[tuple[str, int]], *, buckets: int, span: tuple[int, int] | None = None
    ) -> CurvesScene:
        """Return lines as a plot of so many pixels shows them.

        Args:
            names: Quantities or metrics, each with the number of its place.
            buckets: Pixels.
            span: First and last step shown; None: all.

        Raises:
            KeyError: Nothing of this name was recorded, or it has no such place.

        """
        with self._reading():
            first, last = span or (self._first_step(), self._tail.last_step)
            found = [self._curve(name, place, buckets, (first, last)) for name, place in names]
        return CurvesScene(first=first, last=last, curves=tuple(found))

    def layers(self, names: Sequence[str], *, buckets: int, span: tuple[int, int] | None = None) -> LayersScene:
        """Return rows of the table of layers, over at most so many spans of steps; KeyError for an unknown row."""
        with self._reading():
            first, last = span or (self._first_step(), self._tail.last_step)
            measured = self._measured()
            rows = {row.id: row for row in rows_of(measured)}
            seen = window(measured, first, last)
            found = tuple(_layer_curves(rows[name], seen, buckets) for name in names)
        return LayersScene(first=first, last=last, rows=found)

    def at(self, step: int) -> StepScene:
        """Return what was measured of the layers last, up to a step."""
        with self._reading():
            measured = self._measured()
            rows = rows_of(measured)
            near = window(measured, step, step)
        found = [made for row in rows if (made := _values_at(row, near, step)) is not None]
        return StepScene(step=step, layers=tuple(found))

    def findings(self) -> Diagnosis:
        """Return what is wrong, judged anew when there is more to judge by.

        Raises:
            RunError: The series cannot be read.

        """
        from cnnvis.compose.findings import judge  # loads the rules, which a page without a recording never needs

        with self._judging:
            with self._reading():
                run, begun = self._run, time.monotonic()
                now = (self._recording(), run.snapshot.step, self._tail.complete)
                if self._diagnosis is not None and now == self._judged and begun < self._judge_from:
                    return self._diagnosis
                series = self._tail.series()
            self._diagnosis, self._judged = judge(run, series), now
            ended = time.monotonic()
            # What is over is judged once.
            self._judge_from = math.inf if series.complete else ended + (ended - begun) / SHARE
            return self._diagnosis

    def state(self, *, judge: bool = False) -> LiveState:
        """Return what a page compares with what it has.

        Args:
            judge: Whether to look for findings now, where there is more to judge by.

        """
        if not self._lock.acquire(timeout=PATIENCE):
            size = self._tail.path.stat().st_size if self._tail.path.is_file() else 0
            return _marked(LiveState(reading=self._tail.offset / size if size else 1.0, complete=False))
        self._lock.release()
        diagnosis = self.findings() if judge else self._diagnosis
        with self._reading():
            return _marked(
                LiveState(
                    recording=self._recording(),
                    size=self._tail.offset,
                    last=self._tail.last_step,
                    snapshots=self._run.steps,
                    findings="" if diagnosis is None else _digest(diagnosis),
                    complete=self._tail.complete,
                )
            )

    @contextmanager
    def _reading(self) -> Generator[None]:
        """Hold the series still, with all of it read that is there."""
        with self._lock:
            if self._kept < 0:
                restore_series(self._tail, self._path)
                self._kept = self._tail.offset
            self._tail.update()
            if self._tail.offset - self._kept >= WORTH_KEEPING:
                keep_series(self._tail, self._path)
                self._kept = self._tail.offset
            newest = self._run.steps[-1:]
            if newest and newest[0] != self._run.snapshot.step:
                self._run = read_run(self._path)
            yield

    def _recording(self) -> str:
        return f"{self._run.file.id} {self._tail.head.created}"

    def _first_step(self) -> int:
        columns = (*self._tail.run.values(), *self._tail.lists.values())
        return min((int(column.steps[0]) for column in columns if len(column)), default=0)

    def _measured(self) -> Measured:
        """Return the quantities per unit."""
        units = len(self._tail.head.units)
        return {
            name: (column.steps, column.values) for name, column in self._tail.lists.items() if column.width == units
        }

    def _curve(self, name: str, place: int, buckets: int, span: tuple[int, int]) -> SeriesPoints:
        column = self._tail.run[name] if name in self._tail.run else self._tail.lists[name]
        if not 0 <= place < column.width:
            raise KeyError(f"{name} {place}")
        steps, values = column.steps, column.values[:, place]
        kept = visible_points(steps, values, buckets=buckets, span=span, index=column.index(place))
        told: tuple[Number, ...] = tuple(number(value) for value in values[kept].tolist())
        return SeriesPoints(name=name, place=place, steps=tuple(steps[kept].tolist()), values=told)


def _facts(row: LayerRow, measured: Measured) -> LayerRowFacts:
    made = row.values(sample(measured))
    found = None if made is None else limits(row, made[1])
    return LayerRowFacts(
        id=row.id,
        title=row.title,
        definition=row.definition,
        scale="log" if row.scale == "linear" and found is not None and found[0] > 0 else row.scale,
        low=None if found is None else found[0],
        high=None if found is None else found[1],
        healthy=row.healthy,
        quantities=row.needs,
    )


def _layer_curves(row: LayerRow, measured: Measured, buckets: int) -> LayerCurves:
    made = row.values(measured)
    if made is None:
        return LayerCurves(row=row.id, steps=(), low=(), high=())
    steps, low, high = envelope(*made, buckets=buckets)
    return LayerCurves(
        row=row.id,
        steps=tuple(steps.tolist()),
        low=tuple(_numbers(line) for line in low.T),
        high=tuple(_numbers(line) for line in high.T),
    )


def _values_at(row: LayerRow, measured: Measured, step: int) -> LayerValues | None:
    made = row.values(measured)
    if made is None:
        return None
    steps, values = made
    place = max(0, int(np.searchsorted(steps, step, side="right")) - 1)
    return LayerValues(row=row.id, step=int(steps[place]), values=_numbers(values[place]))


def _numbers(values: np.ndarray) -> tuple[Number, ...]:
    """Return values for JSON; what is NaN as not measured."""
    return tuple(None if math.isnan(value) else number(value) for value in values.tolist())


def _marked(state: LiveState) -> LiveState:
    return msgspec.structs.replace(state, mark=blake2b(msgspec.json.encode(state), digest_size=8).hexdigest())


def _digest(diagnosis: Diagnosis) -> str:
    told = [(one.rule, one.title, one.first_step, one.layer) for one in diagnosis.findings]
    return blake2b(msgspec.json.encode(told), digest_size=8).hexdigest()
