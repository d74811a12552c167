"""The callback, driven as Hugging Face's Trainer drives it, and by the Trainer itself where it is installed."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.nn import functional

from cnnvis.trainers import huggingface
from tests.observe.record.helpers import built, data, hooks_on, recorded, sgd
from tests.trainers.helpers import BATCH, IMAGES, Net, Pictures

HERE = all(importlib.util.find_spec(name) is not None for name in ("transformers", "accelerate"))


class Accelerated(torch.optim.Optimizer):
    """An optimizer around an optimizer, as accelerate makes them."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self.optimizer = optimizer

    def step(self, closure: object = None) -> None:
        self.optimizer.step(closure)  # pyright: ignore[reportArgumentType, reportCallIssue]


def test_a_model_that_tells_no_loss(tmp_path: Path) -> None:
    model = built()
    (optimizer,) = sgd(model)
    wrapped = Accelerated(optimizer)
    images, labels = data(8)
    callback = huggingface.CnnvisCallback(to=tmp_path / "run", probe=(images, labels), every=1, progress=False)
    callback.on_train_begin(None, SimpleNamespace(global_step=0), None, model=model, optimizer=wrapped)
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
    assert series.run["loss"].steps.tolist() == [2]
    assert series.run["loss"].values.tolist() == [0.5]
    found = series.metric("validation", "accuracy")
    assert found is not None
    assert found.values.tolist() == [0.75]


def test_the_scaler_that_accelerate_holds_is_taken(tmp_path: Path) -> None:
    """From the start: steps that are left out before the first one are counted."""
    model = built()
    (optimizer,) = sgd(model)
    scaler = torch.amp.GradScaler("cpu", init_scale=3e38)
    wrapped = Accelerated(optimizer)
    wrapped.scaler = scaler  # pyright: ignore[reportAttributeAccessIssue]
    images, labels = data(8)
    callback = huggingface.CnnvisCallback(to=tmp_path / "run", probe=(images, labels), every=1, progress=False)
    callback.on_train_begin(None, SimpleNamespace(global_step=0), None, model=model, optimizer=wrapped)
    for _ in range(9):
        optimizer.zero_grad()
        scaler.scale(8 * functional.cross_entropy(model(images), labels)).backward()
        scaler.step(optimizer)
        scaler.update()
        callback.on_step_end(None, None, None)
    callback.on_train_end(None, None, None)
    _, series = recorded(tmp_path / "run")
    left_out = [event.step for event in series.events if event.name == "overflow"]
    assert left_out
    assert set(left_out) == {0}
    assert series.run["scale/overflows"].values[0] == len(left_out)
    assert series.run["scale/value"].values[-1] == pytest.approx(3e38 / 2 ** len(left_out))


class Classifier(torch.nn.Module):
    """A network that works out its loss itself."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.net = Net()

    def forward(self, pixel_values: torch.Tensor, labels: torch.Tensor | None = None) -> dict[str, torch.Tensor]:
        logits = self.net(pixel_values)
        return (
            {"logits": logits}
            if labels is None
            else {"loss": functional.cross_entropy(logits, labels), "logits": logits}
        )


def train(model: torch.nn.Module, callback: object, folder: Path, **options: Any) -> Any:
    import transformers

    arguments = transformers.TrainingArguments(
        output_dir=str(folder), num_train_epochs=3, per_device_train_batch_size=BATCH, logging_steps=4,
        eval_strategy="epoch", save_strategy="no", use_cpu=True, report_to=[], disable_tqdm=True, **options,
    )  # fmt: skip
    trainer = transformers.Trainer(
        model=model, args=arguments, train_dataset=Pictures(), eval_dataset=Pictures(),
        callbacks=[] if callback is None else [callback],  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    trainer.train()
    return trainer


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not HERE, reason="transformers is not installed (pip install 'cnnvis[trainers]')")
@pytest.mark.parametrize("accumulate", [1, 5])
def test_a_training_by_the_trainer_itself(accumulate: int, tmp_path: Path) -> None:
    options = {"gradient_accumulation_steps": accumulate}
    plain = Classifier()
    train(plain, None, tmp_path / "plain", **options)
    model = Classifier()
    callback = huggingface.CnnvisCallback(
        to=tmp_path / "run", probe=data(12, 5), output="logits", progress=False, class_names=["a", "b", "c"]
    )
    trainer = train(model, callback, tmp_path / "out", **options)
    for name, value in plain.state_dict().items():
        assert torch.equal(value, model.state_dict()[name]), name
    _, series = recorded(tmp_path / "run")
    steps = list(range(1, 3 * IMAGES // BATCH // accumulate + 1))
    assert series.run["loss"].steps.tolist() == steps
    logged = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    if accumulate == 1:
        means = series.run["loss"].values[: 4 * len(logged)].reshape(-1, 4).mean(1)
        assert means.tolist() == pytest.approx(logged, abs=2e-4)
        assert series.run["metric/train/loss"].steps.tolist() == [4, 8, 12]
    found = series.metric("validation", "loss")
    assert found is not None
    assert len(found.steps) == 3
    assert series.lists["weight/norm"].steps[-1] == steps[-1]
    assert series.complete
