"""Gradient times activation of every neuron on every image of a batch (design: contribution)."""

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import nn
from torch.autograd.graph import allow_mutation_on_saved_tensors

from cnnvis.observe.collect.failure import FORWARD_ERRORS, failed_forward
from cnnvis.observe.collect.reduce import as_map
from cnnvis.observe.contribute.capture import Capture
from cnnvis.observe.model_input import ModelInput
from cnnvis.observe.trace.outputs import logits_of
from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import Layer, LayerGraph

_SOFTMAX = frozenset({"softmax", "log_softmax"})


class Scores:
    """Picks z of a class, the output before any softmax, for each image.

    Args:
        classes: Number of classes.
        label_of_output: Label of each output, -1 for none; None when output and label are the same number.

    """

    def __init__(self, classes: int, label_of_output: Int[np.ndarray, " outputs"] | None) -> None:
        labels = np.arange(classes) if label_of_output is None else label_of_output
        owners = [np.flatnonzero(labels == label) for label in range(classes)]
        self._outputs = np.full((classes, max(1, *map(len, owners))), -1, np.int64)
        for label, owned in enumerate(owners):
            self._outputs[label, : len(owned)] = owned

    def known(self, classes: Int[np.ndarray, " images"]) -> Bool[np.ndarray, " images"]:
        """Say of each class whether the model has an output for it; -1 has none."""
        return (classes >= 0) & (self._outputs[classes, 0] >= 0)

    def pick(
        self, logits: Float[torch.Tensor, "images outputs"], classes: Int[np.ndarray, " images"]
    ) -> Float[torch.Tensor, ""]:
        """Return the sum of z over the images whose class is known; of several outputs of a class the largest counts.

        Images do not mix in evaluation, so the gradient of the sum is each image's own.
        """
        rows = np.flatnonzero(self.known(classes))
        outputs = torch.from_numpy(self._outputs[classes[rows]]).to(logits.device)
        found = logits[torch.from_numpy(rows).to(logits.device)].gather(1, outputs.clamp_min(0))
        return found.masked_fill(outputs < 0, -torch.inf).amax(1).sum()


