"""Loads checkpoint after checkpoint into a network, and records each as if the training had just come there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import msgspec
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cnnvis.observe.collect.model import device_of, evaluating
from cnnvis.observe.inputs import ImageSource
from cnnvis.observe.inputs.checkpoint import load_checkpoint
from cnnvis.observe.model_input import input_dtype
from cnnvis.observe.record.companion import Companion, nothing_more
from cnnvis.observe.record.front import run_file, series_head
from cnnvis.observe.record.measure import Measurer
from cnnvis.observe.record.probe import ProbeImages
from cnnvis.observe.record.report import DeadNeurons, activation_lists, weight_lists
from cnnvis.observe.record.shield import Shield
from cnnvis.observe.record.snapshots import Snapshots
from cnnvis.observe.replay.checkpoints import Checkpoint
from cnnvis.observe.trace import logits_of, require_complete, trace
from cnnvis.schema.errors import CheckpointError, RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.run import ModelFacts, SnapshotFacts
from cnnvis.schema.series import METRIC, Event, Number, StepLine
from cnnvis.store.reader import Run, read_run
from cnnvis.store.recording import Recording, Snapshot
from cnnvis.store.series import number

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What a replay came to."""

    path: Path
    done: int
    """Checkpoints that are in the run."""
    left_out: tuple[str, ...]
    """Checkpoints that could not be loaded, with the reason."""
    complete: bool
    """Whether all were gone through; Ctrl-C ends it earlier."""


