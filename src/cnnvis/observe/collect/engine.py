"""One pass over the data, on this machine: batches in, a summary out (design: collect)."""

import math
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from time import perf_counter

import numpy as np
from jaxtyping import Int
from torch import nn

from cnnvis.observe.collect.accumulate import Accumulator, Outcome
from cnnvis.observe.collect.activation import activation_of
from cnnvis.observe.collect.counted import CountPlan
from cnnvis.observe.collect.failure import FORWARD_ERRORS, failed_forward
from cnnvis.observe.collect.finish import finish
from cnnvis.observe.collect.fold import Folding, UnfoldableError
from cnnvis.observe.collect.interrupt import Interrupts
from cnnvis.observe.collect.labels import Labels
from cnnvis.observe.collect.layout import channels_last_pays, same_sums, with_channels_last
from cnnvis.observe.collect.model import device_of, evaluating
from cnnvis.observe.collect.options import Collected, CollectOptions
from cnnvis.observe.collect.pictures import Pictures
from cnnvis.observe.collect.probe import ProbePlan
from cnnvis.observe.collect.progress import progress_bar
from cnnvis.observe.collect.reduce import Reducer
from cnnvis.observe.collect.saving import SavePlan
from cnnvis.observe.collect.state import (
    Fingerprint,
    PassState,
    batch_digest,
    clear_state,
    fingerprint,
    load_state,
    save_state,
)
from cnnvis.observe.collect.summary import Summary, SummaryShape
from cnnvis.observe.collect.table import Table, watch_list
from cnnvis.observe.collect.top import SAMPLES
from cnnvis.observe.collect.winners import Winners
from cnnvis.observe.inputs.source import Batch, ImageSource
from cnnvis.observe.model_input import ModelInput, input_dtype
from cnnvis.observe.trace.outputs import logits_of
from cnnvis.observe.trace.unwrap import unwrap
from cnnvis.observe.trace.watch import unwatched, watch_layers
from cnnvis.schema.errors import CnnvisError, DataError, ModelError, RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.run import SnapshotFacts
from cnnvis.schema.statistics import known_classes

OUTCOMES = 8192
"""So many images' outcomes are gathered before those of images without a place among the best are forgotten."""


def collect(model: nn.Module, source: ImageSource, graph: LayerGraph, *, options: CollectOptions) -> Collected:
    """Look at every image once and return what each neuron does (design: collect).

    An interrupted pass (Ctrl-C) returns what it has; its facts then say "n of N images". The model is run in
    evaluation mode without gradients and left as it was: training flags, device, hooks and random numbers.

    Args:
        model: The network that ``graph`` was traced from.
        source: The images, in batches.
        graph: Its layers; units that never run in a batch simply see fewer images.
        options: The choices of the pass.

    Raises:
        DataError: There is no image, or labels and outputs do not fit.
        ModelError: The model fails; the message names the module and the batch.
        RunError: The state to resume from is damaged or belongs to something else.

    """
    return Pass(model, source, graph, options).run()


