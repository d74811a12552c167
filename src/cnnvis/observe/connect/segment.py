"""Gradient times activation from column to column, where the gradient ends at the columns in between."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

import numpy as np
import torch
from jaxtyping import Float64, Int
from torch import nn
from torch.autograd.graph import allow_mutation_on_saved_tensors

from cnnvis.observe.collect.failure import FORWARD_ERRORS, failed_forward
from cnnvis.observe.collect.reduce import as_map
from cnnvis.observe.connect.paths import linked_pairs
from cnnvis.observe.contribute.capture import Capture, Kept
from cnnvis.observe.model_input import ModelInput
from cnnvis.schema.connections import Pair
from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import Layer, LayerGraph, Unit

Clusters = tuple[tuple[int, ...], ...]


class PairSum:
    """What one pair of columns adds up over images; an image with a value that is not finite does not count."""

    def __init__(self, sources: int, clusters: int) -> None:
        self.values: Float64[np.ndarray, "sources clusters"] = np.zeros((sources, clusters))
        self.images: Int[np.ndarray, " clusters"] = np.zeros(clusters, np.int64)

    def add(self, cluster: int, found: Float64[np.ndarray, "images sources"]) -> None:
        """Add the contributions of some images to one target cluster."""
        finite = np.isfinite(found).all(axis=1)
        self.values[:, cluster] += found[finite].sum(axis=0)
        self.images[cluster] += finite.sum()

    def mean(self) -> Float64[np.ndarray, "sources clusters"]:
        """Return the mean over images; 0 without any."""
        return self.values / np.maximum(self.images, 1)


class Segments:
    """Runs batches forward once and backward once per target cluster; open `watch_layers` around it.

    The gradient with respect to a column's output is taken, and then goes no further: whatever arrives at an earlier
    column has come by a path that passes no other. So one backward pass serves all sources of a target cluster.

    Args:
        model: The network, in evaluation.
        graph: Its layers.
        clusters: The target clusters of every column, by the id of the unit that stands for it; a column without
            clusters is only a source.

    """

    def __init__(self, model: nn.Module, graph: LayerGraph, clusters: Mapping[str, Clusters]) -> None:
        layers = {layer.id: layer for layer in graph.layers}
        self.model = model
        self.units: dict[str, Unit] = {unit.id: unit for unit in graph.units if unit.id in clusters}
        self.clusters = clusters
        self.layers = {name: layers[name] for unit in self.units.values() for name in (unit.id, unit.before)}
        self.capture = Capture(list(self.layers.values()))
        self.sources: dict[str, list[str]] = {name: [] for name in self.units}
        self.sums: dict[Pair, PairSum] = {}
        for source, target in linked_pairs(graph, list(self.units)):
            self.sources[target].append(source)
            self.sums[source, target] = PairSum(self.units[source].neurons, len(clusters[target]))
        self.passes = 1 + sum(len(clusters[name]) for name, before in self.sources.items() if before)
        """Forward and backward passes per batch."""
        self._keeping = False
        """Whether tensors that in-place operations overwrite are copied for the backward pass."""

    def look(self, inputs: ModelInput, passed: Callable[[int], None]) -> None:
        """Add what a batch of images contributes to ``sums``.

        Args:
            inputs: The images.
            passed: Told after each pass how many there were; what it raises ends the work.

        Raises:
            ModelError: The model fails, or allows no gradients.

        """
        if not self._keeping:
            try:
                self._add(self._look(inputs, passed))
            except ModelError:
                # Perhaps a later in-place operation overwrote what a gradient needs: PyTorch can copy such tensors.
                self._keeping = True
            else:
                return
        with allow_mutation_on_saved_tensors():
            self._add(self._look(inputs, passed))

    def _add(self, found: dict[tuple[str, str, int], Float64[np.ndarray, "images sources"]]) -> None:
        for (source, target, cluster), values in found.items():
            self.sums[source, target].add(cluster, values)

    def _look(
        self, inputs: ModelInput, passed: Callable[[int], None]
    ) -> dict[tuple[str, str, int], Float64[np.ndarray, "images sources"]]:
        images, done = len(inputs), 1
        self._forward(inputs)
        passed(done)
        found: dict[tuple[str, str, int], np.ndarray] = {}
        for target, unit in self.units.items():
            for number, neurons in enumerate(self.clusters[target] if self.sources[target] else ()):
                gradients = self._backward(unit, neurons, images)
                for source in self.sources[target]:
                    found[source, target, number] = self._product(source, gradients.get(source), images)
                done += 1
                passed(done)
        self.capture.clear()
        return found

    def _forward(self, inputs: ModelInput) -> None:
        leaves = inputs.leaves()
        try:
            self.capture.clear()
            leaves.cloned().call(self.model)
            while self.capture.overwritten():
                self.capture.clear()
                leaves.cloned().call(self.model)
        except FORWARD_ERRORS as error:
            raise failed_forward(error, self.model, 0, inputs) from error

    def _backward(self, unit: Unit, neurons: tuple[int, ...], images: int) -> dict[str, torch.Tensor]:
        """Return the gradient of a cluster's mean with respect to every column in front of it."""
        kept = self.capture.kept
        names = [name for name in self.sources[unit.id] if name in kept]
        if unit.before not in kept or not names or not neurons:
            return {}
        start = kept[unit.before]
        seed = cluster_mean_gradient(start.value, self.layers[unit.before], neurons, images)
        cuts = [kept[name] for name in self.units if name in kept and name not in {unit.id, unit.before}]
        try:
            with _ending_at(cuts):
                gradients = torch.autograd.grad(
                    [start.edge], [kept[name].edge for name in names], [seed], retain_graph=True, allow_unused=True
                )
        except FORWARD_ERRORS as error:
            raise _no_gradients(str(error).strip().partition("\n")[0]) from error
        found: list[torch.Tensor | None] = list(gradients)
        return {name: value for name, value in zip(names, found, strict=True) if value is not None}

    def _product(
        self, source: str, gradient: torch.Tensor | None, images: int
    ) -> Float64[np.ndarray, "images sources"]:
        if gradient is None:
            return np.zeros((images, self.units[source].neurons))
        values = (self.capture.kept[source].value, gradient)
        activation, slope = (as_map(_at_least_float(value), self.layers[source], images) for value in values)
        return (activation * slope).sum(2, dtype=torch.float64).cpu().numpy()


