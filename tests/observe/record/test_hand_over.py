"""What a training hands over: numbers that are none are left out alone."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from tests.observe.record.helpers import Plain, built, data, recorded, recorder, sgd, train


@pytest.mark.parametrize("bad", [None, "good", torch.zeros(3), np.zeros(2)], ids=["none", "word", "vector", "array"])
def test_a_bad_metric_is_left_out_alone_with_one_warning(
    bad: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = built()
    optimizers = sgd(model)
    with caplog.at_level(logging.WARNING, "cnnvis"), recorder(model, optimizers, tmp_path / "run") as rec:
        for step in range(4):
            train(model, optimizers, None, steps=1)
            rec.step(loss=1.0, metrics={"train/accuracy": 0.25 * step, "speed": bad})
        rec.log({"speed": bad, "val/accuracy": 0.5})
    assert len(caplog.records) == 1
    assert "The metric speed is left out where it is no number" in caplog.messages[0]
    _, series = recorded(tmp_path / "run")
    assert series.run["metric/train/accuracy"].values.tolist() == [0.0, 0.25, 0.5, 0.75]
    assert series.run["metric/val/accuracy"].values.tolist() == [0.5]
    assert "metric/speed" not in series.run
    assert series.run["loss"].steps.tolist() == [1, 2, 3, 4]


def test_a_bad_loss_is_left_out_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    model = built()
    optimizers = sgd(model)
    with caplog.at_level(logging.WARNING, "cnnvis"), recorder(model, optimizers, tmp_path / "run") as rec:
        for loss in (0.5, "low", torch.tensor([1.0, 2.0]), {}):
            train(model, optimizers, None, steps=1)
            rec.step(loss=loss, metrics={"train/accuracy": 1.0})
    assert len(caplog.records) == 1
    _, series = recorded(tmp_path / "run")
    assert series.run["loss"].steps.tolist() == [1, 3]
    assert series.run["loss"].values.tolist() == [0.5, 1.5]
    assert len(series.run["metric/train/accuracy"].steps) == 4


class WithLoss(nn.Module):
    """A network that works out its loss itself, as those of Hugging Face do."""

    def __init__(self) -> None:
        super().__init__()
        self.net = Plain()

    def forward(self, x: torch.Tensor, labels: torch.Tensor | None = None) -> dict[str, torch.Tensor]:
        logits = self.net(x)
        return (
            {"logits": logits}
            if labels is None
            else {"loss": functional.cross_entropy(logits, labels), "logits": logits}
        )


def test_a_loss_in_the_models_outputs_is_taken(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = WithLoss()
    (optimizer,) = sgd(model)
    images, labels = data(8)
    losses: list[float] = []
    with recorder(model, [optimizer], tmp_path / "run", output="logits") as rec:
        for _ in range(3):
            optimizer.zero_grad()
            loss = model(images, labels)["loss"]
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
            rec.step()
    _, series = recorded(tmp_path / "run")
    assert series.run["loss"].values.tolist() == pytest.approx(losses, rel=1e-6)
    assert series.events[0].names[:2] == ("NllLoss", "LogSoftmax")
