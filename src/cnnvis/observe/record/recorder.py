"""The recorder: a training loop goes in, series and snapshots come out, and the training does not notice."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import ClassVar

import torch
from torch import nn
from tqdm import tqdm

from cnnvis.observe.inputs import Preprocess
from cnnvis.observe.record.companion import Companion, nothing_more
from cnnvis.observe.record.diary import Choices, Diary
from cnnvis.observe.record.distributed import Processes
from cnnvis.observe.record.measure import Measurer
from cnnvis.observe.record.optimizers import optimizers_in
from cnnvis.observe.record.pace import Cost, Pace, SnapshotSchedule
from cnnvis.observe.record.probe import MOST_IMAGES, ProbeImages
from cnnvis.observe.record.scaling import Scaler
from cnnvis.observe.record.shield import Shield
from cnnvis.observe.record.values import as_loss
from cnnvis.schema.errors import RunError

BUDGET = 0.05
_KEPT = 256
"""Training images that become the probe set where none is given."""

_LONGEST_WAIT = 8
"""Steps after which those that there are must do."""


class Recorder:
    """Records a training into a run folder that `cnnvis open` shows, live and later.

    Use it with ``with``, and call `step` after each step of the optimizer. The training is the same with and without:
    same weights, same random numbers, same batch norm statistics. Whatever goes wrong in the recorder ends in one
    logged warning, never in an exception in the loop; mistakes in the arguments are told before the loop begins.

    Args:
        model: The network as the loop calls it; wrappers by `torch.compile` and DistributedDataParallel are fine.
        optimizer: The optimizer, or a list of several.
        to: The run folder to write.
        probe: Images that snapshots are taken on, at best ones that are not trained on: (images, labels), a data set
            or a DataLoader; of more than 2,000 some are chosen. None: the first 256 training images.
        class_names: Names of the classes, by label.
        preprocess: What is done to 8-bit probe images before the model sees them.
        name: Name of the run; the folder's when not given.
        every: Measure the layers at each multiple of so many steps, whatever it costs; None: as often as the budget
            allows.
        snapshots: Take snapshots after exactly these steps, whatever they cost; None: often early, ever more rarely
            later, within the budget.
        budget: Share of the run's time that recording may take.
        scaler: The GradScaler of a training in mixed precision. None: the one that is seen to call the optimizer.
        output: Which entry of a tuple or dict output holds the logits.
        overwrite: Replace the run that is at ``to``.
        resume: Go on with the recording that is at ``to``, after the trainer was started again: steps and curves go
            on. Where there is none, a new one is begun.
        resume_at: Steps that the checkpoint had done that the training goes on from; what was recorded of later ones
            is dropped. None: the last that was recorded.
        progress: Say at the end what recording has cost.

    Raises:
        CnnvisError: Model, optimizer, probe images or folder are not usable; the message says what to do.

    Example:
        >>> with cnnvis.Recorder(model, optimizer, to="runs/a", probe=(images, labels)) as rec:  # doctest: +SKIP
        ...     for x, y in loader:
        ...         loss = criterion(model(x), y)
        ...         optimizer.zero_grad()
        ...         loss.backward()
        ...         optimizer.step()
        ...         rec.step(loss=loss)

    """

    companion: ClassVar[Companion] = staticmethod(nothing_more)
    """Adds what can be found out about a snapshot beside the statistics."""

    def __init__(  # noqa: PLR0913 (the front door: every option a user may want, by keyword)
        self,
        model: nn.Module,
        optimizer: object,
        *,
        to: str | Path,
        probe: object = None,
        class_names: Sequence[str] | None = None,
        preprocess: Preprocess | None = None,
        name: str | None = None,
        every: int | None = None,
        snapshots: Sequence[int] | None = None,
        budget: float = BUDGET,
        scaler: Scaler | None = None,
        output: str | None = None,
        overwrite: bool = False,
        resume: bool = False,
        resume_at: int | None = None,
        progress: bool = True,
    ) -> None:
        begun = perf_counter()
        _check(every, budget, resume_at if resume else None)
        optimizers = optimizers_in(optimizer)
        self._shield = Shield()
        self._measurer = Measurer(model, optimizers, self._shield, output=output)
        self._processes = Processes(Path(to).name)
        self._shield.silent = not self._processes.first
        self._probe = None if probe is None else ProbeImages(probe, class_names=class_names, preprocess=preprocess)
        self._pace = Pace(budget / 2, every)
        # Half of the budget each; with a fixed choice of steps nothing depends on the clock.
        steps = None if snapshots is None else frozenset(snapshots)
        self._schedule = SnapshotSchedule(None if every is not None else budget / 2, steps)
        choices = Choices(
            to=Path(to), name=name, classes=class_names, scaler=scaler, output=output, overwrite=overwrite,
            resume=resume, resume_at=resume_at,
        )  # fmt: skip
        self._diary = Diary(self._measurer, self._processes, choices, type(self).companion)
        self._budget = budget
        self._progress = progress
        self._open = self._measuring = False
        self._measured_at = self._following = 0
        """The step measured last, and the one to measure after the next one."""
        self._steps = self._seen = 0
        """Steps of this training, and those of the optimizer that are in them."""
        self.knows_loss = False
        """Whether a loss was handed over, or found in the model's outputs."""
        self._losses: list[torch.Tensor | float] = []
        self._begun = self._step_ended = perf_counter()
        self._own_at_step_end = 0.0
        self._ended: float | None = None
        self._shield.seconds = perf_counter() - begun

    def __enter__(self) -> "Recorder":
        """Trace the network, take the first snapshot and begin to watch."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the recording; after an exception without a last snapshot."""
        self.close(interrupted="" if error is None else f"{type(error).__name__}: {error}".rstrip(": "))

    @property
    def cost(self) -> Cost:
        """What recording has cost so far."""
        indirect = self._pace.indirect * self._pace.measured
        return Cost(
            seconds=self._shield.seconds + indirect,
            elapsed=(self._ended or perf_counter()) - self._begun,
            steps=self._steps,
            measured=self._pace.measured,
            snapshots=self._schedule.taken,
        )

    def start(self) -> None:
        """Begin to record; called by ``with``.

        Raises:
            CnnvisError: The network cannot be traced with the probe images, or the run folder cannot be written.

        """
        own = self._shield.seconds
        # The time that it took to make the recorder counts, but not what the program did since.
        self._begun = perf_counter() - own
        self._processes.open()
        if self._probe is not None:
            self._begin(self._probe)
        else:
            self._measurer.first_batches = []
        self._shield.seconds = perf_counter() - self._begun
        self._measurer.attach()
        self._open = True
        self._prepare()
        self._begin_step()

    def step(self, loss: object = None, *, metrics: Mapping[str, object] | None = None) -> None:
        """Record what has happened since the last call, after each step of the optimizer.

        Under gradient accumulation it may be called after every batch: it counts the optimizer's steps by itself, and
        the loss of a step is the mean over its batches.

        Args:
            loss: The loss, as a tensor or a number. None: the ``loss`` in the model's outputs, where they hold one.
            metrics: More numbers of this step, such as ``{"train/accuracy": 0.5}``; names with ``val`` or
                ``validation`` in them are taken for the validation's.

        """
        if not self._open:
            return
        begun = perf_counter()
        over = self._measurer.optimizers.steps > self._seen
        with self._shield.guarded("series"):
            for one in self._measurer.own_losses if loss is None else (loss,):
                self._note_loss(one)
            self._measurer.own_losses = []
            self._diary.note_metrics(metrics or {}, self._steps + 1)
            if over:
                self._finish_step(begun)
            else:
                self._diary.note_overflow(self._steps)
        if over:
            self._begin_step()
        self._give_up_if_broken()

    def log(self, metrics: Mapping[str, object], *, loss: object = None) -> None:
        """Record numbers that belong to the present step, such as those of a validation.

        Args:
            metrics: The numbers by name.
            loss: The training loss, from a trainer that tells it only now and then.

        """
        if self._open:
            with self._shield.guarded("series"):
                self._diary.write_metrics(metrics, self._steps, loss)
                self._diary.settle()
            self._give_up_if_broken()

    def snapshot(self) -> None:
        """Take a snapshot now, on all probe images."""
        if self._open and self._diary.begun and self._processes.first:
            self._snapshot()

    def pause(self, seconds: float) -> None:
        """Leave time out of the account in which the program did something else than this training."""
        self._begun += seconds
        self._step_ended += seconds

    def close(self, *, interrupted: str = "") -> None:
        """Finish the recording: last snapshot, last lines, no hook left. Calling it again does nothing.

        Args:
            interrupted: Why the training ended early; empty when it did not.

        """
        if not self._open:
            return
        self._open = False
        self._measurer.detach()
        if not interrupted and self._diary.begun:
            self._look_at_the_end()
        self._measurer.let_go()
        with self._shield.guarded("series"):
            self._diary.finish(self._steps, interrupted)
            self._processes.close()
        self._ended = perf_counter()
        if self._progress:
            self._shield.say(lambda: tqdm.write(str(self.cost), file=sys.stderr))

    def _note_loss(self, loss: object) -> None:
        self.knows_loss = True
        value = as_loss(loss)
        if value is None:
            self._diary.refuse("the loss", loss, self._steps + 1)
            return
        self._losses.append(value)
        self._diary.note_loss(loss, self._steps + 1)

    def _finish_step(self, begun: float) -> None:
        self._seen = self._measurer.optimizers.steps
        self._steps += 1
        outside = begun - self._step_ended
        hooks = self._shield.seconds - self._own_at_step_end
        if not self._diary.begun:
            self._begin_with_training_images()
        self._diary.write_step(self._steps, self._losses)
        self._losses = []
        if self._measuring:
            self._measured_at = self._steps
            with self._shield.guarded("measuring"):
                self._diary.write_measured(self._steps, self._probe)
        self._diary.settle()
        self._pace.note(measured=self._measuring, seconds=outside - hooks, own=hooks + perf_counter() - begun)
        if self._diary.begun and self._processes.first:
            self._snapshot_if_due()
        self._prepare()

    def _snapshot_if_due(self) -> None:
        size = self._schedule.due(self._diary.offset + self._steps, self._elapsed)
        if self._diary.asked():
            size = "all"
        elif not size and self._diary.wants_snapshot and self._schedule.steps is None:
            size = "few"
        if size:
            self._snapshot(few=size == "few")

    def _prepare(self) -> None:
        """Get ready for the next step."""
        step = self._steps + 1
        if self._pace.every is None:
            self._choose(step)
        wanted = self._pace.wanted(step) or (self._diary.alarmed and self._processes.alone)
        self._measuring = wanted and "measuring" not in self._shield.off
        self._diary.alarmed = False
        self._measurer.start(measuring=self._measuring)

    def _begin_step(self) -> None:
        """Look at the clock, outside of what counts as the recorder's own time."""
        self._own_at_step_end = self._shield.seconds
        self._step_ended = perf_counter()

    def _choose(self, step: int) -> None:
        """Find out which step is measured next, and before it runs, which one after it."""
        pace = self._pace
        if self._processes.first:
            if pace.next < step:
                pace.next = max(step, self._following)
            if pace.next == step:
                self._following = pace.following(self._elapsed)
                self._processes.announce(step, self._following)
            return
        while pace.next < step and (announced := self._processes.following(pace.next)) is not None:
            pace.next = announced

    @property
    def _elapsed(self) -> float:
        return perf_counter() - self._begun

    def _begin(self, probe: ProbeImages, *, given: bool = True) -> None:
        begun = perf_counter()
        self._measurer.fingerprints = probe.fingerprints
        self._diary.begin(probe, self._steps, given=given)
        self._pace.restart(self._steps + 1)
        self._schedule.few = probe.share
        step = self._diary.offset + self._steps
        self._schedule.note(step, perf_counter() - begun, whole=probe.share == 1.0)

    def _begin_with_training_images(self) -> None:
        """Make the probe set of the first training images, once there are enough of them."""
        kept = self._measurer.first_batches
        enough = sum(len(images) for images in kept or ()) >= _KEPT or self._steps >= _LONGEST_WAIT
        if not kept or not enough:
            return
        same = [images for images in kept if images.shape[1:] == kept[0].shape[1:]]
        self._measurer.first_batches = None
        images = torch.cat(same)[: min(_KEPT, MOST_IMAGES)].cpu()
        self._probe = ProbeImages((images, None), name="first training images")
        self._begin(self._probe, given=False)

    def _snapshot(self, *, few: bool = False, seconds: float = 0.0) -> None:
        if "snapshots" in self._shield.off or "series" in self._shield.off:
            return
        begun = perf_counter()
        with self._shield.guarded("snapshots"):
            if self._diary.write_snapshot(self._steps, few=few, seconds=seconds):
                step, whole = self._diary.offset + self._steps, not few or self._schedule.few == 1.0
                self._schedule.note(step, perf_counter() - begun, whole=whole)

    def _look_at_the_end(self) -> None:
        """See once more what can be seen without another step, so that the last state is known whenever this is."""
        if self._measured_at < self._steps and self._processes.alone and "measuring" not in self._shield.off:
            with self._shield.guarded("measuring"):
                self._diary.write_last(self._steps, self._probe)
        if self._schedule.steps is None and self._processes.first:
            left = self._budget * self._elapsed - self._shield.seconds
            self._snapshot(seconds=max(0.0, left))

    def _give_up_if_broken(self) -> None:
        """Let go of the training when the series cannot be written any more."""
        if "series" in self._shield.off:
            self._open = False
            self._ended = perf_counter()
            self._measurer.detach()
            with self._shield.guarded("series"):
                self._diary.drop()


def _check(every: int | None, budget: float, resume_at: int | None) -> None:
    if every is not None and every < 1:
        raise RunError(f"The option every is {every}; it must be 1 or more.", "Leave it out to keep to the budget.")
    if not 0 < budget <= 1:
        raise RunError(f"The budget is {budget}; it is a share above 0 and up to 1.", "Leave it out for 5 %.")
    if resume_at is not None and resume_at < 0:
        raise RunError(f"resume_at is {resume_at}; it is a number of steps, 0 or more.", "Give the checkpoint's step.")