def cluster_mean_gradient(value: torch.Tensor, layer: Layer, neurons: tuple[int, ...], images: int) -> torch.Tensor:
    """Return the gradient of each image's mean over these neurons and all positions, with respect to the values."""
    axis = (layer.channel_axis or 0) + 1
    channels = value.shape[axis]
    weights = torch.zeros(channels, dtype=value.dtype, device=value.device)
    weights[list(neurons)] = images * channels / (value.numel() * len(neurons))
    shape = [1] * value.ndim
    shape[axis] = channels
    return weights.reshape(shape).expand_as(value)


@contextmanager
def _ending_at(cuts: list[Kept]) -> Generator[None]:
    """While open, gradients that arrive at these outputs go no further back."""
    handles = [cut.edge.node.register_prehook(_nothing_at(cut.edge.output_nr)) for cut in cuts]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _nothing_at(place: int):  # noqa: ANN202 - a hook's type is as private as the hook
    def stop(gradients: tuple[torch.Tensor | None, ...]) -> tuple[torch.Tensor | None, ...]:
        # None, not zeros: what lies behind is then not computed at all, and no zero can meet an infinite slope.
        return tuple(None if number == place else gradient for number, gradient in enumerate(gradients))

    return stop


def _at_least_float(values: torch.Tensor) -> torch.Tensor:
    return values.to(torch.promote_types(values.dtype, torch.float32))


def _no_gradients(reason: str) -> ModelError:
    return ModelError(
        f"Connections by contribution need gradients, which the model does not give: {reason}".rstrip(". ") + "."
    )
