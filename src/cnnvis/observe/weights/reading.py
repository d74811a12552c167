"""One operation as the rules see it: its arguments, where they come from, and the maps that it adds to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from cnnvis.observe.trace.call import Call, Operand, bind
from cnnvis.observe.trace.layers import Node, Source
from cnnvis.observe.trace.record import Recorder
from cnnvis.observe.trace.watch import tensors_in
from cnnvis.observe.weights.maps import Maps
from cnnvis.observe.weights.signal import Shape, Signal
from cnnvis.schema.statistics import UnitStatistics

Kernel = Literal["sum", "mean"]


@dataclass(frozen=True, eq=False)
class Kept:
    """What went into an operation, by the tensors' ids, and what came out."""

    inputs: dict[int, torch.Tensor]
    outputs: list[torch.Tensor]


class KeepingRecorder(Recorder):
    """Also keeps what goes into some operations, before later ones may overwrite it in place.

    Args:
        names: Operations whose arguments are kept.

    """

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self.names = names
        self.kept: dict[int, Kept] = {}
        """By the index of the operation."""
        self._copying = False

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], run: Callable[[], Any]) -> Any:
        """Run an operation, write it down, and keep its arguments."""
        if self._copying:
            # The copies that are kept are no operations of the model.
            return run()
        index = len(self.ops)
        wanted = name.removeprefix("aten.") in self.names
        inputs = self._copies((args, kwargs)) if wanted else {}
        result = super().call(name, args, kwargs, run)
        if wanted and len(self.ops) == index + 1:
            self.kept[index] = Kept(inputs, list(self._copies(result).values()))
        return result

    def _copies(self, value: object) -> dict[int, torch.Tensor]:
        self._copying = True
        try:
            return {id(tensor): tensor.detach().clone() for tensor in tensors_in(value)}
        finally:
            self._copying = False


@dataclass(frozen=True, eq=False)
class Shared:
    """What all operations of one network share."""

    maps: Maps
    kept: Mapping[int, Kept]
    statistics: Mapping[str, UnitStatistics]
    kernel: Kernel = "sum"
    signals: dict[Source, Signal] = field(default_factory=dict[Source, Signal])


@dataclass(frozen=True, eq=False)
class Reading:
    """One output of one operation."""

    node: Node
    call: Call
    shared: Shared
    signals: tuple[Signal, ...]
    """One per operand that depends on the image, in the order of `Call.operands`."""

    @property
    def maps(self) -> Maps:
        """The maps so far."""
        return self.shared.maps

    @property
    def shape(self) -> Shape:
        """Shape of the output, batch axis included."""
        return self.call.shape

    def signal_of(self, value: object) -> Signal | None:
        """Return where an argument comes from; None for what does not depend on the image."""
        source = self.node.op.sources.get(id(value)) if isinstance(value, torch.Tensor) else None
        return None if source is None else self.shared.signals[source]

    def value(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return the values that an argument had when the operation ran."""
        kept = self.shared.kept.get(self.node.op.index)
        return (tensor if kept is None else kept.inputs.get(id(tensor), tensor)).detach()

    @property
    def outcome(self) -> torch.Tensor | None:
        """The output as it was when the operation had run; None where it was not kept."""
        kept = self.shared.kept.get(self.node.op.index)
        return None if kept is None else kept.outputs[self.call.output]


def reading_of(node: Node, nodes: Mapping[Source, Node], shared: Shared) -> Reading:
    """Return one node with what is known of its operands."""
    operands = node.op.operands()
    known = tuple(Operand(nodes[source].state, shape) for source, shape in operands)
    signals = tuple(shared.signals[source] for source, _ in operands)
    return Reading(node, Call(node.op, node.key[1], known, bind(node.op)), shared, signals)
