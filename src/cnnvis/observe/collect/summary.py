"""What some images leave behind, in a form that can be added up: a commutative monoid (design: collect)."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64, Int

from cnnvis.observe.collect.probe import Probe, ProbePlan, merge_probe
from cnnvis.observe.collect.top import Top, merge_top


@dataclass(frozen=True, kw_only=True)
class SummaryShape:
    """The sizes that all summaries of one pass share."""

    units: tuple[tuple[str, int], ...]
    """Unit id and number of neurons, in order; arrays hold the neurons of all units one after the other."""
    classes: int
    outputs: int
    top_k: int
    probe: ProbePlan
    probe_units: tuple[str, ...]

    @property
    def neurons(self) -> int:
        """Neurons of all units."""
        return sum(count for _, count in self.units)

    def slices(self) -> dict[str, slice]:
        """Return each unit's part of the neuron axis."""
        ends = np.cumsum([count for _, count in self.units]).tolist()
        return {name: slice(end - count, end) for (name, count), end in zip(self.units, ends, strict=True)}

    def probe_columns(self) -> Int[np.ndarray, " probed"]:
        """Return the neurons whose means the probe set keeps."""
        slices = self.slices()
        parts = [np.arange(slices[name].start, slices[name].stop) for name in self.probe_units]
        return np.concatenate([np.zeros(0, np.int64), *parts])


@dataclass(frozen=True, kw_only=True, eq=False)
class Summary:
    """Sums, extremes, counts and the best images of some of the data; the last row of classes is "no label"."""

    images: Int[np.ndarray, " rows"]
    """Images per class."""
    ran: Int[np.ndarray, "units rows"]
    """Images per class for which the unit ran; less than `images` where the model has a data-dependent branch."""
    left_out: Int[np.ndarray, "rows neurons"] | None
    """Images left out of a neuron's sums because a value was not finite; None when there are none."""
    after: Float64[np.ndarray, "rows neurons"]
    after_square: Float64[np.ndarray, "rows neurons"]
    before: Float64[np.ndarray, "rows neurons"]
    minimum: Float64[np.ndarray, " neurons"]
    maximum: Float64[np.ndarray, " neurons"]
    positions: Float64[np.ndarray, " neurons"]
    """Positions looked at; of these the number above 0, and the sum of the non-linearity's derivative."""
    positive: Float64[np.ndarray, " neurons"]
    slope: Float64[np.ndarray, " neurons"]
    nonfinite: Int[np.ndarray, " neurons"]
    top: Top
    confusion: Int[np.ndarray, "classes outputs"]
    correct: int
    probe: Probe

    @staticmethod
    def empty(shape: SummaryShape) -> "Summary":
        """Return the summary of no image: merging it with another gives the other."""
        rows, neurons = shape.classes + 1, shape.neurons
        return Summary(
            images=np.zeros(rows, np.int64),
            ran=np.zeros((len(shape.units), rows), np.int64),
            left_out=None,
            after=np.zeros((rows, neurons)),
            after_square=np.zeros((rows, neurons)),
            before=np.zeros((rows, neurons)),
            minimum=np.full(neurons, np.inf),
            maximum=np.full(neurons, -np.inf),
            positions=np.zeros(neurons),
            positive=np.zeros(neurons),
            slope=np.zeros(neurons),
            nonfinite=np.zeros(neurons, np.int64),
            top=Top.empty(neurons, shape.top_k),
            confusion=np.zeros((shape.classes, shape.outputs), np.int64),
            correct=0,
            probe=Probe.empty(len(shape.probe_columns())),
        )


def merge(first: Summary, second: Summary, plan: ProbePlan) -> Summary:
    """Return the summary of both portions of the data, looked at apart; they must have no image in common.

    Counts, extremes, best images and probe set come out identically in any order of merging, sums to within rounding.
    """
    return replace(
        first,
        images=first.images + second.images,
        ran=first.ran + second.ran,
        left_out=_add_optional(first.left_out, second.left_out),
        after=first.after + second.after,
        after_square=first.after_square + second.after_square,
        before=first.before + second.before,
        minimum=np.minimum(first.minimum, second.minimum),
        maximum=np.maximum(first.maximum, second.maximum),
        positions=first.positions + second.positions,
        positive=first.positive + second.positive,
        slope=first.slope + second.slope,
        nonfinite=first.nonfinite + second.nonfinite,
        top=merge_top(first.top, second.top),
        confusion=first.confusion + second.confusion,
        correct=first.correct + second.correct,
        probe=merge_probe(plan, first.probe, second.probe),
    )


def _add_optional(
    first: Int[np.ndarray, "rows neurons"] | None, second: Int[np.ndarray, "rows neurons"] | None
) -> Int[np.ndarray, "rows neurons"] | None:
    if first is None or second is None:
        return second if first is None else first
    return first + second
