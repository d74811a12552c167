"""What the recorder writes down: lines, events and snapshots of one run folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import torch

from cnnvis.observe.record.alarms import Alarms
from cnnvis.observe.record.companion import Companion
from cnnvis.observe.record.distributed import Processes, told
from cnnvis.observe.record.front import left_out, run_file, series_head
from cnnvis.observe.record.images import loss_functions
from cnnvis.observe.record.measure import Measurer
from cnnvis.observe.record.measured import Measured, MeasuredSteps
from cnnvis.observe.record.nonfinite import NotFinite
from cnnvis.observe.record.optimizers import group_settings
from cnnvis.observe.record.past import Past
from cnnvis.observe.record.probe import ProbeImages
from cnnvis.observe.record.report import first_nonfinite
from cnnvis.observe.record.scaling import UNKNOWN, Scaler, Scaling
from cnnvis.observe.record.snapshots import Snapshots
from cnnvis.observe.record.values import as_number, described
from cnnvis.observe.record.waiting import Queue, Waiting, numbers_of
from cnnvis.observe.record.weights import parameter_names
from cnnvis.observe.trace import require_complete, trace
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.series import METRIC, Event, EventName, Line, Number, StepLine
from cnnvis.store.recording import Recording
from cnnvis.store.series import number

_LOOKS_AT_LOSS = 3
_SETTLES = 0.5
"""Seconds after which, at the end of a step, all of it is handed to the disk, and not only what came before."""
_ASKS = 0.5
"""Seconds between two looks whether somebody has asked for a snapshot."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a user chose about the run folder."""

    to: Path
    name: str | None = None
    classes: Sequence[str] | None = None
    scaler: Scaler | None = None
    output: str | None = None
    overwrite: bool = False
    resume: bool = False
    resume_at: int | None = None


