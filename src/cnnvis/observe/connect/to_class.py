"""What a column's neurons contribute to one class on chosen images, whatever class these are of."""

from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int
from torch import nn

from cnnvis.observe.collect.model import evaluating
from cnnvis.observe.connect.connect import with_gradients
from cnnvis.observe.connect.reading import ProbeReading
from cnnvis.observe.contribute.gradient import Gradients, Scores
from cnnvis.observe.inputs.source import ImageSource
from cnnvis.observe.trace.unwrap import unwrap
from cnnvis.observe.trace.watch import watch_layers
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.statistics import ProbeSet


@dataclass(frozen=True, kw_only=True, eq=False)
class ToClass:
    """From which neurons to which class.

    Args:
        unit: Id of the unit to look at.
        label: The class.
        classes: How many there are.
        label_of_output: Label of each output, -1 for none; None when output and label are the same number.
        output: Which of several outputs holds the logits.

    """

    unit: str
    label: int
    classes: int
    label_of_output: Int[np.ndarray, " outputs"] | None = None
    output: str | int | None = None


def contribute_to_class(
    model: nn.Module,
    source: ImageSource,
    graph: LayerGraph,
    *,
    probe: ProbeSet,
    asked: ToClass,
    reading: ProbeReading | None = None,
) -> Float64[np.ndarray, " neurons"]:
    """Return each neuron's contribution to a class: mean over images of the sum over positions of a * dz/da.

    Args:
        model: The network that ``graph`` was traced from; left as it was.
        source: The data with the images.
        graph: Its layers.
        probe: The images.
        asked: From which neurons to which class.
        reading: How many images, and on which device.

    Raises:
        DataError: The data are not those of the probe set.
        ModelError: The model fails, or allows no gradients.

    """
    reading = reading or ProbeReading()
    inner = unwrap(model)
    gradients = Gradients(inner, graph, units=(asked.unit,), output=asked.output)
    scores = Scores(asked.classes, asked.label_of_output)
    total = np.zeros(sum(each.neurons for each in gradients.units))
    images, planned = 0, len(reading.samples(probe))
    with ExitStack() as stack:
        stack.enter_context(evaluating(inner, reading.place(inner)))
        stack.enter_context(with_gradients())
        stack.enter_context(watch_layers(inner, gradients.capture.callbacks()))
        for inputs, _ in reading.batches(inner, source, graph, probe):
            found = gradients.look(inputs, scores, np.full((1, len(inputs)), asked.label, np.int64))[0]
            total += np.where(np.isfinite(found).all(axis=1, keepdims=True), found, 0).sum(axis=0)
            images += len(inputs)
            reading.progress(images, planned)
    return total / max(images, 1)