class Pass:
    """One pass and its progress."""

    def __init__(self, model: nn.Module, source: ImageSource, graph: LayerGraph, options: CollectOptions) -> None:
        if not graph.units:
            raise ModelError(
                "The network has no neurons: no convolution, linear layer or activation after one was seen.",
                "Give a network with at least one such layer.",
            )
        self.model = unwrap(model)
        self.source = source
        self.graph = graph
        self.options = options
        self.device = device_of(self.model, options.device)
        self.dtype = input_dtype(self.model)
        activations = {unit.id: activation_of(unit, graph, self.model) for unit in graph.units}
        reducer = Reducer(options.piece_bytes, maximum=options.pool == "max")
        counted = CountPlan.of_data(source.total, source.samples)
        self.table = Table(watch_list(graph, activations), reducer, options.top_k, counted)
        self.labels = Labels(options.classes, options.label_of_output)
        self.pictures = Pictures(source)
        self.state = PassState()
        self.interrupts = Interrupts()
        self._folding: Folding | None = None
        self._mark: Fingerprint | None = None
        self._sums: Accumulator | None = None
        self._prune_at = OUTCOMES
        self._saving = SavePlan()
        self._unused_labels = 0
        """Images whose label was left out."""
        self._unsaved: str | None = None
        """Why the state could not be written."""
        self._started = perf_counter()

    def run(self) -> Collected:
        """Run the pass to its end, or to an interrupt."""
        complete = False
        with ExitStack() as stack:
            stack.enter_context(evaluating(self.model, self.device))
            self._prepare_state()
            stack.enter_context(self.interrupts.watching())
            try:
                self._read()
                complete = True
            except KeyboardInterrupt:
                if not self.state.batches:
                    raise
                self._save()
            except CnnvisError:
                self._save()
                raise
        if complete and self.options.state is not None:
            self._save()
        return self._collected(complete=complete)

    @contextmanager
    def reading(self) -> Generator[None]:
        """Let the model fill the table with every batch that it sees, while open; it must be in evaluation."""
        # The folded norms have a forward of their own, so that their outputs are seen call by call: watch first.
        callbacks, around = self.table.callbacks(), self.table.around()
        self._folding = Folding(self.model, self.graph, {*callbacks, *around})
        if self.state.unfolded:
            self._folding.give_up()
        with watch_layers(self.model, callbacks, around=around, evaluating=True), self._folding.folded():
            yield

    def look(self, batch: Batch) -> Outcome:
        """Run the model on a batch and fill the table."""
        result = self._forward(batch, exactly=False)
        logits = logits_of(result, self.options.output)
        columns, predictions = self.labels.read(logits, batch.labels)
        labels = groups = batch.labels
        if self.options.by_prediction:
            self._unused_labels += int((labels >= 0).sum())
            labels, groups = np.full_like(labels, -1), known_classes(predictions, self.options.classes)
        # One sum tells whether anything is wrong; only then is the batch looked at again, value by value.
        if not math.isfinite(float((self.table.before.sum() + self.table.after.sum()).item())):
            self._forward(batch, exactly=True)
        return Outcome(samples=batch.samples, labels=labels, columns=columns, predictions=predictions, groups=groups)

    def absorb(self, outcome: Outcome) -> None:
        """Add a batch to the sums."""
        sums = self._sums or self._open(None)
        sums.absorb(outcome)
        state = self.state
        state.batches += 1
        state.images += len(outcome.samples)
        state.last_batch = batch_digest(outcome.samples)
        pairs = zip(outcome.labels.tolist(), outcome.predictions.tolist(), strict=True)
        state.outcomes.update(zip(outcome.samples.tolist(), pairs, strict=True))
        if not self.source.rereadable:
            self._keep_pictures(sums, outcome.samples)
        if len(state.outcomes) >= self._prune_at:
            self._winners(sums).prune(state.outcomes)
            self._prune_at = len(state.outcomes) + OUTCOMES

    def score(self) -> tuple[int, int]:
        """Return how many images have a label so far, and how many of them were predicted right."""
        if self._sums is None or not self.labels.columns or self.options.by_prediction:
            return 0, 0
        return self._sums.score()

    def summary(self) -> Summary:
        """Return everything so far."""
        return (self._sums or self._open(None)).summary()

    def _read(self) -> None:
        batches = self.source.batches(max(0, self.state.batches - 1))
        total, done = self.source.total, self.state.images
        with (
            progress_bar(self.source.name, total, done, shown=self.options.progress) as bar,
            self.reading(),
        ):
            resuming = self.state.batches > 0
            for batch in batches:
                if resuming:
                    self._check_resumed(batch)
                    resuming = False
                    continue
                self.check(batch)
                outcome = self.look(batch)
                with self.interrupts.shielded(), unwatched():
                    self.absorb(outcome)
                    self._save_now_and_then()
                bar.update(len(batch.samples))

    def _forward(self, batch: Batch, *, exactly: bool) -> object:
        inputs = batch.inputs.to(self.device, self.dtype)
        if self.state.channels_last is None:
            self.state.channels_last = self._bears_channels_last(batch.samples, inputs)
        if self.state.channels_last:
            try:
                return self._call(batch.samples, with_channels_last(inputs), exactly=exactly)
            except ModelError:  # once more, and from now on, in the order that its author knows
                self.state.channels_last = False
        return self._call(batch.samples, inputs, exactly=exactly)

    def _bears_channels_last(self, samples: Int[np.ndarray, " images"], inputs: ModelInput) -> bool:
        """Look at two images both ways."""
        if not channels_last_pays(self.graph, self.device, self.dtype):
            return False
        few, inputs = samples[:2], inputs.take(slice(0, 2))
        try:
            self._call(few, inputs, exactly=False)
            usual = self.table.before.clone()
            self._call(few, with_channels_last(inputs), exactly=False)
        except ModelError:
            return False
        return same_sums(usual, self.table.before)

    def _call(self, samples: Int[np.ndarray, " images"], inputs: ModelInput, *, exactly: bool) -> object:
        self.table.start(samples, device=self.device, exactly=exactly)
        try:
            result = inputs.call(self.model)
            if self._folding is not None:
                self._folding.check()
        except UnfoldableError:  # data-dependent control flow: once more, and from now on, as its author wrote it
            if self._folding is not None:
                self._folding.give_up()
                self.state.unfolded = True
            return self._call(samples, inputs, exactly=exactly)
        except FORWARD_ERRORS as error:
            if self._folding is not None:
                self._folding.forget()
            raise failed_forward(error, self.model, self.state.batches, inputs) from error
        return result

    def check(self, batch: Batch) -> None:
        """Raise DataError when a batch is not what the source promised."""
        if len(batch.inputs) != len(batch.samples) or len(batch.labels) != len(batch.samples):
            raise DataError(
                f"Batch {self.state.batches} of {self.source.name} has {len(batch.inputs)} images, "
                f"{len(batch.labels)} labels and {len(batch.samples)} sample ids."
            )
        if len(batch.samples) and not 0 <= int(batch.samples.min()) <= int(batch.samples.max()) < SAMPLES:
            raise DataError(f"Sample ids must lie in 0...{SAMPLES - 1}; {self.source.name} has others.")
        self.labels.check(batch.labels, self.source.name)

    def _check_resumed(self, batch: Batch) -> None:
        if batch_digest(batch.samples) != self.state.last_batch:
            raise RunError(
                f"{self.source.name} no longer comes in the same batches as when the pass was interrupted.",
                "Use the same batch size and order, or start again without --resume.",
            )

    @property
    def shape(self) -> SummaryShape:
        """The sizes of the sums, once a batch or an earlier state has told how many outputs there are."""
        return SummaryShape(
            units=tuple((unit.id, unit.neurons) for unit in self.graph.units),
            classes=self.options.classes,
            outputs=self.labels.columns,
            top_k=self.options.top_k,
            probe=ProbePlan(self.options.probe_images, self.options.classes),
            probe_units=self.options.representatives,
        )

    def _open(self, start: Summary | None) -> Accumulator:
        # One running sum in the order of the batches, whatever their number: over a thousand classes it is large.
        shape = self.shape
        self.state.outputs = shape.outputs
        self._sums = Accumulator(shape, self.table, start or Summary.empty(shape), device=self.device)
        return self._sums

    def _winners(self, sums: Accumulator) -> Winners:
        return Winners(self.graph, self.options.representatives, sums.winners())

    def _keep_pictures(self, sums: Accumulator, samples: Int[np.ndarray, " images"]) -> None:
        winners = self._winners(sums)
        entered = winners.samples(only_representatives=self.pictures.only_representatives)
        self.pictures.add(np.intersect1d(samples, entered).tolist())
        if self.pictures.crowded:
            self.pictures.drop_all_but(lambda only: winners.samples(only_representatives=only))

    def _prepare_state(self) -> None:
        folder = self.options.state
        if folder is None:
            return
        self._mark = fingerprint(self.model, self.source, self.graph, self.options)
        state = load_state(folder, self._mark) if self.options.resume else None
        if state is None:
            clear_state(folder)
            return
        self.state = state
        self.labels.columns = state.outputs
        self.pictures.kept = state.pictures
        self.source.skipped.extend(line for line in state.skipped if line not in self.source.skipped)
        self._open(state.sums)
        state.sums = None
        self._started -= state.seconds

    def _save_now_and_then(self) -> None:
        if self._saving.due():
            with self._saving.saving():
                self._save()

    def _save(self) -> None:
        if self.options.state is None or self._mark is None or not self.state.batches:
            return
        self.state.seconds = perf_counter() - self._started
        self.state.skipped = tuple(self.source.skipped)
        self.state.sums = self.summary()
        self.state.pictures = self.pictures.kept
        with self.interrupts.shielded():
            try:
                save_state(self.options.state, self.state, self._mark)
            except RunError as error:  # the pass itself is worth more than its state
                self._unsaved = self._unsaved or f"The state for --resume was not written. {error.message}"
        self.state.sums = None

    def _collected(self, *, complete: bool) -> Collected:
        if not self.state.batches:
            raise self._nothing()
        total = self.summary()
        needed = Winners(self.graph, self.options.representatives, total.top.keys).in_order()
        if not self.source.rereadable and self.pictures.only_representatives:
            needed = needed[[sample in self.pictures.kept for sample in needed.tolist()]]
        outcomes = self.state.outcomes
        statistics = finish(total, self.shape)
        if self.options.by_prediction:  # what a probe image counted for was no label
            unlabelled = replace(statistics.probe, labels=np.full_like(statistics.probe.labels, -1))
            statistics = replace(statistics, probe=unlabelled)
        return Collected(
            statistics=statistics,
            facts=self._facts(total, complete=complete),
            picture=self.pictures.picture,
            needed=needed,
            outcomes={sample: outcomes[sample] for sample in needed.tolist() if sample in outcomes},
        )

    def _nothing(self) -> CnnvisError:
        if self.source.skipped:
            return DataError(
                f"None of the images of {self.source.name} could be read; the first: {self.source.skipped[0]}."
            )
        return DataError(f"{self.source.name} has no image that was looked at.", "Give data with at least one image.")

    def _facts(self, total: Summary, *, complete: bool) -> SnapshotFacts:
        images, expected = int(total.images.sum()), self.source.total
        nonfinite = int(total.nonfinite.sum())
        labelled = not self.options.by_prediction and int(total.images[:-1].sum()) > 0 and total.confusion.shape[1] > 0
        warnings = [*self.source.warnings, *([self._unsaved] if self._unsaved else [])]
        if not complete:
            warnings.append(f"Stopped early: {images} of {expected or 'an unknown number of'} images.")
        if self._unused_labels:
            warnings.append(
                f"The first images have no labels, so classes are what the network predicts; {self._unused_labels} "
                "images that do have a label count the same."
            )
        if nonfinite:
            units = self._units_with(total.nonfinite)
            warnings.append(f"{nonfinite} activation values are NaN or infinite, first in {units[0]}; left out.")
        if not self.source.rereadable and self.pictures.only_representatives:
            warnings.append("Only the pictures for representative layers were kept: there were too many.")
        return SnapshotFacts(
            images_seen=images,
            images_total=expected,
            complete=complete,
            correct=total.correct if labelled else None,
            top_k=self.options.top_k,
            probe_images=min(len(total.probe.samples), self.options.probe_images),
            nonfinite=nonfinite,
            seconds=perf_counter() - self._started,
            warnings=tuple(warnings),
        )

    def _units_with(self, counts: Int[np.ndarray, " neurons"]) -> list[str]:
        return [watched.unit.id for watched in self.table.watched if counts[watched.part].any()]
