"""Run the probe images with and without some neurons, and compare."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from jaxtyping import Float64, Int
from torch import nn

from cnnvis.observe.collect.failure import FORWARD_ERRORS, failed_forward
from cnnvis.observe.collect.labels import Labels
from cnnvis.observe.collect.model import evaluating
from cnnvis.observe.collect.reduce import as_map
from cnnvis.observe.connect.reading import ProbeReading
from cnnvis.observe.inputs.source import ImageSource
from cnnvis.observe.intervene.intervention import Change, Intervention, Switchboard
from cnnvis.observe.model_input import ModelInput
from cnnvis.observe.trace.outputs import logits_of
from cnnvis.observe.trace.unwrap import unwrap
from cnnvis.observe.trace.watch import watch_layers
from cnnvis.schema.graph import Layer, LayerGraph
from cnnvis.schema.statistics import ProbeSet


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """What each intervention takes away: the value as the network is, minus the value with the intervention.

    Images whose logits or values are not finite in either count nowhere but in the accuracy.
    """

    drops: dict[str, Float64[np.ndarray, "interventions neurons"]]
    """Per target unit: the mean over images and positions of each neuron's value before its non-linearity."""
    logit_drops: Float64[np.ndarray, "interventions outputs"] | None
    """Mean over images of each output; None for a model without one row of scores per image."""
    images: int
    class_images: Int[np.ndarray, " classes"]
    correct: Int[np.ndarray, " classes"]
    """Images of each class predicted right, as the network is."""
    correct_after: Int[np.ndarray, "interventions classes"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Scoring:
    """What the network's outputs mean.

    Args:
        classes: Number of classes of the labels; 0 counts no right predictions.
        label_of_output: Label of each output, -1 for none; None when output and label are the same number.
        output: Which of several outputs holds the logits.

    """

    classes: int = 0
    label_of_output: Int[np.ndarray, " outputs"] | None = None
    output: str | int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Experiment:
    """What to do, and where to look.

    Args:
        interventions: One forward pass each.
        targets: Ids of the units whose values before the non-linearity are compared.
        held: Ids of units that keep the output they have without intervention, so that effects by way of them stay
            out; a unit that is intervened in is not held then.
        scores: What the outputs mean.

    """

    interventions: Sequence[Intervention]
    targets: Sequence[str] = ()
    held: Sequence[str] = ()
    scores: Scoring = Scoring()


def measure(
    model: nn.Module,
    source: ImageSource,
    graph: LayerGraph,
    *,
    probe: ProbeSet,
    experiment: Experiment,
    reading: ProbeReading | None = None,
) -> Measured:
    """Run the probe images once as the network is and once per intervention, and return the differences.

    The network's weights, hooks, training flags and random numbers are as before afterwards.

    Args:
        model: The network that ``graph`` was traced from.
        source: The data with the probe images.
        graph: Its layers.
        probe: The probe set.
        experiment: What to do, and where to look.
        reading: How many images, and on which device.

    Raises:
        ModelError: There is no such neuron, the model fails, or the device cannot be used.

    """
    reading = reading or ProbeReading()
    inner = unwrap(model)
    for intervention in experiment.interventions:
        intervention.checked(graph)
    bench = _Bench(inner, graph, experiment)
    passes = 1 + len(experiment.interventions)
    planned = passes * len(reading.samples(probe))
    with ExitStack() as stack:
        stack.enter_context(evaluating(inner, reading.place(inner)))
        stack.enter_context(watch_layers(inner, bench.board.callbacks()))
        reading.progress(0, planned)
        for inputs, labels in reading.batches(inner, source, graph, probe):
            before = passes * bench.images
            for number in bench.look(inputs, labels):
                reading.progress(before + number * len(inputs), planned)
    return bench.result()


@dataclass(frozen=True, eq=False)
class _Seen:
    """What one forward pass showed."""

    means: dict[str, Float64[np.ndarray, "images neurons"]]
    logits: Float64[np.ndarray, "images outputs"] | None
    predicted: Int[np.ndarray, " images"]


class _Bench:
    """Runs batches as the network is and under every intervention, and adds up the differences."""

    def __init__(self, model: nn.Module, graph: LayerGraph, experiment: Experiment) -> None:
        interventions, scores = experiment.interventions, experiment.scores
        layers = {layer.id: layer for layer in graph.layers}
        units = {unit.id: unit for unit in graph.units}
        self.model = model
        self.interventions = interventions
        self.targets = {name: layers[units[name].before] for name in dict.fromkeys(experiment.targets)}
        self.held = tuple(dict.fromkeys(experiment.held))
        self.layers = {name: layers[name] for name in (*self.held, *(each.unit for each in interventions))}
        self.board = Switchboard(
            {layer.id: layer for layer in (*self.layers.values(), *self.targets.values())}.values()
        )
        self.scores = scores
        self.labels = Labels(scores.classes, scores.label_of_output)
        self.sums = {name: np.zeros((len(interventions), units[name].neurons)) for name in self.targets}
        self.logit_sums: np.ndarray | None = None
        self.counts = np.zeros(len(interventions), np.int64)
        self.images = 0
        self.class_images = np.zeros(scores.classes, np.int64)
        self.correct = np.zeros((1 + len(interventions), scores.classes), np.int64)

    def look(self, inputs: ModelInput, labels: Int[np.ndarray, " images"]) -> Iterator[int]:
        """Add a batch of images; yields after each forward pass how many there were."""
        kept: dict[str, torch.Tensor] = {}
        changes: list[tuple[str, Change]] = [(name, partial(_keep, kept, name)) for name in self.held]
        clean = self._run(inputs, changes)
        self._count(0, clean, labels)
        known = labels[(labels >= 0) & (labels < self.scores.classes)]
        self.class_images += np.bincount(known, minlength=self.scores.classes)
        self.images += len(inputs)
        yield 1
        for number, intervention in enumerate(self.interventions):
            changes = [(name, partial(_restore, kept, name)) for name in self.held if name not in {intervention.unit}]
            layer = self.layers[intervention.unit]
            changes.append((intervention.unit, partial(_intervene, intervention, layer)))
            seen = self._run(inputs, changes)
            self._count(1 + number, seen, labels)
            self._add(number, clean, seen)
            yield 2 + number

    def _run(self, inputs: ModelInput, changes: list[tuple[str, Change]]) -> _Seen:
        means: dict[str, np.ndarray] = {}
        reads: list[tuple[str, Change]] = [
            (layer.id, partial(_read, means, name, layer, len(inputs))) for name, layer in self.targets.items()
        ]
        self.board.set([*reads, *changes])
        try:
            # A copy each time: a model may work in place.
            result = inputs.cloned().call(self.model)
        except FORWARD_ERRORS as error:
            raise failed_forward(error, self.model, 0, inputs) from error
        logits = logits_of(result, self.scores.output)
        if logits is None or len(logits) != len(inputs):
            return _Seen(means, None, np.full(len(inputs), -1, np.int64))
        predicted = self._predicted(logits)
        return _Seen(means, logits.double().cpu().numpy(), predicted)

    def _predicted(self, logits: torch.Tensor) -> Int[np.ndarray, " images"]:
        if not self.scores.classes:
            return np.full(len(logits), -1, np.int64)
        return self.labels.read(logits, np.full(len(logits), -1, np.int64))[1]

    def _count(self, row: int, seen: _Seen, labels: Int[np.ndarray, " images"]) -> None:
        right = labels[(seen.predicted == labels) & (labels >= 0) & (labels < self.scores.classes)]
        self.correct[row] += np.bincount(right, minlength=self.scores.classes)

    def _add(self, number: int, clean: _Seen, seen: _Seen) -> None:
        with np.errstate(invalid="ignore"):  # infinite minus infinite: such images are left out below
            drops = {name: clean.means[name] - seen.means[name] for name in self.targets if name in seen.means}
            logits = None if clean.logits is None or seen.logits is None else clean.logits - seen.logits
        finite = np.ones(len(clean.predicted), np.bool_)
        for values in (*drops.values(), *([] if logits is None else [logits])):
            finite &= np.isfinite(values).all(axis=1)
        self.counts[number] += finite.sum()
        for name, values in drops.items():
            self.sums[name][number] += values[finite].sum(axis=0)
        if logits is not None:
            if self.logit_sums is None:
                self.logit_sums = np.zeros((len(self.interventions), logits.shape[1]))
            self.logit_sums[number] += logits[finite].sum(axis=0)

    def result(self) -> Measured:
        """Return the means over the images."""
        counts = np.maximum(self.counts, 1)[:, None]
        return Measured(
            drops={name: total / counts for name, total in self.sums.items()},
            logit_drops=None if self.logit_sums is None else self.logit_sums / counts,
            images=self.images,
            class_images=self.class_images,
            correct=self.correct[0],
            correct_after=self.correct[1:],
        )


def _keep(kept: dict[str, torch.Tensor], name: str, output: torch.Tensor) -> None:
    kept[name] = output.detach().clone()


def _restore(kept: Mapping[str, torch.Tensor], name: str, output: torch.Tensor) -> None:
    if name in kept:
        output.copy_(kept[name])


def _intervene(intervention: Intervention, layer: Layer, output: torch.Tensor) -> None:
    intervention.apply(output, layer)


def _read(means: dict[str, np.ndarray], name: str, layer: Layer, images: int, output: torch.Tensor) -> None:
    means[name] = as_map(output, layer, images).mean(2, dtype=torch.float64).cpu().numpy()
