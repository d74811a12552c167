"""Steps that wait for their numbers to come from the device."""

from dataclasses import dataclass
from time import perf_counter

import torch

from cnnvis.observe.record.first_place import Place
from cnnvis.schema.series import Number
from cnnvis.store.series import number

_MOST = 64
"""Steps whose losses stay on a GPU before the recorder asks for them: each answer has to be waited for."""
_LONGEST = 0.5
"""Seconds after which it asks in any case."""


@dataclass(eq=False)
class Waiting:
    """A step, as it was when it ended."""

    step: int
    time: float
    losses: list[torch.Tensor | float]
    metrics: dict[str, torch.Tensor | float]
    run: dict[str, Number]
    lists: dict[str, list[Number]]
    place: Place | None
    """Where values were first found not to be finite in it."""


@dataclass(eq=False)
class Arrived:
    """A step whose numbers are there."""

    step: int
    time: float
    loss: float | None
    """Mean of the losses that were handed over; None without any."""
    run: dict[str, Number]
    """Metrics among them."""
    lists: dict[str, list[Number]]
    place: Place | None


class Queue:
    """Keeps steps until it is worth asking the device."""

    def __init__(self) -> None:
        self._steps: list[Waiting] = []
        self._asked = perf_counter()

    def add(self, step: Waiting) -> None:
        """Take in a step."""
        self._steps.append(step)

    @property
    def due(self) -> bool:
        """Whether to ask now: nothing has to be waited for, or enough of them wait."""
        if len(self._steps) >= _MOST or perf_counter() - self._asked >= _LONGEST:
            return True
        return not any(_is_away(value) for one in self._steps[-1:] for value in (*one.losses, *one.metrics.values()))

    def take(self) -> list[Arrived]:
        """Return all steps, now that their numbers are needed."""
        steps, self._steps = self._steps, []
        self._asked = perf_counter()
        tensors = [loss for step in steps for loss in step.losses if isinstance(loss, torch.Tensor)]
        # One question to the device for all of them.
        values = iter(torch.stack([loss.double().mean().cpu() for loss in tensors]).tolist() if tensors else [])
        arrived: list[Arrived] = []
        for one in steps:
            losses = [float(next(values)) if isinstance(loss, torch.Tensor) else loss for loss in one.losses]
            loss = sum(losses) / len(losses) if losses else None
            run = one.run | numbers_of(one.metrics)
            arrived.append(Arrived(one.step, one.time, loss, run, one.lists, one.place))
        return arrived


def numbers_of(metrics: dict[str, torch.Tensor | float]) -> dict[str, Number]:
    """Return metrics as they are written."""
    return {name: number(float(value)) for name, value in metrics.items()}


def _is_away(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.device.type != "cpu"
