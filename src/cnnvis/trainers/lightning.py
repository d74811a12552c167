"""The recorder as a callback of Lightning's Trainer."""

import importlib
import importlib.util
from typing import Any

from cnnvis.compose.recorder import Recorder


def _base() -> Any:
    there = (name for name in ("lightning", "pytorch_lightning") if importlib.util.find_spec(name) is not None)
    name = next(there, None)
    if name is None:
        return object  # without Lightning there is nobody to call the hooks
    return importlib.import_module("lightning.pytorch" if name == "lightning" else name).Callback


_BASE = _base()


class CnnvisCallback(_BASE):
    """Records a training by Lightning's Trainer: ``Trainer(callbacks=[CnnvisCallback(to="runs/a", ...)])``.

    Loss and steps are the Trainer's; what the module logs is recorded at the step at which it is logged. With
    ``resume=True`` the recording goes on from the step of the checkpoint that the Trainer goes on from.

    Args:
        module: Name of the submodule that is the network, when the LightningModule calls it and not itself.
        options: What `cnnvis.Recorder` takes besides model and optimizer.

    """

    def __init__(self, *, module: str = "", **options: Any) -> None:
        super().__init__()
        self._module = module
        self._options = options
        self._known: dict[str, object] = {}
        """Values as they were seen last: a new one is another object."""
        self._every_step: set[str] = set()
        self._at_ends: dict[str, int] = {}
        """Names that are logged at the end of an epoch or a validation, and the step of the last time."""
        self.recorder: Recorder | None = None

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin to record."""
        plugin = getattr(trainer, "precision_plugin", None)
        options: dict[str, Any] = {"scaler": getattr(plugin, "scaler", None)} | self._options
        if options.get("resume") and trainer.global_step:
            options.setdefault("resume_at", int(trainer.global_step))
        model = pl_module.get_submodule(self._module)
        self.recorder = Recorder(model, list(trainer.optimizers), **options)
        self.recorder.start()

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Record a batch; steps are counted by the optimizers."""
        del pl_module, batch, batch_idx
        if self.recorder is not None:
            loss = outputs.get("loss") if isinstance(outputs, dict) else outputs
            self.recorder.step(loss, metrics=self._of_step(trainer))

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Record what is logged once per epoch."""
        del pl_module
        self._log(trainer)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Record what the validation logged."""
        del pl_module
        if not getattr(trainer, "sanity_checking", False):
            self._log(trainer)

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Finish the recording."""
        del pl_module
        self._log(trainer)
        if self.recorder is not None:
            self.recorder.close()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Finish the recording of a training that failed."""
        del trainer, pl_module
        if self.recorder is not None:
            self.recorder.close(interrupted=type(exception).__name__)

    def _log(self, trainer: Any) -> None:
        """Record what is not logged at every step, once per step: hooks at an epoch's end come in a row."""
        if self.recorder is None:
            return
        step = self.recorder.cost.steps
        values = {name: value for name, value in trainer.callback_metrics.items() if name not in self._every_step}
        fresh = {name: value for name, value in values.items() if self._at_ends.get(name) != step}
        fresh = {name: value for name, value in fresh.items() if self._known.get(name) is not value}
        self._at_ends |= dict.fromkeys(fresh, step)
        self._known |= values
        if fresh:
            self.recorder.log(fresh)

    def _of_step(self, trainer: Any) -> dict[str, object]:
        """Return what was logged in this step: the Trainer keeps all older values among the new ones."""
        values = {name: value for name, value in trainer.callback_metrics.items() if name not in self._at_ends}
        fresh = {name: value for name, value in values.items() if self._known.get(name) is not value}
        self._every_step |= fresh.keys()
        self._known |= values
        return fresh
