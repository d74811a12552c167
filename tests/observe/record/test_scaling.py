"""Gradients of a scaled loss are recorded unscaled, or not at all where the scale is not known."""

import logging
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from cnnvis.compose.findings import find
from cnnvis.observe.record.scaling import Scaling, scaler_at_work
from tests.observe.record.helpers import Plain, built, data, recorded, recorder, sgd, train

SCALED = ("gradient/unclipped", "activation_gradient/rms")


def test_a_scaler_that_was_not_handed_over_is_found_at_work(tmp_path: Path) -> None:
    for name in ("given", "found"):
        model = built()
        optimizers = sgd(model)
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**20)
        torch.manual_seed(7)
        options = {"scaler": scaler} if name == "given" else {}
        with recorder(model, optimizers, tmp_path / name, **options) as rec:
            train(model, optimizers, rec, scaler=scaler, clip=0.1)
    given, found = (recorded(tmp_path / name)[1] for name in ("given", "found"))
    for name in SCALED:
        np.testing.assert_array_equal(found.lists[name].values, given.lists[name].values)
    np.testing.assert_array_equal(
        found.run["gradient/unclipped_all"].values, given.run["gradient/unclipped_all"].values
    )
    assert found.run["scale/value"].values.tolist() == [2.0**20] * 8
    assert not [one for one in find(recorded(tmp_path / "found")[0]).findings if one.rule == "exploding-gradient"]


class Halved(Plain):
    """Casts by itself, as models do whose forward carries autocast."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", torch.float16):
            return super().forward(x)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, Halved])
def test_what_was_measured_of_gradients_scaled_by_nobody_knows_what_is_left_out(
    kind: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The loop scales the loss itself, so that no GradScaler is at work."""
    model = built(Halved if kind is Halved else Plain)
    (optimizer,) = sgd(model)
    images, labels = data(8)
    outer = torch.float16 if kind is torch.float16 else torch.bfloat16
    with caplog.at_level(logging.WARNING, "cnnvis"), recorder(model, [optimizer], tmp_path / "run") as rec:
        for _ in range(3):
            with torch.autocast("cpu", outer, enabled=kind is not Halved):
                scores = model(images)
            loss = functional.cross_entropy(scores.float(), labels)
            optimizer.zero_grad()
            (loss * 1024).backward()
            for parameter in model.parameters():
                if parameter.grad is not None:
                    parameter.grad /= 1024
            optimizer.step()
            rec.step(loss)
        assert rec._shield.problems == []
    run, series = recorded(tmp_path / "run")
    unknown = kind is not torch.bfloat16
    assert ("gradient/unclipped_all" in series.run, *(name in series.lists for name in SCALED)) == (not unknown,) * 3
    assert series.lists["gradient/norm"].steps.tolist() == [1, 2, 3]
    assert [record.message.count("scaler=scaler") for record in caplog.records] == [1] * unknown
    not_judged = {one.rule: one.reason for one in find(run).not_judged}
    assert ("GradScaler" in not_judged.get("precision-overflow", "")) is unknown


def test_the_scale_is_that_of_the_step_that_is_over() -> None:
    scaler = torch.amp.GradScaler("cpu", init_scale=64.0)
    scaler.scale(torch.ones(()))
    followed, adopted = Scaling(scaler), Scaling(None)
    assert adopted.overflow() is None
    assert adopted.numbers() == {}
    assert math.isnan(adopted.of_measured(half=True))
    assert adopted.numbers() == {"scale/unknown": 1.0}
    adopted.adopt((scaler, 64.0))
    scaler.update(32.0)
    for one in (followed, adopted):
        assert one.of_measured(half=True) == 64.0
        scaler.update(16.0)
        assert one.overflow() == 16.0
        assert one.overflow() is None
        assert one.numbers() == {"scale/overflows": 1.0, "scale/value": 16.0}
        scaler.update(32.0)
    assert scaler_at_work() is None
