"""Where values that are not finite first arise, found out in the very step: in the next one they are everywhere.

Only some steps are measured, and once the optimizer has used a gradient with NaN in it, all weights hold NaN. So the
outputs of every training pass are added up, and before every step of an optimizer the gradients of its first and its
last unit: that costs some microseconds. Only where a sum is not finite is the batch shown to the network once more,
layer by layer, or are all gradients looked at.

On a GPU each of these questions would have to be waited for, and among several processes one must not run the network
alone; there the measured steps alone tell.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, cast

import torch
from torch import nn

from cnnvis.observe.inputs.randomness import random_state_kept
from cnnvis.observe.record.images import image_in
from cnnvis.observe.record.shield import Shield
from cnnvis.observe.record.weights import UnitWeights
from cnnvis.observe.trace.watch import Callback, tensors_in, together, watch_layers
from cnnvis.schema.graph import LayerGraph, Unit

Call = tuple[tuple[Any, ...], dict[str, Any]]
"""Arguments of a forward pass, by position and by name."""
Place = tuple[str, str]
"""A unit, or nothing for the images, and what of it is not finite."""
IMAGES, WEIGHTS, GRADIENT = "the training images", "its weights before the step", "the gradient of its weights"
BEFORE, AFTER = "its values before the non-linearity", "its values after the non-linearity"


class FirstPlace:
    """Looks after every training pass and before every step whether all is finite, until it once was not.

    Args:
        model: The network, without wrappers.
        shield: Keeps the time.
        last: Returns what the network was called with last in training.

    """

    def __init__(self, model: nn.Module, shield: Shield, last: Callable[[], Call | None]) -> None:
        self.found: Place | None = None
        """The first place, in the present step."""
        self.on = False
        """Whether every step is looked at."""
        self._model = model
        self._shield = shield
        self._last = last
        self._graph = LayerGraph(layers=(), edges=(), units=())
        self._weights: tuple[UnitWeights | None, ...] = ()
        self._passes = True
        """Whether outputs are looked at: not where some are infinite on purpose, as those of left-out classes."""
        self._of: dict[torch.optim.Optimizer, tuple[int, list[UnitWeights]]] = {}
        """Per optimizer how many parameters it trains, and which units they belong to."""

    def begin(self, graph: LayerGraph, weights: tuple[UnitWeights | None, ...]) -> None:
        """Look from here on."""
        self._graph, self._weights = graph, weights
        self.on = all(parameter.device.type == "cpu" for parameter in self._model.parameters())

    def resume(self) -> None:
        """Look on: what was found did no harm."""
        self.found = None

    def passed(self, result: Any) -> None:
        """Look at what a training pass returned."""
        if self._looks and self._passes and not torch.compiler.is_compiling():
            self._quietly(lambda: self._look_at_pass(result))

    def stepping(self, optimizer: torch.optim.Optimizer) -> None:
        """Look at the gradients that an optimizer is about to use."""
        # One that unscales by itself has gradients that may overflow: it then leaves out the step.
        if self._looks and getattr(optimizer, "found_inf", None) is None:
            self._quietly(lambda: self._look_at_gradients(optimizer))

    @property
    def _looks(self) -> bool:
        return self.on and self.found is None and "measuring" not in self._shield.off

    def _quietly(self, look: Callable[[], None]) -> None:
        with self._shield.guarded("measuring"):
            try:
                look()
            except Exception:  # noqa: BLE001 - a pass that cannot be asked, under vmap for example, is no accident
                self.on = False

    def _look_at_pass(self, result: Any) -> None:
        last = self._last()
        if last is None or all(all_finite(tensor) for tensor in tensors_in(result)):
            return
        self.found = self._in_pass(*last)
        self._passes = self.found is not None

    def _in_pass(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Place | None:
        """Return the first place of a pass, in the order in which the layers run."""
        images = image_in(args, kwargs)
        if images is not None and not all_finite(images):
            return "", IMAGES
        # A step that was not finite leaves its trace in all layers from where it went wrong to the input.
        for unit, own in reversed(list(zip(self._graph.units, self._weights, strict=True))):
            if own is not None and not all(all_finite(values) for values in own.parameters()):
                return unit.id, WEIGHTS
        places: list[Place] = []
        with random_state_kept(), watch_layers(self._model, self._callbacks(places)):
            # The running statistics must not even be put back: the backward pass that follows would notice.
            buffers = {name: buffer.clone() for name, buffer in self._model.named_buffers()}
            torch.func.functional_call(self._model, buffers, copied(args), copied(kwargs))
        return places[0] if places else None

    def _callbacks(self, places: list[Place]) -> dict[str, Callback]:
        layers = {layer.id: layer for layer in self._graph.layers}
        wanted: dict[str, list[Callback]] = {}
        for unit in self._graph.units:
            wanted.setdefault(layers[unit.before].event, []).append(_noting(places, unit, BEFORE))
            if unit.before != unit.id:
                wanted.setdefault(layers[unit.id].event, []).append(_noting(places, unit, AFTER))
        return {event: together(calls) for event, calls in wanted.items()}

    def _look_at_gradients(self, optimizer: torch.optim.Optimizer) -> None:
        units = self._trained_by(optimizer)
        ends = (next(gradients_of(units), None), next(gradients_of(reversed(units)), None))
        if all(gradient is None or all_finite(gradient) for gradient in ends):
            return
        last = self._last()
        if last is None:  # a pass that was not seen may be the cause
            self.on = False
            return
        # What the outputs do not show (a sigmoid hides infinity) is found in the layers.
        self.found = self._in_pass(*last) or self._in_gradients()

    def _in_gradients(self) -> Place | None:
        """Return the first place of a backward pass: gradients flow from the last layer to the first."""
        for unit, own in reversed(list(zip(self._graph.units, self._weights, strict=True))):
            if own is not None and not all(all_finite(gradient) for gradient in gradients_of([own], whole=True)):
                return unit.id, GRADIENT
        return None

    def _trained_by(self, optimizer: torch.optim.Optimizer) -> list[UnitWeights]:
        count = sum(len(group["params"]) for group in optimizer.param_groups)
        known, units = self._of.get(optimizer, (-1, []))
        if count != known:
            trained = {one for group in optimizer.param_groups for one in group["params"]}
            units = [own for own in self._weights if own is not None and trained & set(own.parameters())]
            self._of[optimizer] = count, units
        return units


def all_finite(values: torch.Tensor) -> bool:
    """Whether there is neither NaN nor infinity among these values; their sum tells nearly always."""
    if not values.is_floating_point() or values.is_sparse:
        return True
    wide = values.dtype if values.dtype is torch.float64 else torch.float32
    total = values.detach().sum(dtype=wide)
    return math.isfinite(total.item()) or bool(torch.isfinite(values).all())


def gradients_of(units: Any, *, whole: bool = False) -> Iterator[torch.Tensor]:
    """Yield the gradients of units, of each the smaller one, of the bias, where that is enough."""
    for own in units:
        there = [one.grad for one in reversed(own.parameters()) if one.grad is not None]
        yield from there if whole else there[:1]


def _noting(places: list[Place], unit: Unit, what: str) -> Callback:
    def note(output: torch.Tensor) -> None:
        if not places and not all_finite(output):
            places.append((unit.id, what))

    return note


def copied(value: Any) -> Any:
    """Copy the tensors that a model is called with: it may change them in place."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if type(value) is dict:
        return {key: copied(one) for key, one in cast("dict[Any, Any]", value).items()}
    if type(value) in (tuple, list):
        return type(value)(copied(one) for one in value)
    return value
