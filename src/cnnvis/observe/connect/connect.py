"""One pass over the probe set: what every neuron of a column contributes to every cluster of a later one."""

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np
import torch
from torch import nn

from cnnvis.observe.collect.model import evaluating
from cnnvis.observe.connect.reading import ProbeReading
from cnnvis.observe.connect.segment import Clusters, Segments
from cnnvis.observe.inputs.source import ImageSource
from cnnvis.observe.trace.unwrap import unwrap
from cnnvis.observe.trace.watch import watch_layers
from cnnvis.schema.connections import ContributionConnections, ContributionMatrix
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.statistics import ProbeSet


@dataclass(frozen=True, kw_only=True, eq=False)
class Connected:
    """What the pass found, and what it took."""

    connections: ContributionConnections
    seconds: float


def connect(
    model: nn.Module,
    source: ImageSource,
    graph: LayerGraph,
    *,
    probe: ProbeSet,
    clusters: Mapping[str, Clusters],
    reading: ProbeReading | None = None,
) -> Connected:
    """Return what each neuron contributes to each cluster of the later columns (design: connections).

    Gradient times activation, summed over positions and averaged over the probe images: activation after the source's
    non-linearity, gradient of the mean of the target cluster's values before theirs, over the paths that pass no other
    column. One forward pass per batch and one backward pass per target cluster, each as long as the way to the columns
    in front of it. The model is left as it was.

    Args:
        model: The network that ``graph`` was traced from.
        source: The data with the probe images; read up to the last of them.
        graph: Its layers.
        probe: The probe set.
        clusters: For each column the id of its unit and its clusters of neurons; without clusters it is a source only.
        reading: How many images, and on which device.

    Raises:
        ModelError: The model fails, allows no gradients, or the device cannot be used.

    """
    reading = reading or ProbeReading()
    started = perf_counter()
    inner = unwrap(model)
    segments = Segments(inner, graph, clusters)
    images, planned = 0, len(reading.samples(probe))
    with ExitStack() as stack:
        stack.enter_context(evaluating(inner, reading.place(inner)))
        stack.enter_context(with_gradients())
        stack.enter_context(watch_layers(inner, segments.capture.callbacks()))
        reading.progress(0, segments.passes * planned)
        for inputs, _ in reading.batches(inner, source, graph, probe):
            passed = partial(_tell, reading, segments.passes * planned, segments.passes * images, len(inputs))
            segments.look(inputs, passed)
            images += len(inputs)
    return Connected(
        connections=ContributionConnections(
            pairs={
                (name, target): ContributionMatrix(
                    source=name, target=target, clusters=clusters[target], values=total.mean().astype(np.float32)
                )
                for (name, target), total in segments.sums.items()
                if clusters[target]
            },
            images=images,
            notes=_notes(segments, images, planned),
        ),
        seconds=perf_counter() - started,
    )


def _tell(reading: ProbeReading, planned: int, before: int, images: int, passes: int) -> None:
    reading.progress(before + passes * images, planned)


def _notes(segments: Segments, images: int, planned: int) -> tuple[str, ...]:
    notes: list[str] = []
    if images < planned:
        notes.append(
            f"Connections by contribution cover {images} of {planned} probe images; the others were not found again."
        )
    left_out = max((images - int(total.images.min(initial=images)) for total in segments.sums.values()), default=0)
    if left_out:
        notes.append(f"{left_out} probe images have contributions that are NaN or infinite; left out.")
    return tuple(notes)


@contextmanager
def with_gradients() -> Generator[None]:
    """Compute gradients, even where a caller switched them off, and the same ones each time."""
    deterministic = torch.backends.cudnn.deterministic
    torch.backends.cudnn.deterministic = True
    try:
        with torch.inference_mode(mode=False), torch.enable_grad():
            yield
    finally:
        torch.backends.cudnn.deterministic = deterministic