class Diary:
    """Writes one recording; in all processes but the first it only passes on what was seen.

    Its callers count the steps of this training; in a run that is resumed, those on disk go on from what is there.
    """

    def __init__(self, measurer: Measurer, processes: Processes, choices: Choices, companion: Companion) -> None:
        self.begun = False
        self.alarmed = False
        """Whether something happened that the next step should be measured for."""
        self.wants_snapshot = False
        """Whether there is a first sign of trouble that no snapshot has been taken of."""
        self.last_snapshot, self._whole = -1, False
        """Step of the newest snapshot, and whether it was taken on all probe images."""
        self._measurer = measurer
        self._processes = processes
        self._choices = choices
        self._companion = companion
        recording = None
        if processes.first:
            recording = Recording(choices.to, overwrite=choices.overwrite, resume=choices.resume)
        self._recording = recording
        self._past = None if recording is None or recording.past is None else Past(recording.past, choices.resume_at)
        self.offset = 0 if self._past is None else self._past.step
        """Steps that the run held before."""
        self._early: list[Line] = []
        """Lines that wait for the run to be opened."""
        self._scaling = Scaling(choices.scaler)
        self._started = self._asked = self._settled = perf_counter()
        self._late = False
        """Whether steps were written that had waited for their numbers."""
        self._graph = LayerGraph(layers=(), edges=(), units=())
        self._alarms = Alarms((), 0)
        self._snapshots: Snapshots | None = None
        self._measured = MeasuredSteps(measurer, processes, self._parameter_counts)
        self._queue = Queue()
        self._metrics: dict[str, torch.Tensor | float] = {}
        self._settings: dict[str, list[float | None]] = {}
        self._loss_looks = 0
        self._once: set[str] = set()
        self._nonfinite = NotFinite()
        self._losses: tuple[str, ...] = ()
        self._without: frozenset[str] = frozenset()
        self._norms_training = -1

    def begin(self, probe: ProbeImages, step: int, *, given: bool = True) -> None:
        """Trace the network and write the run folder with the first snapshot, or open the one that is gone on with.

        Args:
            probe: The images for snapshots.
            step: Steps that this training has done.
            given: Whether the user gave them; else they are training images.

        Raises:
            CnnvisError: The network cannot be traced or run on the probe images, or the folder cannot be written.

        """
        measurer, choices = self._measurer, self._choices
        self._graph = require_complete(trace(measurer.model, probe.inputs[:1], output=choices.output))
        measurer.know(self._graph, alone=self._processes.alone)
        self._measured.units = self._graph.units
        outputs = self._graph.layer(self._graph.output).shape if self._graph.output else ()
        known = tuple(choices.classes or ()) or probe.class_names
        names = known or tuple(f"class {n}" for n in range(outputs[-1] if outputs else 1))
        self._alarms = Alarms(tuple(unit.id for unit in self._graph.units), len(names))
        if self._recording is not None:
            self._snapshots = Snapshots(
                measurer.model, self._graph, probe, classes=len(names), output=choices.output, companion=self._companion
            )
            if self._past is None:
                self._open(self._recording, probe, step, names)
            else:
                self._go_on(self._recording, self._past, probe, given=given)
            classes, processes = len(names), self._processes.count
            head = series_head(measurer, self._graph, classes=classes, processes=processes)
            self._recording.line(head)
            if self._past is not None:
                self._event(0, "resumed", message=f"The training goes on from step {self.offset}.")
            self._line(step, {}, {"probe/mean": _listed(probe.mean), "probe/std": _listed(probe.std)})
            early, self._early = self._early, []
            for line in early:  # of the steps before
                self._recording.line(line)
        self.begun = True

    def _open(self, recording: Recording, probe: ProbeImages, step: int, names: tuple[str, ...]) -> None:
        front = run_file(self._measurer.model, probe, recording.run, name=self._choices.name, classes=names)
        snapshot = self._snapshots.take(step, few=True) if self._snapshots is not None else None
        if snapshot is not None:
            recording.begin(front, self._graph, pictures=probe.pictures(), snapshot=snapshot)
            self.last_snapshot, self._whole = step, probe.share == 1.0

    def _go_on(self, recording: Recording, past: Past, probe: ProbeImages, *, given: bool) -> None:
        past.check(self._graph)
        self._measured.labels = past.labels
        self._scaling.overflows = past.overflows
        self._started -= past.seconds
        if past.step in past.snapshots:
            self.last_snapshot, self._whole = 0, True
        recording.go_on(past.step)
        if not given or past.images != len(probe.labels):
            self._snapshots = None
            self._event(0, "warning", message="The probe images are others than before: no snapshots are taken.")

    def note_loss(self, loss: object, step: int) -> None:
        """Look at where the loss came from, at the first few steps."""
        if self._loss_looks < _LOOKS_AT_LOSS:
            self._loss_looks += 1
            names = loss_functions(loss)
            if names and names != self._losses:
                self._losses = names
                self._event(step, "loss", names=names, message=f"The loss comes from {' of '.join(names[:4])}.")

    def note_metrics(self, metrics: Mapping[str, object], step: int) -> None:
        """Keep numbers for the line of the present step; what is no number is left out, with one warning each."""
        for name, value in metrics.items():
            kept = as_number(value)
            if kept is not None:
                self._metrics[f"{METRIC}{name}"] = kept
            else:
                self.refuse(f"the metric {name}", value, step)

    def refuse(self, what: str, value: object, step: int) -> None:
        """Say, once, that something handed over is no number."""
        sentence = f"{what[0].upper()}{what[1:]} is left out where it is no number: {described(value)} came."
        self._once_warned(what, sentence, step)

    def _once_warned(self, what: str, sentence: str, step: int) -> None:
        if what not in self._once:
            self._once.add(what)
            self._measurer.shield.warn(f"Recording: {sentence}")
            self._event(step, "warning", message=sentence)

    def note_overflow(self, step: int) -> None:
        """Look whether the scaler has left out a step."""
        scale = self._scaling.overflow()
        if scale is not None:
            message = "A scaled gradient was not finite; the step was left out."
            self._event(step, "overflow", value=scale, message=message)

    def write_metrics(self, metrics: Mapping[str, object], step: int, loss: object = None) -> None:
        """Write numbers that belong to a step that is over."""
        self._drain()
        self.note_metrics(metrics, step)
        kept, self._metrics = self._metrics, {}
        run = numbers_of(kept)
        value = as_number(loss)
        if value is not None:
            run["loss"] = number(float(value))
            self._nonfinite.loss(step, float(value))
        self._line(step, run, {})

    def write_step(self, step: int, losses: list[torch.Tensor | float]) -> None:
        """Write the line of a step, at once or when the numbers have come from the device."""
        run: dict[str, Number] = {"batches": float(self._measurer.batches), "images": float(self._measurer.images)}
        if self._measurer.batches == 0:  # not seen: compiled in place
            run = {}
        self._scaling.adopt(self._measurer.optimizers.scaler)
        run |= self._scaling.numbers()
        settings = group_settings(self._measurer.optimizers.optimizers)
        lists = {name: _listed(values) for name, values in settings.items()} if settings != self._settings else {}
        self._settings = settings
        place = self._measurer.first_place.found
        self._queue.add(Waiting(step, self._now(), losses, self._metrics, run, lists, place))
        self._metrics = {}
        self._note_mode(step)
        if self._queue.due:
            self._drain()

    def write_measured(self, step: int, probe: ProbeImages | None) -> None:
        """Write what a measured step showed, or leave it for the first process."""
        found, seen = self._measurer.finish(None if probe is None else probe.inputs)
        scale = self._scaling.of_measured(half=self._measurer.half)
        if np.isnan(scale):
            self._once_warned("scale", UNKNOWN, step)
        if not self._processes.first:
            labels = found.get(("labels", 0), np.zeros(0))
            self._processes.tell(step, told(seen.before, seen.after, seen.fired, labels))
            return
        self._drain()
        self._measured.add(
            Measured(step, self._now(), found, seen, scale, self._measurer.in_probe, self._measurer.images_in_all)
        )
        self._note_gradients(step)
        self._write_ready()

    def write_last(self, step: int, probe: ProbeImages | None) -> None:
        """Write the state at the end, as far as it can be seen without another step."""
        looked = self._measurer.look_again(None if probe is None else probe.inputs)
        if looked is not None and self._recording is not None:
            self._drain()
            self._measured.add(Measured(step, self._now(), *looked, 1.0, None, None))
            self._write_ready()

    def settle(self) -> None:
        """End a step or what was logged after it: however long the next one takes, this one is on the disk soon."""
        over = self._late or perf_counter() - self._settled >= _SETTLES
        if over and self._recording is not None and self.begun:
            self._settled, self._late = perf_counter(), False
            self._recording.flush()

    def asked(self) -> bool:
        """Whether somebody outside has asked for a snapshot; looks only now and then."""
        if self._recording is None or perf_counter() - self._asked < _ASKS:
            return False
        self._asked = perf_counter()
        return self._recording.requested()

    def write_snapshot(self, step: int, *, few: bool = False, seconds: float = 0.0) -> bool:
        """Take a snapshot and add it to the run; return whether one was taken.

        Args:
            step: Steps that were done.
            few: Whether some of the probe images are enough.
            seconds: Time that may be spent on more than the usual.

        """
        if self._recording is None or self._snapshots is None or (step == self.last_snapshot and (few or self._whole)):
            return False
        self._drain()
        snapshot = self._snapshots.take(self.offset + step, few=few, seconds=seconds)
        self._recording.snapshot(snapshot)
        self.last_snapshot, self._whole = step, not few
        self.wants_snapshot = False
        self._event(step, "snapshot")
        self._recording.flush()
        return True

    def finish(self, step: int, interrupted: str) -> None:
        """Write everything that is left and close the files."""
        if self._recording is None:
            return
        try:
            if self.begun:
                self._drain()
                self._write_ready(to_the_end=True)
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
        arrived = self._queue.take()
        self._late = self._late or len(arrived) > 1
        for one in arrived:
            if one.loss is not None:
                one.run["loss"] = number(one.loss)
                self._nonfinite.loss(one.step, one.loss)
                self._alarm(one.step, "alarm" if np.isfinite(one.loss) else "nonfinite", self._alarms.loss(one.loss))
            self._line(one.step, one.run, one.lists, time=one.time)
            if self._nonfinite.harmless(one.place, one.loss):
                self._measurer.first_place.resume()
            else:
                self._not_finite(one.step, self._nonfinite.in_step(one.place))

    def _write_ready(self, *, to_the_end: bool = False) -> None:
        for measured in self._measured.ready(to_the_end=to_the_end):
            self._line(measured.step, measured.run, measured.lists, time=measured.time)
            for sentence in self._alarms.measured(measured.run, measured.lists):
                self._alarm(measured.step, "alarm", sentence)
            if not self._nonfinite.told:
                place = first_nonfinite(self._graph.units, measured.found, measured.seen)
                watched = self._measurer.first_place.on
                self._not_finite(measured.step, self._nonfinite.measured(measured.step, place, watched=watched))

    def _not_finite(self, step: int, said: tuple[str, str] | None) -> None:
        if said is not None:
            self._event(step, "nonfinite", layer=said[0], message=said[1])

    def _alarm(self, step: int, name: EventName, sentence: str) -> None:
        if sentence:
            self.wants_snapshot = True
            self.alarmed = self.alarmed or name == "nonfinite"
            self._event(step, name, message=sentence)

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
            tensors = f"{len(missing)} parameter tensor{'' if len(missing) == 1 else 's'}"
            text = f"{tensors} got no gradient." if missing else "All parameters get gradients."
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
            moment = self._now() if time is None else time
            self._write(StepLine(step=self.offset + step, time=moment, run=run, lists=lists))

    def _event(
        self, step: int, name: EventName, *, layer: str = "", message: str = "", names: tuple[str, ...] = (),
        value: float | None = None,
    ) -> None:  # fmt: skip
        if self._recording is not None:
            event = Event(
                step=self.offset + step, time=self._now(), name=name, layer=layer, message=message, names=names,
                value=value,
            )  # fmt: skip
            self._write(event)

    def _write(self, line: Line) -> None:
        if self._recording is not None and self._recording.opened:
            self._recording.line(line)
        else:
            self._early.append(line)

    def _now(self) -> float:
        return round(perf_counter() - self._started, 4)


def _listed(values: Sequence[float | None]) -> list[Number]:
    return [number(value) for value in values]
