"""What the optimizers do to the weights: looked at right before and right after their step."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from cnnvis.observe.record.gather import Gathered
from cnnvis.observe.record.moments import bad
from cnnvis.observe.record.scaling import Scaler, scaler_at_work
from cnnvis.observe.record.shield import Shield
from cnnvis.observe.record.weights import UnitWeights, weight_numbers
from cnnvis.schema.errors import ModelError
from cnnvis.schema.series import GroupOfParameters

Optimizer = torch.optim.Optimizer


def optimizers_in(value: object) -> tuple[Optimizer, ...]:
    """Return the optimizers that were handed over: one or several, also inside the wrappers of trainers.

    Raises:
        ModelError: When there is none, or something else among them.

    """
    given = list(value) if isinstance(value, Sequence) else [value]
    found: list[Optimizer] = []
    for one in given:
        # What trainers wrap around an optimizer may be an optimizer too; the steps are the inner one's.
        wrapped = getattr(one, "optimizer", None)
        inner = wrapped if isinstance(wrapped, Optimizer) else one
        if not isinstance(inner, Optimizer):
            message = (
                f"The optimizer must be a torch.optim.Optimizer or a list of them, but a {type(one).__name__} came."
            )
            raise ModelError(message, "Pass the optimizer itself: Recorder(model, optimizer, ...).")
        found.append(inner)
    if not found:
        raise ModelError("No optimizer came.", "Pass the optimizer: Recorder(model, optimizer, ...).")
    return tuple(found)


def parameter_groups(optimizers: Sequence[Optimizer], names: dict[nn.Parameter, str]) -> tuple[GroupOfParameters, ...]:
    """Return the parameter groups of all optimizers, in order."""
    return tuple(
        GroupOfParameters(
            optimizer=type(optimizer).__name__,
            number=number,
            parameters=tuple(names.get(parameter, "?") for parameter in group["params"]),
            settings={
                key: value
                for key, value in sorted(group.items())
                if isinstance(value, bool | str) or (isinstance(value, int | float) and key != "params")
            },
        )
        for number, optimizer in enumerate(optimizers)
        for group in optimizer.param_groups
    )


def group_settings(optimizers: Sequence[Optimizer]) -> dict[str, list[float | None]]:
    """Return learning rate, momentum and weight decay of every parameter group as they are now."""
    groups = [group for optimizer in optimizers for group in optimizer.param_groups]
    return {
        "learning_rate": [_number(group.get("lr")) for group in groups],
        "momentum": [_number(group.get("momentum", (group.get("betas") or (None,))[0])) for group in groups],
        "weight_decay": [_number(group.get("weight_decay")) for group in groups],
    }


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float | torch.Tensor) else None


class OptimizerWatch:
    """Hooks on the optimizers: counts their steps, and measures the ones that are asked for.

    Args:
        optimizers: All that train the network.
        weights: Returns each unit's weights.
        gathered: Takes what was measured.
        shield: Keeps failures away from the training.
        before: Called before each step of an optimizer, when its gradients are there.

    """

    def __init__(
        self,
        optimizers: Sequence[Optimizer],
        weights: Callable[[], tuple[UnitWeights | None, ...]],
        gathered: Gathered,
        shield: Shield,
        before: Callable[[Optimizer], None],
    ) -> None:
        self.optimizers = optimizers
        self.measuring = False
        self.steps = 0
        """Steps that any of the optimizers did."""
        self.without_gradient: set[nn.Parameter] = set()
        self.scaler: tuple[Scaler, float] | None = None
        """The GradScaler that was seen to call a measured step, and its scale then."""
        self._weights = weights
        self._gathered = gathered
        self._shield = shield
        self._watch = before
        self._handles: list[RemovableHandle] = []
        self._copies: dict[Optimizer, list[tuple[nn.Parameter, torch.Tensor]]] = {}

    def attach(self) -> None:
        """Begin to watch."""
        for optimizer in self.optimizers:
            self._handles.append(optimizer.register_step_pre_hook(self._before))
            self._handles.append(optimizer.register_step_post_hook(self._after))

    def detach(self) -> None:
        """Leave the optimizers as they were."""
        while self._handles:
            self._handles.pop().remove()
        self._copies.clear()

    def _before(
        self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
        if self.measuring and self.scaler is None:
            with self._shield.guarded("measuring"):
                self.scaler = scaler_at_work()
        closure = kwargs.get("closure", args[1] if len(args) > 1 else None)
        if closure is None:
            self._about_to_step(optimizer)
            return None

        # The passes run inside of the step: gradients are there when the closure has ended.
        def watched_closure() -> Any:
            result = closure()
            self._about_to_step(optimizer)
            return result

        if "closure" in kwargs:
            return args, kwargs | {"closure": watched_closure}
        return (*args[:1], watched_closure, *args[2:]), kwargs

    def _about_to_step(self, optimizer: Optimizer) -> None:
        self._watch(optimizer)
        if self.measuring and optimizer not in self._copies:
            self._look(optimizer)

    def _look(self, optimizer: Optimizer) -> None:
        """Look at gradients, and keep the weights as they are before they change."""
        with self._shield.guarded("measuring"):
            # An optimizer that unscales by itself (fused ones do, under mixed precision) says so in this attribute.
            scale = getattr(optimizer, "grad_scale", None)
            parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
            self._copies[optimizer] = [(parameter, parameter.detach().clone()) for parameter in parameters]
            units = self._units()
            total = _Total()
            for parameter in parameters:
                gradient = parameter.grad
                if gradient is None:
                    if parameter.requires_grad:
                        self.without_gradient.add(parameter)
                    continue
                values = gradient.coalesce().values() if gradient.is_sparse else gradient
                values = values.detach() if scale is None else values.detach() / scale
                norm = torch.linalg.vector_norm(values, dtype=torch.float32)
                total.add(norm)
                for place in units.get(parameter, ()):
                    self._gathered.add("gradient", place, torch.stack([norm, *_more(values, norm)]))
            total.give(self._gathered, "gradient_all", self.optimizers.index(optimizer))

    def _after(self, optimizer: Optimizer, _args: Any, _kwargs: Any) -> None:
        refused = getattr(optimizer, "found_inf", None)
        # Asked in measured steps alone: on a GPU the answer has to be waited for.
        if self.measuring and isinstance(refused, torch.Tensor) and bool(refused > 0):
            self._copies.pop(optimizer, None)
            return
        self.steps += 1
        copies = self._copies.get(optimizer)
        if not self.measuring or not copies:
            return
        with self._shield.guarded("measuring"):
            weights, units = self._weights(), self._units()
            change, size = _Total(), _Total()
            for parameter, before in copies:
                norm = torch.linalg.vector_norm(before, dtype=torch.float32)
                moved = torch.linalg.vector_norm(parameter.detach() - before, dtype=torch.float32)
                change.add(moved)
                size.add(norm)
                for place in units.get(parameter, ()):
                    self._gathered.add("update", place, moved)
                    own = weights[place]
                    if own is not None:
                        self._gathered.add("weight", place, weight_numbers(own, before, self._gathered.scratch))
            number = self.optimizers.index(optimizer)
            change.give(self._gathered, "update_all", number)
            size.give(self._gathered, "weight_all", number)
            copies.clear()  # a second step before the next call of the recorder is not looked at

    def start(self, *, measuring: bool) -> None:
        """Begin a step of the recording."""
        self.measuring = measuring
        self._copies.clear()
        self.without_gradient.clear()

    def _units(self) -> dict[nn.Parameter, list[int]]:
        places: dict[nn.Parameter, list[int]] = {}
        for place, own in enumerate(self._weights()):
            if own is not None:
                places.setdefault(own.weight, []).append(place)
        return places


class _Total:
    """The norm of many tensors together."""

    def __init__(self) -> None:
        self._norms: list[torch.Tensor] = []

    def add(self, norm: torch.Tensor) -> None:
        self._norms.append(norm)

    def give(self, gathered: Gathered, name: str, place: int) -> None:
        if self._norms:
            device = self._norms[0].device
            norms = torch.stack([norm.to(device) for norm in self._norms])
            gathered.add(name, place, torch.linalg.vector_norm(norms))


def _more(values: torch.Tensor, norm: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return root mean square and number of values that are not finite."""
    return norm / max(1, values.numel()) ** 0.5, bad(values, norm)
