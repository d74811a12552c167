"""Losses that come late from their device are on the disk soon all the same."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch.nn import functional

from cnnvis.observe.record import diary, waiting
from cnnvis.observe.record.waiting import Queue, Waiting
from tests.observe.record.helpers import built, data, recorded, recorder, sgd


class Away(torch.Tensor):
    """A number that says it is on another device, where asking for it means waiting."""

    @property
    def device(self) -> SimpleNamespace:  # pyright: ignore[reportIncompatibleVariableOverride, reportIncompatibleMethodOverride]
        return SimpleNamespace(type="cuda")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stands = Clock()
    for module in (waiting, diary):
        monkeypatch.setattr(module, "perf_counter", stands)
    return stands


def step(number: int, loss: object = 1.0, metric: object = 1.0) -> Waiting:
    return Waiting(number, 0.0, [loss], {"metric/x": metric}, {}, {}, None)  # pyright: ignore[reportArgumentType]


def test_what_is_away_is_asked_for_after_many_steps_or_half_a_second(clock: Clock) -> None:
    queue = Queue()
    away = torch.tensor(2.0).as_subclass(Away)
    assert queue.due
    for number in range(63):
        queue.add(step(number, away))
        assert not queue.due
    queue.add(step(63, away))
    assert queue.due
    assert [(one.step, one.loss, one.run) for one in queue.take()] == [(n, 2.0, {"metric/x": 1.0}) for n in range(64)]
    queue.add(step(64, away))
    clock.now += 0.49
    assert not queue.due
    clock.now += 0.02
    assert queue.due
    queue.take()
    queue.add(step(65, 1.0, away))
    assert not queue.due
    queue.add(step(66))
    assert queue.due


@pytest.mark.parametrize("away", [True, False])
def test_all_but_the_last_half_second_of_steps_is_on_the_disk(away: bool, clock: Clock, tmp_path: Path) -> None:
    model = built()
    (optimizer,) = sgd(model)
    images, labels = data(8)
    newest: list[int] = []
    with recorder(model, [optimizer], tmp_path / "run", every=1000, snapshots=[0]) as rec:
        for number in range(1, 91):
            loss = functional.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            clock.now += 0.03
            rec.step(loss.detach().as_subclass(Away) if away else loss)
            steps = recorded(tmp_path / "run")[1].run
            newest.append(int(steps["loss"].steps[-1]) if "loss" in steps else 0)
            assert number - newest[-1] <= 17
        clock.now += 5.0
        optimizer.step()
        rec.step(loss.detach().as_subclass(Away) if away else loss)
        assert recorded(tmp_path / "run")[1].run["loss"].steps[-1] == 91  # a step that takes long is there when it ends
        assert rec._shield.problems == []
    assert len(set(newest)) > 4