class Gradients:
    """Runs batches forward and backward; open `watch_layers` with the capture's callbacks around it.

    Args:
        model: The network, in evaluation.
        graph: Its layers.
        units: Ids of the units to look at; None takes all.
        output: Which of several outputs holds the logits.

    """

    def __init__(
        self, model: nn.Module, graph: LayerGraph, *, units: tuple[str, ...] | None, output: str | int | None
    ) -> None:
        layers = {layer.id: layer for layer in graph.layers}
        self.model = model
        self.output = output
        self.units = [unit for unit in graph.units if units is None or unit.id in units]
        self.layers = [layers[unit.id] for unit in self.units]
        self.before_softmax = _before_softmax(graph)
        others = [] if self.before_softmax is None or self.before_softmax in self.layers else [self.before_softmax]
        self.capture = Capture([*self.layers, *others])
        self.reached: set[str] = set()
        """Units that a gradient reached in some batch."""
        self._keeping = False
        """Whether tensors that in-place operations overwrite are copied for the backward pass."""

    def look(
        self, inputs: ModelInput, scores: Scores, targets: Int[np.ndarray, "targets images"]
    ) -> Float64[np.ndarray, "targets images neurons"]:
        """Return each neuron's contribution to each image's target classes; 0 where a target is -1 or out of reach.

        Raises:
            ModelError: The model fails, or allows no gradients.

        """
        if not self._keeping:
            try:
                return self._look(inputs, scores, targets)
            except ModelError:
                # Perhaps a later in-place operation overwrote what this gradient needs, which training would not
                # allow but an inference-only network may do. PyTorch can copy such tensors, at a price.
                self._keeping = True
        with allow_mutation_on_saved_tensors():
            return self._look(inputs, scores, targets)

    def _look(
        self, inputs: ModelInput, scores: Scores, targets: Int[np.ndarray, "targets images"]
    ) -> Float64[np.ndarray, "targets images neurons"]:
        images = len(inputs)
        logits = self._forward(inputs)
        if logits is None or logits.ndim != 2 or len(logits) != images:
            raise ModelError("Contributions need one row of class scores per image.", "Choose them with --output.")
        if not logits.requires_grad:
            raise no_gradients("its output does not depend on its input by way of PyTorch's gradients")
        found = np.zeros((len(targets), images, sum(unit.neurons for unit in self.units)))
        asked = [number for number, classes in enumerate(targets) if scores.known(classes).any()]
        for number in asked:
            gradients = self._backward(scores.pick(logits, targets[number]), retain=number != asked[-1])
            found[number] = self._reduced(gradients, images)
        self.capture.clear()
        return found

    def _forward(self, inputs: ModelInput) -> torch.Tensor | None:
        leaves = inputs.leaves()
        try:
            self.capture.clear()
            result = leaves.cloned().call(self.model)
            while self.capture.overwritten():
                self.capture.clear()
                result = leaves.cloned().call(self.model)
        except FORWARD_ERRORS as error:
            raise no_gradients(failed_forward(error, self.model, 0, inputs).message) from error
        if self.before_softmax is not None:
            kept = self.capture.kept.get(self.before_softmax.id)
            return None if kept is None else kept.tensor
        return logits_of(result, self.output)

    def _backward(self, target: torch.Tensor, *, retain: bool) -> dict[str, torch.Tensor]:
        """Return the gradient of a sum with respect to every layer, all in one backward pass."""
        kept = self.capture.kept
        names = [layer.id for layer in self.layers if layer.id in kept]
        if not names:
            return {}
        edges = [kept[name].edge for name in names]
        try:
            gradients = torch.autograd.grad(target, edges, retain_graph=retain, allow_unused=True)
        except FORWARD_ERRORS as error:
            raise no_gradients(str(error).strip().partition("\n")[0]) from error
        # What no gradient reaches is None, which the annotation of `grad` does not say.
        found: list[torch.Tensor | None] = list(gradients)
        return {name: value for name, value in zip(names, found, strict=True) if value is not None}

    def _reduced(self, gradients: dict[str, torch.Tensor], images: int) -> Float64[np.ndarray, "images neurons"]:
        parts: list[torch.Tensor] = []
        for unit, layer in zip(self.units, self.layers, strict=True):
            gradient = gradients.get(unit.id)
            if gradient is None:
                parts.append(torch.zeros(images, unit.neurons, dtype=torch.float64))
                continue
            self.reached.add(unit.id)
            values = (self.capture.kept[unit.id].value, gradient)
            activation, slope = (as_map(_at_least_float(value), layer, images) for value in values)
            parts.append((activation * slope).sum(2, dtype=torch.float64))
        device = next((part.device for part in parts if part.device.type != "cpu"), torch.device("cpu"))
        return torch.cat([part.to(device) for part in parts], 1).cpu().numpy()


def _at_least_float(values: torch.Tensor) -> torch.Tensor:
    return values.to(torch.promote_types(values.dtype, torch.float32))


def no_gradients(reason: str) -> ModelError:
    """Return the error of a model that gives no gradients."""
    return ModelError(f"Contributions need gradients, which the model does not give: {reason}".rstrip(". ") + ".")


def _before_softmax(graph: LayerGraph) -> Layer | None:
    """Return the layer whose output a final softmax turns into the model's; None without a softmax at the end."""
    layers = {layer.id: layer for layer in graph.layers}
    current = layers.get(graph.output or "")
    if current is None or current.op not in _SOFTMAX:
        return None
    while current is not None and current.op in _SOFTMAX:
        sources = [edge.source for edge in graph.edges if edge.target == current.id]
        current = layers[sources[0]] if len(sources) == 1 else None
    return current if current is not None and current.event and len(current.shape) == 1 else None
