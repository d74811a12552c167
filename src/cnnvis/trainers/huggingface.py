"""The recorder as a callback of Hugging Face's Trainer."""

import importlib
import importlib.util
from typing import Any

from cnnvis.compose.recorder import Recorder


def _base() -> Any:
    if importlib.util.find_spec("transformers") is None:
        return object  # without it there is nobody to call the hooks
    return importlib.import_module("transformers").TrainerCallback


_BASE = _base()


class CnnvisCallback(_BASE):
    """Records a training by Hugging Face's Trainer: ``Trainer(..., callbacks=[CnnvisCallback(to="runs/a", ...)])``.

    The loss is the one in the model's outputs, at every step; of a model that gives none it is what the Trainer logs,
    as often as it logs. With ``resume=True`` the recording goes on from the step of the checkpoint.

    Args:
        options: What `cnnvis.Recorder` takes besides model and optimizer.

    """

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._options = options
        self.recorder: Recorder | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Begin to record."""
        del args, control
        # What accelerate makes of the optimizer knows the loss's scaler.
        options: dict[str, Any] = {"scaler": getattr(given["optimizer"], "scaler", None)} | self._options
        if options.get("resume") and state is not None and state.global_step:
            options.setdefault("resume_at", int(state.global_step))
        self.recorder = Recorder(given["model"], given["optimizer"], **options)
        self.recorder.start()

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Record a step of the optimizer."""
        del args, state, control, given
        if self.recorder is not None:
            self.recorder.step()

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **given: Any) -> None:
        """Record what the Trainer logs: metrics, and the loss where the model itself tells none."""
        del args, state, control, given
        if self.recorder is None:
            return
        numbers = {name: value for name, value in (logs or {}).items() if isinstance(value, int | float)}
        loss = numbers.pop("loss", None)
        if loss is not None and self.recorder.knows_loss:
            numbers["train/loss"] = loss
            loss = None
        self.recorder.log(numbers, loss=loss)

    def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Finish the recording."""
        del args, state, control, given
        if self.recorder is not None:
            self.recorder.close()
