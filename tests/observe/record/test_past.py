"""A training that was started again goes on in its run."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnvis.schema.errors import RunError
from tests.observe.record.helpers import Shared, built, data, recorded, recorder, sgd, train


@pytest.mark.parametrize("at", [None, 4])
def test_a_training_that_was_started_again_goes_on_in_its_run(at: int | None, tmp_path: Path) -> None:
    whole = built()
    chosen = sgd(whole)
    torch.manual_seed(7)
    with recorder(whole, chosen, tmp_path / "whole", snapshots=None) as rec:
        train(whole, chosen, rec, steps=6)
    model = built()
    optimizers = sgd(model)
    torch.manual_seed(7)
    rec = recorder(model, optimizers, tmp_path / "run", snapshots=None, resume=True)  # nothing there yet
    rec.start()
    train(model, optimizers, rec, steps=4)
    state = (model.state_dict(), optimizers[0].state_dict(), torch.get_rng_state())
    state = copy.deepcopy(state)
    if at is not None:
        train(model, optimizers, rec, steps=3)  # recorded, but lost with the process
    rec._diary.drop()  # as a process ends that is killed: nothing says so in the series
    rec._measurer.detach()
    again = built()
    again.load_state_dict(state[0])
    optimizers = sgd(again)
    optimizers[0].load_state_dict(state[1])
    torch.set_rng_state(state[2])
    with recorder(again, optimizers, tmp_path / "run", snapshots=None, resume=True, resume_at=at) as rec:
        train(again, optimizers, rec, steps=2, first=4)
    run, series = recorded(tmp_path / "run")
    _, expected = recorded(tmp_path / "whole")
    assert series.complete
    assert run.steps[-1] == 6
    for name in ("loss", "images", "gradient/norm_all", "metric/train/loss"):
        np.testing.assert_array_equal(series.run[name].steps, expected.run[name].steps)
        np.testing.assert_allclose(series.run[name].values, expected.run[name].values, rtol=1e-6)
    np.testing.assert_allclose(series.lists["labels/count"].values, expected.lists["labels/count"].values)
    assert [event.step for event in series.events if event.name == "resumed"] == [4]


def test_another_network_is_not_taken_for_the_recorded_one(tmp_path: Path) -> None:
    model = built()
    with recorder(model, sgd(model), tmp_path / "run"):
        pass
    other = built(Shared)
    with pytest.raises(RunError, match="recording of another network: the layers differ"):
        recorder(other, sgd(other), tmp_path / "run", resume=True).start()
    with pytest.raises(RunError, match=r"resume_at is -1; it is a number of steps"):
        recorder(model, sgd(model), tmp_path / "run", resume=True, resume_at=-1)


def test_on_other_probe_images_no_snapshot_is_taken_when_going_on(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run") as rec:
        train(model, optimizers, rec, steps=3)
    with recorder(model, optimizers, tmp_path / "run", probe=data(20), resume=True) as rec:
        train(model, optimizers, rec, steps=3)
        rec.snapshot()
    run, series = recorded(tmp_path / "run")
    assert run.steps == (0, 2)
    assert any("others than before" in event.message for event in series.events)
    assert series.run["loss"].steps.tolist() == [1, 2, 3, 4, 5, 6]
