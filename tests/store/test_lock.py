"""A run has one writer at a time, and a killed one blocks nobody."""

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from cnnvis.schema.errors import RunError
from cnnvis.store.lock import RunLock


def hold(run: Path, told: Connection) -> None:
    _lock = RunLock(run)
    told.send("held")
    told.recv()


def test_only_one_holds_it(tmp_path: Path) -> None:
    lock = RunLock(tmp_path / "run")
    with pytest.raises(RunError, match=r"Another cnnvis is writing the run .*run at this moment\. Wait"):
        RunLock(tmp_path / "run")
    RunLock(tmp_path / "other").release()
    lock.release()
    lock.release()
    again = RunLock(tmp_path / "run")
    again.release()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_holder_leaves_it_free(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=hold, args=(tmp_path / "run", there))
    process.start()
    assert here.recv() == "held"
    with pytest.raises(RunError, match="Another cnnvis"):
        RunLock(tmp_path / "run")
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join(60)
    RunLock(tmp_path / "run").release()


def test_a_lock_file_that_was_taken_away_between_opening_and_locking_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnnvis.store import lock as module

    opened: list[Path] = []
    locked = module._locked

    def first_vanishes(file: object) -> bool:
        path = tmp_path / ".run.lock"
        if not opened:
            path.unlink()
        opened.append(path)
        return locked(file)

    monkeypatch.setattr(module, "_locked", first_vanishes)
    lock = RunLock(tmp_path / "run")
    assert len(opened) == 2
    assert (tmp_path / ".run.lock").exists()
    lock.release()
