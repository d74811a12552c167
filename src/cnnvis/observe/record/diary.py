"""What the recorder writes down, and when: lines, events and snapshots of one run folder."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import torch

from cnnvis.observe.record.activations import Seen
from cnnvis.observe.record.distributed import Processes, told
from cnnvis.observe.record.front import left_out, run_file, series_head
from cnnvis.observe.record.images import input_numbers, loss_functions
from cnnvis.observe.record.measure import Measurer
from cnnvis.observe.record.optimizers import group_settings
from cnnvis.observe.record.probe import ProbeImages
from cnnvis.observe.record.report import (
    DeadNeurons,
    Found,
    activation_lists,
    first_nonfinite,
    norm_lists,
    numbers,
    run_numbers,
    weight_lists,
)
from cnnvis.observe.record.snapshots import Snapshots
from cnnvis.observe.record.weights import parameter_names
from cnnvis.observe.trace import require_complete, trace
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.series import METRIC, Event, EventName, Number, StepLine
from cnnvis.store.recording import Recording
from cnnvis.store.series import number

_LOOKS_AT_LOSS = 3
_QUEUE = 64
"""Steps whose losses stay on a GPU before the recorder asks for them: each answer has to be waited for."""
_PATIENCE = 2
"""Measured steps that wait for what the other processes saw; older ones are written without."""


@dataclass(eq=False)
class _Step:
    """A step that waits for its numbers to come from the device."""

    step: int
    time: float
    losses: list[torch.Tensor | float]
    metrics: dict[str, object]
    run: dict[str, Number]
    lists: dict[str, list[Number]]


@dataclass(eq=False)
class _Measured:
    """A measured step that waits for what the other processes saw in it."""

    step: int
    time: float
    found: Found
    seen: Seen
    scale: float
    in_probe: float | None
    processes: int = 1


class Diary:
    """Writes one recording; in all processes but the first it only passes on what was seen."""

    def __init__(
        self,
        measurer: Measurer,
        processes: Processes,
        *,
        to: Path,
        name: str | None,
        classes: Sequence[str] | None,
        scaler: torch.amp.GradScaler | None,
        output: str | None,
        overwrite: bool,
    ) -> None:
        self.begun = False
        self.alarmed = False
        """Whether something happened that the next step should be measured for."""
        self.last_snapshot = -1
        self._measurer = measurer
        self._processes = processes
        self._recording = Recording(to, overwrite=overwrite) if processes.first else None
        self._name = name
        self._classes = tuple(classes or ())
        self._scaler = scaler
        self._scale = 1.0 if scaler is None else float(scaler.get_scale())
        self._output = output
        self._started = perf_counter()
        self._graph = LayerGraph(layers=(), edges=(), units=())
        self._snapshots: Snapshots | None = None
        self._dead = DeadNeurons()
        self._queue: list[_Step] = []
        self._waiting: deque[_Measured] = deque()
        self._metrics: dict[str, object] = {}
        self._settings: dict[str, list[float | None]] = {}
        self._labels = np.zeros(0)
        self._loss_looks = self._overflows = 0
        self._once: set[str] = set()
        self._losses: tuple[str, ...] = ()
        self._without: frozenset[str] = frozenset()
        self._norms_training = -1

    def begin(self, probe: ProbeImages, step: int) -> None:
        """Trace the network and write the run folder with the first snapshot.

        Raises:
            CnnvisError: The network cannot be traced or run on the probe images, or the folder cannot be written.

        """
        measurer = self._measurer
        self._graph = require_complete(trace(measurer.model, probe.inputs[:1], output=self._output))
        measurer.know(self._graph)
        outputs = self._graph.layer(self._graph.output).shape if self._graph.output else ()
        names = self._classes or probe.class_names or tuple(f"class {n}" for n in range(outputs[-1] if outputs else 1))
        self._classes = names
        if self._recording is not None:
            self._snapshots = Snapshots(measurer.model, self._graph, probe, classes=len(names), output=self._output)
            front = run_file(measurer.model, probe, self._recording.run, name=self._name, classes=names)
            self._recording.begin(front, self._graph, pictures=probe.pictures(), snapshot=self._snapshots.take(step))
            self.last_snapshot = step
            classes, processes = len(names), self._processes.count
            self._recording.line(series_head(measurer, self._graph, classes=classes, processes=processes))
            self._line(step, {}, {"probe/mean": _listed(probe.mean), "probe/std": _listed(probe.std)})
        self.begun = True

    def note_loss(self, loss: object, step: int) -> None:
        """Look at where the loss came from, at the first few steps."""
        if self._loss_looks < _LOOKS_AT_LOSS:
            self._loss_looks += 1
            names = loss_functions(loss)
            if names and names != self._losses:
                self._losses = names
                self._event(step, "loss", names=names, message=f"The loss comes from {' of '.join(names[:4])}.")

    def note_metrics(self, metrics: Mapping[str, object]) -> None:
        """Keep numbers for the line of the present step."""
        self._metrics |= {f"{METRIC}{name}": _kept(value) for name, value in metrics.items()}

    def note_overflow(self, step: int) -> None:
        """Look whether the scaler has left out a step."""
        if self._scaler is None:
            return
        scale = float(self._scaler.get_scale())
        if scale < self._scale:
            self._overflows += 1
            self._event(
                step, "overflow", value=scale, message="A scaled gradient was not finite; the step was left out."
            )
        self._scale = scale

    def write_metrics(self, metrics: Mapping[str, object], step: int) -> None:
        """Write numbers that belong to a step that is over."""
        self._drain()
        self._line(step, {f"{METRIC}{name}": _number(value) for name, value in metrics.items()}, {})

    def write_step(self, step: int, losses: list[torch.Tensor | float]) -> None:
        """Write the line of a step, at once or when the numbers have come from the device."""
        run: dict[str, Number] = {"batches": float(self._measurer.batches), "images": float(self._measurer.images)}
        if self._measurer.batches == 0:  # not seen: compiled in place
            run = {}
        if self._scaler is not None:
            run["scale/overflows"] = float(self._overflows)
        settings = group_settings(self._measurer.optimizers.optimizers)
        lists = {name: _listed(values) for name, values in settings.items()} if settings != self._settings else {}
        self._settings = settings
        self._queue.append(_Step(step, self._now(), losses, self._metrics, run, lists))
        self._metrics = {}
        self._note_mode(step)
        waits = any(isinstance(loss, torch.Tensor) and loss.device.type != "cpu" for loss in losses)
        if not waits or len(self._queue) >= _QUEUE:
            self._drain()

    def write_measured(self, step: int, probe: ProbeImages | None) -> None:
        """Write what a measured step showed, or leave it for the first process."""
        measurer = self._measurer
        found, seen = measurer.finish(None if probe is None else probe.inputs)
        scale = self._scale
        if self._scaler is not None:
            self._scale = float(self._scaler.get_scale())
        if not self._processes.first:
            labels = found.get(("labels", 0), np.zeros(0))
            what = told(seen.before, seen.after, seen.fired, labels)
            self._processes.tell(step, what)
            return
        self._drain()
        self._waiting.append(_Measured(step, self._now(), found, seen, scale, measurer.in_probe))
        self._note_gradients(step)
        self._write_waiting(_PATIENCE)

    def write_snapshot(self, step: int) -> None:
        """Take a snapshot and add it to the run."""
        if self._recording is None or self._snapshots is None or step == self.last_snapshot:
            return
        self._drain()
        self._recording.snapshot(*self._snapshots.take(step))
        self.last_snapshot = step
        self._event(step, "snapshot")
        self._recording.flush()

    def finish(self, step: int, interrupted: str) -> None:
        """Write everything that is left and close the files."""
        if self._recording is None:
            return
        try:
            if self.begun:
                self._drain()
                self._write_waiting(0)
                for problem in self._measurer.shield.problems:
                    self._event(step, "warning", message=problem)
                self._event(step, "interrupted" if interrupted else "finished", message=interrupted)
        finally:
            self._recording.close()

    def drop(self) -> None:
        """Close the files, whatever is left."""
        if self._recording is not None:
            self._recording.close()

    def _drain(self) -> None:
        """Write the steps that wait, now that their numbers are needed."""
        queue, self._queue = self._queue, []
        tensors = [loss for step in queue for loss in step.losses if isinstance(loss, torch.Tensor)]
        # One question to the device for all of them.
        values = iter(torch.stack([loss.double().mean().cpu() for loss in tensors]).tolist() if tensors else [])
        for waiting in queue:
            losses = [next(values) if isinstance(loss, torch.Tensor) else loss for loss in waiting.losses]
            run: dict[str, Number] = {
                **waiting.run,
                **{name: _number(value) for name, value in waiting.metrics.items()},
            }
            if losses:
                loss = sum(losses) / len(losses)
                run["loss"] = number(loss)
                if not np.isfinite(loss) and "loss" not in self._once:
                    self._once.add("loss")
                    self.alarmed = True
                    self._event(waiting.step, "nonfinite", message=f"The loss is {loss}.", value=None)
            if self._scaler is not None:
                run["scale/value"] = number(self._scale)
            self._line(waiting.step, run, waiting.lists, time=waiting.time)

    def _write_waiting(self, patience: int) -> None:
        while self._waiting:
            first = self._waiting[0]
            heard = self._processes.heard(first.step)
            if heard is None and len(self._waiting) <= patience:
                return
            self._waiting.popleft()
            for told_by_one in heard or ():
                first.seen.before.add(told_by_one.sums(0))
                first.seen.after.add(told_by_one.sums(1))
                for place, data in told_by_one.fired.items():
                    fired = np.frombuffer(data, np.uint8) > 0
                    first.seen.fired[place] = first.seen.fired.get(place, np.zeros_like(fired)) | fired
                first.processes += 1
                self._count_labels(np.frombuffer(told_by_one.labels, np.float64))
            self._write_one(first)

    def _write_one(self, measured: _Measured) -> None:
        units, found, seen = self._graph.units, measured.found, measured.seen
        seen.gradient = seen.gradient / measured.scale
        self._count_labels(found.get(("labels", 0), np.zeros(0)))
        run = run_numbers(found)
        if ("unclipped_all", 0) in found:
            run["gradient/unclipped_all"] = number(float(found["unclipped_all", 0][0]) / measured.scale)
        if measured.in_probe is not None:
            run["input/in_probe"] = measured.in_probe
        if self._processes.count > 1:
            run["processes"] = float(measured.processes)
        lists = {
            **activation_lists(units, seen, self._dead),
            **weight_lists(len(units), found, measured.scale),
            **norm_lists(len(self._measurer.norms.norms), found),
            **{name: _listed(values) for name, values in input_numbers(found).items()},
        }
        if ("predicted", 0) in found:
            lists["predicted/share"] = numbers(found["predicted", 0])
        if self._labels.sum() > 0:
            lists["labels/count"] = numbers(self._labels)
            run["labels/seen"] = float(self._labels.sum())
        run |= self._parameter_counts()
        self._line(measured.step, run, lists, time=measured.time)
        place = None if "nonfinite" in self._once else first_nonfinite(units, found, seen)
        if place is not None:
            self._once.add("nonfinite")
            self._event(measured.step, "nonfinite", layer=place[0], message=f"Not finite: {place[1]}.")

    def _count_labels(self, counts: np.ndarray) -> None:
        if len(counts) and len(self._labels) in (0, len(counts)):
            self._labels = counts + (self._labels if len(self._labels) else 0.0)

    def _parameter_counts(self) -> dict[str, Number]:
        names = parameter_names(self._measurer.model)
        frozen, unoptimized = left_out(self._measurer)
        return {
            "parameters/all": float(len(names)),
            "parameters/frozen": float(len(frozen)),
            "parameters/unoptimized": float(len(unoptimized)),
            "parameters/without_gradient": float(len(self._without)),
        }

    def _note_gradients(self, step: int) -> None:
        """Note which parameters got no gradient, when these are others than before."""
        names = parameter_names(self._measurer.model)
        missing = frozenset(names.get(parameter, "?") for parameter in self._measurer.optimizers.without_gradient)
        if missing != self._without:
            text = f"{len(missing)} parameter tensors got no gradient." if missing else "All parameters get gradients."
            self._event(step, "parameters", names=tuple(sorted(missing)), message=text)
        self._without = missing

    def _note_mode(self, step: int) -> None:
        training, all_of_them = self._measurer.norms.training(), len(self._measurer.norms.norms)
        if self._norms_training not in (-1, training):
            text = f"{training} of {all_of_them} batch norms now use the batch's statistics."
            self._event(step, "mode", message=text, value=float(training))
        self._norms_training = training

    def _line(
        self, step: int, run: dict[str, Number], lists: dict[str, list[Number]], *, time: float | None = None
    ) -> None:
        if self._recording is not None:
            self._recording.line(StepLine(step=step, time=self._now() if time is None else time, run=run, lists=lists))

    def _event(
        self, step: int, name: EventName, *, layer: str = "", message: str = "", names: tuple[str, ...] = (),
        value: float | None = None,
    ) -> None:  # fmt: skip
        if self._recording is not None:
            self._recording.line(
                Event(step=step, time=self._now(), name=name, layer=layer, message=message, names=names, value=value)
            )

    def _now(self) -> float:
        return round(perf_counter() - self._started, 4)


def _kept(value: object) -> object:
    return value.detach() if isinstance(value, torch.Tensor) else value


def _number(value: object) -> Number:
    return number(float(_kept(value)))  # pyright: ignore[reportArgumentType] - anything that a float can be made of


def _listed(values: Sequence[float | None]) -> list[Number]:
    return [number(value) for value in values]
