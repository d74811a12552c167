"""What is done to a unit's neurons, and the callbacks that do it while a model runs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch

from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import Layer, LayerGraph


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """Some neurons of a unit are given a value everywhere, after their non-linearity.

    Zero is the default: it is what contribution and weights predict the loss of. The mean over the probe set keeps the
    network nearer to what it knows, but takes away what varies alone: through a linear path its mean effect is nothing.

    Args:
        unit: Id of the unit.
        neurons: Its neurons.
        values: The value of each of them at all positions; None sets all to 0.

    """

    unit: str
    neurons: tuple[int, ...]
    values: tuple[float, ...] | None = None

    def checked(self, graph: LayerGraph) -> "Intervention":
        """Return this intervention if the network has these neurons.

        Raises:
            ModelError: There is no such unit or neuron, or not one value per neuron.

        """
        known = {unit.id: unit.neurons for unit in graph.units}
        if self.unit not in known:
            raise ModelError(f"The network has no unit {self.unit!r}.", "Choose one of the run's layers.")
        wrong = [neuron for neuron in self.neurons if not 0 <= neuron < known[self.unit]]
        if wrong:
            raise ModelError(
                f"{self.unit} has no neuron {wrong[0]}, only 0 to {known[self.unit] - 1}.",
                "Choose neurons of the layer.",
            )
        if self.values is not None and len(self.values) != len(self.neurons):
            raise ModelError(
                f"{len(self.values)} values came for {len(self.neurons)} neurons of {self.unit}.",
                "Give one value per neuron, or none to set all to 0.",
            )
        return self

    def apply(self, output: torch.Tensor, layer: Layer) -> None:
        """Put the values into the layer's output, in place: whatever reads it afterwards reads them."""
        axis = (layer.channel_axis or 0) + 1
        index = torch.tensor(self.neurons, dtype=torch.long, device=output.device)
        if self.values is None:
            output.index_fill_(axis, index, 0)
            return
        shape = [1] * output.ndim
        shape[axis] = len(self.neurons)
        values = torch.tensor(self.values, dtype=output.dtype, device=output.device).reshape(shape)
        target = list(output.shape)
        target[axis] = len(self.neurons)
        output.index_copy_(axis, index, values.expand(target).contiguous())


Change = Callable[[torch.Tensor], None]


class Switchboard:
    """Callbacks for `watch_layers` that do something else in each forward pass, so that hooks are set once.

    Args:
        layers: The layers at which something may be done.

    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        self._events = {layer.id: layer.event for layer in layers}
        self._now: dict[str, list[Change]] = {}

    def set(self, changes: Iterable[tuple[str, Change]]) -> None:
        """Say what the next forward passes do: pairs of layer id and what to do with its output, in this order."""
        self._now = {}
        for layer, change in changes:
            self._now.setdefault(self._events[layer], []).append(change)

    def callbacks(self) -> dict[str, Change]:
        """Return what to call, per event name."""
        return {event: self._at(event) for event in self._events.values()}

    def _at(self, event: str) -> Change:
        def act(output: torch.Tensor) -> None:
            for change in self._now.get(event, ()):
                change(output)

        return act
