"""The callback, driven as Lightning drives it, and by Lightning itself where it is installed."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnvis.trainers import lightning
from tests.observe.record.helpers import built, data, hooks_on, recorded, sgd
from tests.trainers.helpers import BATCH, IMAGES, Net

HERE = importlib.util.find_spec("lightning") is not None
EPOCHS = 3
STEPS = EPOCHS * IMAGES // BATCH


@pytest.mark.parametrize("fails", [False, True])
def test_passes_inside_of_the_optimizers_step(fails: bool, tmp_path: Path) -> None:
    """Lightning runs forward and backward pass inside of the optimizer's step."""
    module = nn.Module()
    module.net = built()
    optimizers = sgd(module)
    images, labels = data(8)
    callback = lightning.CnnvisCallback(
        module="net", to=tmp_path / "run", probe=(images, labels), every=1, progress=False
    )
    trainer = SimpleNamespace(optimizers=optimizers, callback_metrics={}, global_step=0)
    callback.on_train_start(trainer, module)
    for number in range(3):

        def closure() -> torch.Tensor:
            optimizers[0].zero_grad()
            loss = functional.cross_entropy(module.net(images), labels)
            loss.backward()
            return loss

        loss = optimizers[0].step(closure)  # pyright: ignore[reportArgumentType]
        trainer.callback_metrics["train_acc"] = torch.tensor(0.25)
        callback.on_train_batch_end(trainer, module, {"loss": loss}, None, number)
    trainer.callback_metrics["val_acc"] = torch.tensor(0.25)
    callback.on_validation_end(trainer, module)
    if fails:
        callback.on_exception(trainer, module, ZeroDivisionError())
    else:
        callback.on_train_end(trainer, module)
    assert hooks_on(module, optimizers) == 0
    _, series = recorded(tmp_path / "run")
    assert series.run["loss"].steps.tolist() == [1, 2, 3]
    assert series.run["metric/val_acc"].steps.tolist() == [3]
    assert series.run["metric/train_acc"].steps.tolist() == [1, 2, 3]
    assert series.events[-1].name == ("interrupted" if fails else "finished")


def module_to_train() -> Any:
    import lightning.pytorch as pl

    class Module(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.net = Net()

        def training_step(self, batch: Any, _: int) -> torch.Tensor:
            logits = self.net(batch[0])
            loss = functional.cross_entropy(logits, batch[1])
            self.log("train_loss", loss)
            self.log("train_acc", (logits.argmax(1) == batch[1]).float().mean(), on_step=True, on_epoch=True)
            self.log("whole", loss, on_step=False, on_epoch=True)
            return loss

        def validation_step(self, batch: Any, _: int) -> None:
            self.log("val_loss", functional.cross_entropy(self.net(batch[0]), batch[1]))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    return Module()


def fit(callback: object, **options: object) -> Any:
    import lightning.pytorch as pl

    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*data(IMAGES)), batch_size=BATCH)
    module = module_to_train()
    trainer = pl.Trainer(
        max_epochs=EPOCHS, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, callbacks=[] if callback is None else [callback], **options,  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    trainer.fit(module, loader, loader)
    return module


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not HERE, reason="lightning is not installed (pip install 'cnnvis[trainers]')")
@pytest.mark.parametrize("accumulate", [1, 2])
def test_a_training_by_lightning_itself(accumulate: int, tmp_path: Path) -> None:
    plain = fit(None, accumulate_grad_batches=accumulate)
    callback = lightning.CnnvisCallback(module="net", to=tmp_path / "run", probe=data(12, 5), progress=False)
    module = fit(callback, accumulate_grad_batches=accumulate)
    for name, value in plain.state_dict().items():
        assert torch.equal(value, module.state_dict()[name]), name
    run, series = recorded(tmp_path / "run")
    # An epoch has five batches: under accumulation of two, three steps.
    per_epoch = IMAGES // BATCH if accumulate == 1 else 3
    steps = list(range(1, EPOCHS * per_epoch + 1))
    ends = steps[per_epoch - 1 :: per_epoch]
    assert series.run["loss"].steps.tolist() == steps
    assert series.run["metric/val_loss"].steps.tolist() == ends
    assert series.run["metric/whole"].steps.tolist() == ends
    if accumulate == 1:
        assert series.run["metric/train_loss"].steps.tolist() == steps
        assert series.run["metric/train_loss"].values.tolist() == pytest.approx(series.run["loss"].values.tolist())
    assert series.lists["weight/norm"].steps[-1] == steps[-1]
    assert series.complete
    assert run.connections is not None


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not HERE, reason="lightning is not installed (pip install 'cnnvis[trainers]')")
def test_the_scaler_of_lightning_is_taken(tmp_path: Path) -> None:
    """From the start: steps that are left out before the first one are counted."""
    from lightning.pytorch.plugins.precision import MixedPrecision

    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**24)
    callback = lightning.CnnvisCallback(module="net", to=tmp_path / "run", probe=data(12, 5), every=1, progress=False)
    fit(callback, plugins=[MixedPrecision("16-mixed", "cpu", scaler)])
    _, series = recorded(tmp_path / "run")
    left_out = [event for event in series.events if event.name == "overflow"]
    assert left_out
    assert left_out[0].step == 0
    assert series.run["scale/overflows"].values[-1] == len(left_out)
    assert series.run["scale/value"].values[-1] == scaler.get_scale()
    unclipped, used = series.run["gradient/unclipped_all"], series.run["gradient/norm_all"]
    assert unclipped.values == pytest.approx(used.values, rel=1e-4)
    assert "scale/unknown" not in series.run


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not HERE, reason="lightning is not installed (pip install 'cnnvis[trainers]')")
def test_it_goes_on_from_the_step_of_the_checkpoint(tmp_path: Path) -> None:
    options: dict[str, Any] = {"module": "net", "to": tmp_path / "run", "probe": data(12, 5), "progress": False}
    fit(lightning.CnnvisCallback(**options))
    callback = lightning.CnnvisCallback(**options, resume=True)
    trainer = SimpleNamespace(optimizers=[], callback_metrics={}, global_step=7)
    module = nn.Module()
    module.net = Net()
    trainer.optimizers = sgd(module)
    callback.on_train_start(trainer, module)
    callback.on_train_end(trainer, module)
    _, series = recorded(tmp_path / "run")
    assert series.run["loss"].steps.tolist() == list(range(1, 8))
