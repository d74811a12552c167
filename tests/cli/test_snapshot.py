"""`cnnvis snapshot`, answered by a recorder that runs at the same time."""

import threading
from pathlib import Path

import pytest

from cnnvis.cli import snapshot
from cnnvis.cli.main import main
from cnnvis.store.layout import SNAPSHOT_REQUEST
from cnnvis.store.reader import read_run
from tests.making.folder import write_run
from tests.observe.record.helpers import built, recorder, sgd, train


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "LOOKS", 0.01)
    monkeypatch.setattr("cnnvis.observe.record.diary._ASKS", 0.0)


@pytest.mark.usefixtures("quick")
def test_a_training_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = built()
    optimizers = sgd(model)
    codes: list[int] = []
    with recorder(model, optimizers, tmp_path / "run", snapshots=[]) as rec:
        train(model, optimizers, rec, steps=1)
        rec._diary._recording.flush()
        asking = threading.Thread(target=lambda: codes.append(main(["snapshot", str(tmp_path / "run")])))
        asking.start()
        while asking.is_alive():
            train(model, optimizers, rec, steps=1)
    assert codes == [0]
    (first, taken) = read_run(tmp_path / "run").steps
    assert first == 0
    assert capsys.readouterr().out == f"run: snapshot of step {taken}\n"


@pytest.mark.usefixtures("quick")
def test_nobody_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = built()
    rec = recorder(model, sgd(model), tmp_path / "run")
    rec.start()
    rec._diary._recording.flush()
    assert main(["snapshot", str(tmp_path / "run"), "--wait", "1"]) == 2
    assert "No snapshot came in 1 s" in capsys.readouterr().err
    assert not (tmp_path / "run" / SNAPSHOT_REQUEST).exists()
    rec.close()
    assert main(["snapshot", str(tmp_path / "run")]) == 2
    assert "is not being recorded" in capsys.readouterr().err


def test_an_analysed_run_has_nothing_to_ask(tmp_path: Path) -> None:
    assert main(["snapshot", str(write_run(tmp_path / "run"))]) == 2
