"""The callbacks, driven as the trainers drive theirs."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnvis.observe.record import huggingface, lightning
from tests.observe.record.helpers import built, data, hooks_on, recorded, sgd


@pytest.mark.parametrize("fails", [False, True])
def test_lightning(fails: bool, tmp_path: Path) -> None:
    """Lightning runs forward and backward pass inside of the optimizer's step."""
    module = nn.Module()
    module.net = built()
    optimizers = sgd(module)
    images, labels = data(8)
    callback = lightning.CnnvisCallback(
        module="net", to=tmp_path / "run", probe=(images, labels), every=1, progress=False
    )
    trainer = SimpleNamespace(optimizers=optimizers, callback_metrics={"val_acc": torch.tensor(0.25)})
    callback.on_train_start(trainer, module)
    for number in range(3):

        def closure() -> torch.Tensor:
            optimizers[0].zero_grad()
            loss = functional.cross_entropy(module.net(images), labels)
            loss.backward()
            return loss

        loss = optimizers[0].step(closure)  # pyright: ignore[reportArgumentType]
        callback.on_train_batch_end(trainer, module, {"loss": loss}, None, number)
    callback.on_validation_end(trainer, module)
    if fails:
        callback.on_exception(trainer, module, ZeroDivisionError())
    else:
        callback.on_train_end(trainer, module)
    assert hooks_on(module, optimizers) == 0
    _, series = recorded(tmp_path / "run")
    assert series.run["loss"].steps.tolist() == [1, 2, 3]
    found = series.metric("validation", "accuracy")
    assert found is not None
    assert found.values.tolist() == [0.25]
    assert series.events[-1].name == ("interrupted" if fails else "finished")


class Accelerated(torch.optim.Optimizer):
    """An optimizer around an optimizer, as accelerate makes them."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self.optimizer = optimizer

    def step(self, closure: object = None) -> None:
        self.optimizer.step(closure)  # pyright: ignore[reportArgumentType, reportCallIssue]


def test_hugging_face(tmp_path: Path) -> None:
    model = built()
    (optimizer,) = sgd(model)
    wrapped = Accelerated(optimizer)
    images, labels = data(8)
    callback = huggingface.CnnvisCallback(to=tmp_path / "run", probe=(images, labels), every=1, progress=False)
    callback.on_train_begin(None, None, None, model=model, optimizer=wrapped)
    for _ in range(2):
        optimizer.zero_grad()
        functional.cross_entropy(model(images), labels).backward()
        wrapped.step()
        callback.on_step_end(None, None, None)
    callback.on_log(None, None, None, logs={"loss": 0.5, "eval_accuracy": 0.75, "note": "x"})
    callback.on_train_end(None, None, None)
    assert hooks_on(model, [optimizer]) == 0
    _, series = recorded(tmp_path / "run")
    assert series.lists["gradient/norm"].steps.tolist() == [1, 2]
    for part, word, value in (("train", "loss", 0.5), ("validation", "accuracy", 0.75)):
        found = series.metric(part, word)
        assert found is not None
        assert found.values.tolist() == [value]
