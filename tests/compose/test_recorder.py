"""What the front door's recorder adds to a snapshot, and that the page finds it there."""

from pathlib import Path

import numpy as np
import pytest

import cnnvis
from cnnvis.compose import recorder as module
from cnnvis.compose.studio import Studio
from cnnvis.store.reader import read_run
from tests.observe.record.helpers import built, data, sgd, train


def recorded(folder: Path, **options: object) -> None:
    model = built()
    optimizers = sgd(model)
    with cnnvis.Recorder(
        model, optimizers, to=folder, probe=data(30, seed=5), progress=False, class_names=["a", "b", "c"], **options  # pyright: ignore[reportArgumentType]
    ) as rec:  # fmt: skip
        train(model, optimizers, rec, steps=8)


def test_a_recorded_snapshot_shows_connections(tmp_path: Path) -> None:
    recorded(tmp_path / "run", snapshots=[3, 8])
    for step in (0, 3, 8):
        run = read_run(tmp_path / "run", step=step)
        assert run.connections is not None
        studio = Studio(run, identity="run")
        columns = studio.columns()
        (pair, *_) = run.connections.pairs
        matrix = run.connections.all().pairs[pair].values
        assert np.abs(matrix).max() > 0
        assert b'"curves"' in studio.links.scene_bytes(columns, None)


def test_where_time_is_left_the_last_snapshot_holds_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(tmp_path / "short", budget=1e-6)
    short = read_run(tmp_path / "short")
    assert short.connections is not None
    assert (short.maps, short.contributions) == (None, None)
    monkeypatch.setattr(module, "MAPS", -1.0)
    monkeypatch.setattr(module, "CONTRIBUTIONS", 0.0)
    recorded(tmp_path / "long")
    long = read_run(tmp_path / "long")
    assert long.maps is not None
    assert long.contributions is not None
    first = read_run(tmp_path / "long", step=0)
    assert first.snapshot.warnings == ()


def test_what_fails_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ValueError("no groups")

    monkeypatch.setattr(module, "group_layers", fails)
    recorded(tmp_path / "run")
    run = read_run(tmp_path / "run")
    assert run.steps[-1] == 8
    assert run.connections is None


def test_the_door_tells_what_its_parameters_mean() -> None:
    assert cnnvis.Recorder.__doc__ == module.record.Recorder.__doc__
