"""Nothing that goes wrong in the recorder may reach the training: one warning, and the training goes on."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import Literal

import torch

from cnnvis.observe.inputs.randomness import random_state_kept

Part = Literal["series", "measuring", "snapshots"]
_LOGGER = logging.getLogger("cnnvis")


class Shield:
    """Runs the recorder's own code: without gradients, on the clock, and so that no exception leaves it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        """Time spent in here so far."""
        self.off: set[Part] = set()
        """What failed and is left alone from then on."""
        self.problems: list[str] = []
        """What failed, in sentences; the first was also logged as a warning."""
        self.silent = False
        """Whether another process does the talking."""
        self._depth = 0

    @contextmanager
    def guarded(self, part: Part) -> Generator[None]:
        """Do something for the recording; a failure turns this part off. A second one at the same time is no cost."""
        begun = perf_counter()
        self._depth += 1
        try:
            with torch.no_grad():
                yield
        except Exception as error:  # noqa: BLE001 - whatever it is, the training matters more
            self._failed(part, error)
        finally:
            self._depth -= 1
            if not self._depth:
                self.seconds += perf_counter() - begun

    def wrapped(self, call: Callable[[torch.Tensor], None]) -> Callable[[torch.Tensor], None]:
        """Return a callback for the running model that measures under guard."""

        def guarded_call(tensor: torch.Tensor) -> None:
            if "measuring" not in self.off:
                with self.guarded("measuring"):
                    call(tensor)

        return guarded_call

    def _failed(self, part: Part, error: Exception) -> None:
        self.off.add(part)
        text = " ".join(str(error).split()) or type(error).__name__
        left = {
            "series": "nothing more is recorded",
            "measuring": "layers are no longer measured",
            "snapshots": "no further snapshots are taken",
        }[part]
        sentence = f"Recording: {text.rstrip('.')}; {left}, the training goes on."
        self.problems.append(sentence)
        if len(self.problems) == 1:
            self.warn(sentence)

    def warn(self, sentence: str) -> None:
        """Log a warning; not a Python warning, which a program may have turned into an exception."""
        self.say(lambda: _LOGGER.warning(sentence))

    def say(self, speak: Callable[[], None]) -> None:
        """Say something, if this process speaks; where nobody can listen (a closed stream), it is not said."""
        if not self.silent:
            with suppress(Exception):
                speak()


@contextmanager
def unmoved(model: torch.nn.Module) -> Generator[None]:
    """Look at the model without moving anything: random numbers, autocast, buffers and flags are as before."""
    flags = [(module, module.training) for module in model.modules()]
    buffers = [(buffer, buffer.clone()) for buffer in model.buffers()]
    devices = sorted({tensor.device.type for tensor in (*model.parameters(), *model.buffers())})
    cuda = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    try:
        with random_state_kept(), torch.random.fork_rng(cuda), torch.no_grad():
            if "cuda" in devices:
                with torch.autocast("cuda", enabled=False), torch.autocast("cpu", enabled=False):
                    yield
            else:
                with torch.autocast("cpu", enabled=False):
                    yield
    finally:
        for module, flag in flags:
            module.training = flag
        for buffer, before in buffers:
            # Written only where something changed, so that autograd need not believe that all were.
            if not torch.equal(buffer, before):
                buffer.copy_(before)
