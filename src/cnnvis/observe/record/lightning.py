"""The recorder as a callback of Lightning's Trainer."""

import importlib
import importlib.util
from typing import Any

from cnnvis.observe.record.recorder import Recorder


def _base() -> Any:
    there = (name for name in ("lightning", "pytorch_lightning") if importlib.util.find_spec(name) is not None)
    name = next(there, None)
    if name is None:
        return object  # without Lightning there is nobody to call the hooks
    return importlib.import_module("lightning.pytorch" if name == "lightning" else name).Callback


_BASE = _base()


class CnnvisCallback(_BASE):
    """Records a training by Lightning's Trainer: ``Trainer(callbacks=[CnnvisCallback(to="runs/a", ...)])``.

    Args:
        module: Name of the submodule that is the network, when the LightningModule calls it and not itself.
        options: What `Recorder` takes besides model and optimizer.

    """

    def __init__(self, *, module: str = "", **options: Any) -> None:
        super().__init__()
        self._module = module
        self._options = options
        self.recorder: Recorder | None = None

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin to record."""
        plugin = getattr(trainer, "precision_plugin", None)
        options: dict[str, Any] = {"scaler": getattr(plugin, "scaler", None)} | self._options
        model = pl_module.get_submodule(self._module)
        self.recorder = Recorder(model, list(trainer.optimizers), **options)
        self.recorder.start()

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Record a batch; steps are counted by the optimizers."""
        del trainer, pl_module, batch, batch_idx
        if self.recorder is not None:
            self.recorder.step(outputs.get("loss") if isinstance(outputs, dict) else outputs)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Record what the validation logged."""
        del pl_module
        if self.recorder is not None and not getattr(trainer, "sanity_checking", False):
            self.recorder.log(dict(trainer.callback_metrics))

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Finish the recording."""
        del trainer, pl_module
        if self.recorder is not None:
            self.recorder.close()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Finish the recording of a training that failed."""
        del trainer, pl_module
        if self.recorder is not None:
            self.recorder.close(interrupted=type(exception).__name__)
