"""From sums to statistics: the last step of a pass, in float64."""

import numpy as np
from jaxtyping import Float64, Int

from cnnvis.observe.collect.probe import Probe, sample_hash
from cnnvis.observe.collect.summary import Summary, SummaryShape
from cnnvis.observe.collect.top import samples_of, values_of
from cnnvis.schema.statistics import NeuronStatistics, ProbeSet, UnitStatistics


def finish(summary: Summary, shape: SummaryShape) -> NeuronStatistics:
    """Return the finished statistics of a summary; neurons that saw no image hold NaN."""
    units = {name: _unit(summary, number, part) for number, (name, part) in enumerate(shape.slices().items())}
    return NeuronStatistics(
        units=units,
        class_images=summary.images[: shape.classes],
        confusion=summary.confusion,
        probe=_probe(summary.probe, shape),
    )


def _unit(summary: Summary, number: int, part: slice) -> UnitStatistics:
    counts = summary.ran[number][:, None]
    if summary.left_out is not None:
        counts = counts - summary.left_out[:, part]
    after, square = summary.after[:, part], summary.after_square[:, part]
    total = after.sum(axis=0)
    images = np.broadcast_to(counts.sum(axis=0), total.shape)
    seen = images > 0
    positions = summary.positions[part]
    keys, places = summary.top.keys[part], summary.top.places[part]
    class_mean, class_deviation = _moments(after[:-1], square[:-1], counts[:-1])
    mean, deviation = _moments(total, square.sum(axis=0), images)
    return UnitStatistics(
        after_mean=class_mean.astype(np.float32),
        after_std=class_deviation.astype(np.float32),
        before_mean=_ratio(summary.before[:-1, part], counts[:-1]).astype(np.float32),
        mean=mean,
        std=deviation,
        minimum=np.where(seen, summary.minimum[part], np.nan),
        maximum=np.where(seen, summary.maximum[part], np.nan),
        active=_ratio(summary.positive[part], positions),
        slope=_ratio(summary.slope[part], positions),
        nonfinite=summary.nonfinite[part],
        top_value=values_of(keys),
        top_sample=samples_of(keys),
        top_y=(places >> 32).astype(np.int32),
        top_x=(places & 0xFFFFFFFF).astype(np.int32),
    )


Sums = Float64[np.ndarray, "*shape"]
Counts = Int[np.ndarray, "*#shape"] | Float64[np.ndarray, "*#shape"]


def _ratio(numerator: Sums, count: Counts) -> Sums:
    with np.errstate(invalid="ignore"):  # where nothing was counted the sum is 0 too: NaN
        return numerator / count


def _moments(total: Sums, square: Sums, count: Counts) -> tuple[Sums, Sums]:
    """Return mean and standard deviation."""
    mean = _ratio(total, count)
    variance = _ratio(square, count)
    variance -= mean * mean
    np.maximum(variance, 0.0, out=variance)  # rounding can leave a constant a hair below 0; NaN stays
    return mean, np.sqrt(variance, out=variance)


def _probe(probe: Probe, shape: SummaryShape) -> ProbeSet:
    keep = np.arange(len(probe.samples))
    if len(keep) > shape.probe.images:  # more classes than places: the lowest hashes of all
        keep = np.sort(np.lexsort((probe.samples, sample_hash(probe.samples)))[: shape.probe.images])
    counts = dict(shape.units)
    ends = np.cumsum([0, *(counts[name] for name in shape.probe_units)]).tolist()
    return ProbeSet(
        samples=probe.samples[keep],
        labels=probe.labels[keep],
        predictions=probe.predictions[keep],
        means={
            name: probe.means[keep, start:end]
            for name, start, end in zip(shape.probe_units, ends, ends[1:], strict=False)
        },
    )
