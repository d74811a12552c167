"""What is measured and when snapshots are taken at the recorder's defaults, whatever the clock says."""

from pathlib import Path

import pytest
import torch

from cnnvis.observe.record.alarms import Alarms
from cnnvis.store.reader import read_run
from cnnvis.store.recording import request_snapshot
from tests.observe.record.helpers import built, data, fingerprint, recorded, recorder, sgd, train


def test_at_defaults_the_end_of_a_short_training_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots on the way and at the end, layers measured up to the last step, whatever the clock says."""
    monkeypatch.setattr(Alarms, "_once", lambda *_: "")
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run", every=None, snapshots=None, budget=1e-6) as rec:
        train(model, optimizers, rec, steps=77)
    run, series = recorded(tmp_path / "run")
    forced = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33, 41, 51, 63]
    assert series.lists["gradient/norm"].steps.tolist()[: len(forced)] == forced
    for name in ("before/mean", "after/zero", "silent", "weight/norm"):
        assert series.lists[name].steps[-1] == 77
    assert run.steps == (0, 1, 4, 16, 64, 77)
    # What the last look says is what the network is, on the batch that it saw last.
    weight = model.get_parameter("conv1.weight").detach().norm()
    assert series.lists["weight/norm"].values[-1, 0] == pytest.approx(float(weight), rel=1e-5)
    images = data()[0][(torch.arange(8) + 76 * 8) % 48]
    model.train()
    maps = model.get_submodule("norm1")(model.get_submodule("conv1")(images))
    assert series.lists["before/mean"].values[-1, 0] == pytest.approx(float(maps.detach().mean()), abs=1e-5)
    assert rec.cost.snapshots == 6


def test_the_last_look_finds_the_training_mode_behind_a_validation(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    torch.manual_seed(7)
    rec = recorder(model, optimizers, tmp_path / "run", every=4)
    rec.start()
    train(model, optimizers, rec, steps=6)
    model.eval()
    before = fingerprint(model)
    rec.close()
    assert fingerprint(model) == before
    assert not model.training
    _, series = recorded(tmp_path / "run")
    assert series.lists["after/mean"].steps.tolist() == [1, 4, 6]
    assert series.lists["update/norm"].steps.tolist() == [1, 4]  # that would take another step
    images = data()[0][(torch.arange(8) + 40) % 48]
    maps = model.train().get_submodule("norm1")(model.get_submodule("conv1")(images))
    assert series.lists["before/mean"].values[-1, 0] == pytest.approx(float(maps.detach().mean()), abs=1e-5)


def test_small_snapshots_are_taken_on_some_of_the_images(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(
        model, optimizers, tmp_path / "run", probe=data(600, seed=5), every=None, snapshots=None, budget=1e-6
    ) as rec:
        train(model, optimizers, rec, steps=6)
        rec.snapshot()
    run, _ = recorded(tmp_path / "run")
    seen = {step: read_run(run.path, step=step).snapshot.images_seen for step in run.steps}
    assert seen[6] == 600
    assert all(90 < seen[step] < 170 for step in (0, 1, 4))
    assert len(run.pictures.samples) == 600


def test_a_first_sign_of_trouble_brings_a_snapshot(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run", every=None, snapshots=None, budget=1e-6) as rec:
        train(model, optimizers, rec, steps=20)
        rec.step()  # no step of the optimizer: nothing
        with torch.no_grad():
            model.get_parameter("head.bias")[0] += 50.0
        train(model, optimizers, rec, steps=3)
    run, series = recorded(tmp_path / "run")
    assert [event.step for event in series.events if "times what it was" in event.message] == [21]
    assert 21 in run.steps


def test_a_snapshot_is_taken_when_another_process_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnvis.observe.record.diary._ASKS", 0.0)
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run", snapshots=[2]) as rec:
        train(model, optimizers, rec, steps=5)
        rec._diary._recording.flush()  # pyright: ignore[reportOptionalMemberAccess]
        request_snapshot(read_run(tmp_path / "run"))
        train(model, optimizers, rec, steps=2)
    assert recorded(tmp_path / "run")[0].steps == (0, 2, 6)


def test_without_a_probe_the_first_steps_are_recorded_too(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run", probe=None) as rec:
        train(model, optimizers, rec, steps=10)
    _, series = recorded(tmp_path / "run")
    assert series.run["loss"].steps.tolist() == list(range(1, 11))
    assert series.run["gradient/norm_all"].steps[0] == 1
    assert series.lists["input/mean"].steps[0] == 1
    assert series.lists["before/mean"].steps.tolist() == [9, 10]
