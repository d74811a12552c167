"""Keep what every unit gave out in one forward pass, with its place in the autograd graph."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.autograd.graph import GradientEdge, get_gradient_edge

from cnnvis.schema.graph import Layer


@dataclass(frozen=True, eq=False)
class Kept:
    """One layer's output as it was when the layer had run."""

    tensor: torch.Tensor
    """The very tensor, with its graph as it is now."""
    value: torch.Tensor
    """Its values then: without graph, and a copy where a later operation overwrites them."""
    edge: GradientEdge
    """Where the gradient with respect to these values arises; later in-place operations do not move it."""
    version: int


class Capture:
    """Callbacks for `watch_layers` that keep the outputs of some layers.

    An output that an in-place operation of a later layer overwrites is noticed after the pass; the pass is then to be
    run again, and from then on that layer's output is copied. So most outputs need no second copy in memory.

    Args:
        layers: What to keep.

    """

    def __init__(self, layers: list[Layer]) -> None:
        self.layers = layers
        self.kept: dict[str, Kept] = {}
        """By layer id; layers that did not run, or that no gradient can reach, are not in it."""
        self._copied: set[str] = set()

    def callbacks(self) -> dict[str, Callable[[torch.Tensor], None]]:
        """Return what to call, per event name."""
        return {layer.event: self._on_output(layer) for layer in self.layers}

    def clear(self) -> None:
        """Get ready for a forward pass."""
        self.kept.clear()

    def overwritten(self) -> bool:
        """Whether values were lost to an in-place operation, so that the pass must be run again."""
        lost = {
            name
            for name, kept in self.kept.items()
            if name not in self._copied and _changes(kept.tensor) != kept.version
        }
        self._copied |= lost
        return bool(lost)

    def _on_output(self, layer: Layer) -> Callable[[torch.Tensor], None]:
        def on_output(output: torch.Tensor) -> None:
            if not output.requires_grad:
                return
            value = output.detach()
            copied = layer.id in self._copied
            self.kept[layer.id] = Kept(
                output, value.clone() if copied else value, get_gradient_edge(output), _changes(output)
            )

        return on_output


def _changes(tensor: torch.Tensor) -> int:
    """Return how many in-place operations a tensor has seen."""
    return tensor._version  # noqa: SLF001 - there is no public way to ask