class Replay:
    """Replays a folder of checkpoints into a run folder.

    Args:
        model: The network that the checkpoints are of.
        source: The images to show it: a few hundred are enough.
        facts: Name and origin of the model.
        class_names: Names of the classes; the source's own when not given.
        part: Which part of the data the images are: ``train``, or ``validation``.
        device: Where the model runs; None as for `cnnvis.analyze`.
        output: Which of several outputs holds the logits.
        companion: Adds to each snapshot what can be found out beside the statistics.

    Raises:
        CnnvisError: The images cannot be read.

    """

    def __init__(
        self,
        model: nn.Module,
        source: ImageSource,
        *,
        facts: ModelFacts,
        class_names: Sequence[str] | None = None,
        part: str = "validation",
        device: str | None = None,
        output: str | None = None,
        companion: Companion = nothing_more,
    ) -> None:
        self._companion = companion
        self._model = model.to(device_of(model, device))
        self._facts = facts
        self._probe = ProbeImages(source)
        self._names = tuple(class_names or source.class_names or ())
        self._part = part
        self._output = output
        self._measurer = Measurer(model, (), Shield(), output=output)
        self._measurer.blind = True  # no training runs: the probe images are shown to the model instead
        self._graph = LayerGraph(layers=(), edges=(), units=())
        self._snapshots: Snapshots | None = None
        self._before: dict[int, torch.Tensor] = {}
        self._begun = perf_counter()

    def run(
        self,
        checkpoints: Sequence[Checkpoint],
        to: Path,
        *,
        name: str | None = None,
        overwrite: bool = False,
        resume: bool = False,
        tell: Tell = lambda _: None,
    ) -> Replayed:
        """Go through the checkpoints, in their order.

        After Ctrl-C the run holds those that were gone through so far and can be opened; ``resume`` goes on with it.

        Args:
            checkpoints: As `find_checkpoints` returns them.
            to: The run folder.
            name: Name of the run; the folder's when not given.
            overwrite: Replace the run that is there.
            resume: Go on with a replay that was interrupted.
            tell: Told the name of each checkpoint when it is done or left out.

        Raises:
            CnnvisError: No checkpoint fits the model, the model fails on the images, or the folder cannot be written.

        """
        done = _done(to) if resume else frozenset[int]()
        wanted = [one for one in checkpoints if one.step not in done]
        recording = Recording(to, overwrite=overwrite, resume=resume)
        left_out: list[CheckpointError] = []
        count, ended, last = len(done), "", max(done, default=0)
        try:
            if resume:
                recording.go_on(last)
                recording.line(Event(step=last, time=self._now(), name="resumed", message="The replay goes on."))
                self._know(read_run(to), [one for one in checkpoints if one.step in done])
            for checkpoint in wanted:
                problem = self._load(checkpoint)
                if problem is not None:
                    left_out.append(problem)
                else:
                    self._record(recording, checkpoint, to, name)
                    count, last = count + 1, checkpoint.step
                tell(checkpoint.name)
        except KeyboardInterrupt:
            ended = "Stopped before all checkpoints were gone through."
        finally:
            if count:
                self._end(recording, last, ended, left_out)
            recording.close()
        if not count and left_out:
            raise left_out[0]
        return Replayed(path=to, done=count, left_out=tuple(error.message for error in left_out), complete=not ended)

    def _end(self, recording: Recording, step: int, ended: str, left_out: Sequence[CheckpointError]) -> None:
        time = self._now()
        for error in left_out:
            recording.line(Event(step=step, time=time, name="warning", message=error.message))
        recording.line(Event(step=step, time=time, name="interrupted" if ended else "finished", message=ended))

    def _know(self, run: Run, done: Sequence[Checkpoint]) -> None:
        """Take up a run: its layers, and the weights of its last checkpoint, which the next one is compared with."""
        self._trace()
        if tuple(unit.id for unit in run.graph.units) != tuple(unit.id for unit in self._graph.units):
            message = f"The run at {run.path} is of another network than the model given."
            raise RunError(message, "Give the same --model, or begin again with --overwrite.")
        if done and self._load(done[-1]) is None:
            self._changes()

    def _load(self, checkpoint: Checkpoint) -> CheckpointError | None:
        """Load a checkpoint; return why it could not be."""
        try:
            load_checkpoint(self._model, checkpoint.path)
        except CheckpointError as error:
            return error
        return None

    def _trace(self) -> None:
        inputs = self._probe.inputs[:1].to(device_of(self._model, None), input_dtype(self._model))
        with evaluating(self._model, inputs.device):
            self._graph = require_complete(trace(self._model, inputs, output=self._output))
        self._measurer.know(self._graph)
        outputs = self._graph.layer(self._graph.output).shape if self._graph.output else ()
        self._names = self._names or tuple(f"class {index}" for index in range(outputs[-1] if outputs else 1))
        self._snapshots = Snapshots(
            self._model, self._graph, self._probe, classes=len(self._names), output=self._output,
            companion=self._companion,
        )  # fmt: skip

    def _record(self, recording: Recording, checkpoint: Checkpoint, to: Path, name: str | None) -> None:
        """Write snapshot and numbers of the network as it is now."""
        begins = self._snapshots is None
        if begins:
            self._trace()
        if self._snapshots is None:
            return
        taken = self._snapshots.take(checkpoint.step)
        if begins:
            self._begin(recording, to, name, taken)
        else:
            recording.snapshot(taken)
        recording.line(self._line(checkpoint.step, taken))
        recording.line(Event(step=checkpoint.step, time=self._now(), name="snapshot", message=checkpoint.name))
        recording.flush()

    def _begin(self, recording: Recording, to: Path, name: str | None, taken: Snapshot) -> None:
        front = run_file(self._measurer.model, self._probe, to.absolute(), name=name, classes=self._names)
        model = msgspec.structs.replace(self._facts, input_shape=front.model.input_shape)
        front = msgspec.structs.replace(front, model=model)
        recording.begin(front, self._graph, pictures=self._probe.pictures(), snapshot=taken)
        head = series_head(self._measurer, self._graph, classes=len(self._names), processes=1)
        recording.line(msgspec.structs.replace(head, origin="checkpoints", source="probe", unoptimized=(), frozen=()))

    def _line(self, step: int, taken: Snapshot) -> StepLine:
        found, seen = self._measurer.finish(self._probe.inputs)
        units = self._graph.units
        lists = activation_lists(units, seen, DeadNeurons()) | weight_lists(len(units), found, 1.0) | self._changes()
        # The same images are shown to every checkpoint: what is silent on all of them is dead.
        silent = [taken.statistics.units[unit.id].never_active.sum() if unit.rectified else None for unit in units]
        lists["silent"] = lists["dead"] = [None if count is None else float(count) for count in silent]
        known = {name: row for name, row in lists.items() if any(value is not None for value in row)}
        return StepLine(step=step, time=self._now(), run=self._answers(taken.facts), lists=known)

    def _answers(self, facts: SnapshotFacts) -> dict[str, Number]:
        """Return accuracy and cross-entropy on the images, as far as they have labels."""
        labels = torch.from_numpy(self._probe.labels)
        if facts.correct is None or not int((labels >= 0).sum()):
            return {}
        found: dict[str, Number] = {f"{METRIC}{self._part}/accuracy": facts.correct / int((labels >= 0).sum())}
        total, count = 0.0, 0
        device = device_of(self._model, None)
        with evaluating(self._model, device):
            for batch in self._probe.source.batches():
                logits = logits_of(batch.inputs.to(device, input_dtype(self._model)).call(self._model), self._output)
                wanted = torch.from_numpy(batch.labels).to(device)
                if logits is None or logits.dim() != 2 or int(wanted.max()) >= logits.shape[1]:
                    return found
                total += float(functional.cross_entropy(logits.float(), wanted, ignore_index=-1, reduction="sum"))
                count += int((wanted >= 0).sum())
        found[f"{METRIC}{self._part}/loss"] = number(total / count)
        return found

    def _changes(self) -> dict[str, list[Number]]:
        """Return how far each unit's weights have come since the checkpoint before, and keep them for the next."""
        units = len(self._graph.units)
        change: list[Number] = [None] * units
        ratio: list[Number] = [None] * units
        for place, own in enumerate(self._measurer.weights):
            if own is None:
                continue
            now = own.weight.detach().float().cpu()
            if place in self._before:
                moved, size = float(torch.linalg.vector_norm(now - self._before[place])), float(now.norm())
                change[place], ratio[place] = number(moved), number(moved / size if size else np.inf)
            self._before[place] = now.clone()
        return {"change/norm": change, "change/ratio": ratio}

    def _now(self) -> float:
        return round(perf_counter() - self._begun, 3)


def _done(to: Path) -> frozenset[int]:
    """Return the steps that a replay has gone through already; RunError when it is none."""
    run = read_run(to)
    if run.recorded:
        run.series.update()
    if not run.recorded or run.series.head.origin != "checkpoints":
        message = f"The run at {to} was not made from checkpoints."
        raise RunError(message, "Leave out --resume and choose another folder with -o.")
    # A replay that was killed may have written a snapshot without its numbers: that one is made again.
    told = {event.step for event in run.series.events if event.name == "snapshot"}
    return frozenset(told.intersection(run.steps))
