"""The recorder as a callback of Hugging Face's Trainer."""

import importlib
from typing import Any

from cnnvis.observe.record.recorder import Recorder


def _base() -> Any:
    try:
        return importlib.import_module("transformers").TrainerCallback
    except ImportError:
        return object  # without it there is nobody to call the hooks


_BASE = _base()


class CnnvisCallback(_BASE):
    """Records a training by Hugging Face's Trainer: ``Trainer(..., callbacks=[CnnvisCallback(to="runs/a", ...)])``.

    Args:
        options: What `Recorder` takes besides model and optimizer.

    """

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._options = options
        self.recorder: Recorder | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Begin to record."""
        del args, state, control
        self.recorder = Recorder(given["model"], given["optimizer"], **self._options)
        self.recorder.start()

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Record a step of the optimizer."""
        del args, state, control, given
        if self.recorder is not None:
            self.recorder.step()

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **given: Any) -> None:
        """Record what the Trainer logs: its training loss comes this way alone."""
        del args, state, control, given
        if self.recorder is not None:
            numbers = {name: value for name, value in (logs or {}).items() if isinstance(value, int | float)}
            self.recorder.log({f"train/{name}" if name == "loss" else name: value for name, value in numbers.items()})

    def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Finish the recording."""
        del args, state, control, given
        if self.recorder is not None:
            self.recorder.close()
