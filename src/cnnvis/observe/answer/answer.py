"""Run some images once, and keep each neuron's activation and the probability of each output."""

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import nn

from cnnvis.observe.collect.failure import FORWARD_ERRORS, failed_forward
from cnnvis.observe.collect.model import device_of, evaluating
from cnnvis.observe.collect.reduce import as_map
from cnnvis.observe.model_input import ModelInput, input_dtype
from cnnvis.observe.trace.outputs import logits_of
from cnnvis.observe.trace.unwrap import unwrap
from cnnvis.observe.trace.watch import watch_layers
from cnnvis.schema.graph import Layer, LayerGraph


@dataclass(frozen=True, kw_only=True, eq=False)
class Answered:
    """What a network made of some images."""

    means: dict[str, Float64[np.ndarray, "images neurons"]]
    """By unit: the mean of each neuron's map after its non-linearity."""
    probabilities: Float64[np.ndarray, "images outputs"] | None
    """By softmax, if the network does not end with one; None without one row of scores per image."""


def answer(
    model: nn.Module,
    graph: LayerGraph,
    inputs: ModelInput,
    *,
    units: tuple[str, ...],
    device: str | None = None,
    output: str | int | None = None,
) -> Answered:
    """Return what a network makes of some images; it is left as it was.

    Args:
        model: The network that ``graph`` was traced from.
        graph: Its layers.
        inputs: The images as the model takes them.
        units: Ids of the units to look at.
        device: Where the model runs; None as for `device_of`.
        output: Which of several outputs holds the logits.

    Raises:
        ModelError: The model fails, or the device cannot be used.

    """
    inner = unwrap(model)
    place = device_of(inner, device)
    layers = {layer.id: layer for layer in graph.layers if layer.id in units}
    means: dict[str, np.ndarray] = {}
    reads = {layer.event: partial(_read, means, layer, len(inputs)) for layer in layers.values()}
    with ExitStack() as stack:
        stack.enter_context(evaluating(inner, place))
        stack.enter_context(watch_layers(inner, reads))
        try:
            # A copy: a model may work in place.
            result = inputs.to(place, input_dtype(inner)).cloned().call(inner)
        except FORWARD_ERRORS as error:
            raise failed_forward(error, inner, 0, inputs) from error
        logits = logits_of(result, output)
    fits = logits is not None and len(logits) == len(inputs)
    return Answered(means=means, probabilities=_probabilities(logits, graph) if fits and logits is not None else None)


def _read(means: dict[str, np.ndarray], layer: Layer, images: int, output: torch.Tensor) -> None:
    means[layer.id] = as_map(output, layer, images).mean(2, dtype=torch.float64).cpu().numpy()


def _probabilities(logits: torch.Tensor, graph: LayerGraph) -> Float[np.ndarray, "images outputs"]:
    last = next((layer.op for layer in graph.layers if layer.id == graph.output), "")
    scores = logits.double()
    if last == "softmax":
        return scores.cpu().numpy()
    # The softmax of logarithms of probabilities gives these back.
    return torch.softmax(scores, dim=1).cpu().numpy()
