"""Try two batches before the long pass: what it will cost, and whether the preprocessing can be right."""

import math
from dataclasses import dataclass, replace
from itertools import islice
from time import perf_counter

import numpy as np
import torch
from jaxtyping import Int
from torch import nn

from cnnvis.observe.collect.engine import Pass
from cnnvis.observe.collect.labels import Labels
from cnnvis.observe.collect.model import evaluating
from cnnvis.observe.collect.options import CollectOptions
from cnnvis.observe.collect.probe import sample_hash
from cnnvis.observe.inputs.source import ImageSource
from cnnvis.schema.errors import DataError
from cnnvis.schema.graph import LayerGraph

BATCHES = 2
BYTES_PER_PIXEL = 1.0
"""Of a stored picture, between raw small ones (3) and large JPEGs (0.3)."""
LONGEST_SIDE = 512
PICTURE_BUDGET = 256 << 20
CHANCE = 0.01
"""Accuracy counts as near chance when chance alone reaches it at least this often ..."""
MISSED = 0.05
"""... and half-right guessing would stay below it at most this often, so that a handful of images alarms nobody."""
FEWEST_OF_ONE_CLASS = 8
"""So many images of one class, and none of another, are worth a word."""


@dataclass(frozen=True, kw_only=True)
class InputRange:
    """The values that the model was given."""

    minimum: float
    maximum: float
    mean: float
    std: float

    def __str__(self) -> str:
        """Return the range as part of a sentence."""
        return f"{self.minimum:.3g} to {self.maximum:.3g} (mean {self.mean:.3g}, deviation {self.std:.3g})"


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What the pass over all images will take, judged by two batches."""

    images: int
    """Images tried."""
    total: int | None
    """Images to come in all; None when unknown."""
    seconds: float | None
    """Time of the pass over all images; None when their number is unknown. Further passes come on top."""
    seconds_per_image: float
    disk_bytes: int
    memory_bytes: int
    """Memory for the sums, besides the model and one batch."""
    by_prediction: bool
    """Whether no image that was tried has a label, while the network gives a score per class."""
    accuracy: float | None
    inputs: InputRange
    warnings: tuple[str, ...]


def forecast(
    model: nn.Module, source: ImageSource, graph: LayerGraph, options: CollectOptions, *, images: int | None = None
) -> Forecast:
    """Run two batches and return what to expect (design: collect, dry run).

    A stream that cannot be read twice must come as a source whose ``batches()`` starts anew each time.

    Args:
        model: The network.
        source: The images.
        graph: The network's layers.
        options: The choices of the pass to come.
        images: So many images are tried, taken from all over the data where single ones can be read; None: the first
            two batches, which may be of one class.

    Raises:
        DataError: There is no image, or labels and outputs do not fit.
        ModelError: The model fails.

    """
    trial = Pass(model, source, graph, replace(options, state=None, resume=False, progress=False))
    times: list[tuple[int, float]] = []
    inputs: list[torch.Tensor] = []
    labels: set[int] = set()
    chosen = None if images is None or source.samples is None else scattered(source.samples, images)
    with evaluating(trial.model, trial.device), trial.reading():
        started = perf_counter()
        for batch in source.select(chosen) if chosen is not None else islice(source.batches(), BATCHES):
            trial.check(batch)
            trial.absorb(trial.look(batch))
            times.append((len(batch.samples), perf_counter() - started))
            inputs.append(batch.inputs.image.float())
            labels.update(batch.labels[batch.labels >= 0].tolist())
            started = perf_counter()
    if not times:
        raise DataError(f"{source.name} has no image.", "Give data with at least one image.")
    timed = times[1:] or times  # the first batch also warms up
    rate = sum(seconds for _, seconds in timed) / max(1, sum(count for count, _ in timed))
    values = torch.cat([batch.flatten() for batch in inputs])
    seen = InputRange(
        minimum=float(values.min()),
        maximum=float(values.max()),
        mean=float(values.mean()),
        std=float(values.std(correction=0)),
    )
    labelled, correct = trial.score()
    tried = sum(count for count, _ in times)
    return Forecast(
        images=tried,
        total=source.total,
        seconds=None if source.total is None else rate * source.total,
        seconds_per_image=rate,
        disk_bytes=_disk(graph, options, source.total or tried, inputs[0].shape),
        memory_bytes=_memory(graph, options),
        by_prediction=not labels and trial.labels.columns > 0,
        accuracy=correct / labelled if labelled else None,
        inputs=seen,
        warnings=(
            *_more_outputs(trial.labels, labelled),
            *_one_class(labelled, labels, classes=options.classes, begun=chosen is None and tried != source.total),
            *_guessing(labelled, correct, trial.labels.columns, seen),
        ),
    )


def near_chance(labelled: int, correct: int, classes: int) -> bool:
    """Whether this many right answers look like guessing among the classes, and not like a network that half works."""
    if classes < 2 or not labelled:
        return False
    guessing = 1 - _at_most(correct - 1, labelled, 1 / classes)
    half_right = _at_most(correct, labelled, max(0.5, 1.5 / classes))
    return guessing > CHANCE and half_right < MISSED


def _at_most(successes: int, trials: int, probability: float) -> float:
    """Return the binomial distribution function."""
    return math.fsum(
        math.exp(
            math.lgamma(trials + 1)
            - math.lgamma(count + 1)
            - math.lgamma(trials - count + 1)
            + count * math.log(probability)
            + (trials - count) * math.log1p(-probability)
        )
        for count in range(successes + 1)
    )


def _more_outputs(labels: Labels, labelled: int) -> tuple[str, ...]:
    """Say how outputs and classes are aligned where there are more outputs, as with a first output for background."""
    outputs, classes = labels.columns, labels.classes
    if not labelled or labels.label_of_output is not None or outputs <= classes:
        return ()
    return (
        f"The model has {outputs:,} outputs and the data {classes:,} classes: output 0 is taken for class 0, output 1 "
        f"for class 1 and so on, the last {outputs - classes:,} for none. If the model counts otherwise, say so with "
        "--class-map (+1 where the first output is no class).",
    )


def _one_class(labelled: int, labels: set[int], *, classes: int, begun: bool) -> tuple[str, ...]:
    """Say that the first images of data that can only be read in their order tell of one class alone."""
    if not begun or labelled < FEWEST_OF_ONE_CLASS or classes < 2 or len(labels) != 1:
        return ()
    return (
        f"The first {labelled} images are all of one class (label {min(labels)}): how well they are predicted says "
        "little about the preprocessing, and a pass that is stopped early misses other classes. Shuffle the data, or "
        "give a data set that is read by index.",
    )


def _guessing(labelled: int, correct: int, outputs: int, seen: InputRange) -> tuple[str, ...]:
    if not near_chance(labelled, correct, outputs):
        return ()
    return (
        f"Only {correct} of {labelled} images tried are predicted right, which is what guessing gives. The model's "
        f"input ranges from {seen}. Check the preprocessing the model was trained with (--scale, --mean, --std, "
        "--colour, --resize, --crop), the checkpoint and the order of the classes.",
    )


def scattered(samples: Int[np.ndarray, " images"], count: int) -> Int[np.ndarray, " tried"]:
    """Return some of the samples, as if drawn by lot but always the same, in the order in which they come."""
    drawn = np.lexsort((samples, sample_hash(samples)))[:count]
    return samples[np.sort(drawn)]


def _disk(graph: LayerGraph, options: CollectOptions, images: int, shape: torch.Size) -> int:
    neurons = sum(unit.neurons for unit in graph.units)
    per_neuron = 4 * (3 * options.classes + 6) + 8 + 20 * options.top_k
    probed = sum(unit.neurons for unit in graph.units if unit.id in options.representatives)
    probe = 2 * min(images, options.probe_images) * probed
    side = [min(LONGEST_SIDE, size) for size in shape[-2:]]
    pictures = min(images, neurons * options.top_k) * math.prod(side) * BYTES_PER_PIXEL
    return round(neurons * per_neuron + probe + min(pictures, PICTURE_BUDGET))


def _memory(graph: LayerGraph, options: CollectOptions) -> int:
    neurons = sum(unit.neurons for unit in graph.units)
    return neurons * (8 * 3 * (options.classes + 1) + 8 * 6 + 16 * options.top_k)
