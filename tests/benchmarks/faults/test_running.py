"""Trainings of the suite are recorded at the recorder's defaults, and judged."""

from pathlib import Path

import diagnosis
import numpy as np
import pytest
from faults import running, training
from faults.judging import Verdict
from faults.setup import Setup, Trial

from cnnvis.store.reader import read_run

BLANK = Trial(name="blank", setup=Setup(steps=40, blank=True, images=300), expected="inputs")
SOUND = Trial(name="sound", setup=Setup(steps=60, images=600), kind="usual")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Verdict]]:
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.simplefilter", lambda *_: None)
        return folder, running.verdicts([BLANK, SOUND], keep=folder)


def test_a_fault_is_named_and_a_sound_training_left_alone(found: tuple[Path, list[Verdict]]) -> None:
    blank, sound = found[1]
    assert blank.named
    assert blank.alone
    assert sound.found == ()


def test_it_is_recorded_as_anybody_would(found: tuple[Path, list[Verdict]]) -> None:
    run = read_run(found[0] / "sound")
    run.series.update()
    series = run.series.series()
    assert len(series.run["loss"].steps) == 60
    assert run.steps[0] == 0
    assert run.steps[-1] == 60
    assert set(series.lists["gradient/norm"].steps.tolist()) >= {1, 2, 3, 4, 5}
    validation = series.metric("validation", "loss")
    assert validation is not None
    assert len(validation.steps) == 10


def test_what_was_trained_is_not_trained_again(
    found: tuple[Path, list[Verdict]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warnings.simplefilter", lambda *_: None)
    monkeypatch.setattr(running, "run", None)
    again = running.verdicts([BLANK, SOUND], keep=found[0])
    assert [one.found for one in again] == [one.found for one in found[1]]
    assert [one.seconds for one in again] == [0.0, 0.0]


def test_the_same_setup_gives_the_same_training(found: tuple[Path, list[Verdict]], tmp_path: Path) -> None:
    training.run(SOUND.setup, tmp_path / "again")
    losses: list[np.ndarray] = []
    for path in (found[0] / "sound", tmp_path / "again"):
        run = read_run(path)
        run.series.update()
        losses.append(run.series.series().run["loss"].values)
    np.testing.assert_array_equal(*losses)


@pytest.mark.parametrize("opened", [False, True])
def test_of_a_sealed_part_only_totals_are_shown(
    opened: bool, found: tuple[Path, list[Verdict]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = Verdict(trial=BLANK, found=("dead-relu",), folded=(), place=None, step=None)
    monkeypatch.setattr(diagnosis, "verdicts", lambda *_, **__: [*found[1], missed])
    monkeypatch.setattr(diagnosis, "available", lambda _: True)
    monkeypatch.setattr("sys.argv", ["diagnosis.py", *(["--open"] if opened else [])])
    assert diagnosis.main() == 1  # one of two faults: below any limit
    printed = capsys.readouterr().out
    assert "hold-out: faults named" in printed
    assert ("dead-relu" in printed) is opened


def test_tables_for_the_docs(found: tuple[Path, list[Verdict]]) -> None:
    table = diagnosis.by_fault(found[1])
    assert table.splitlines()[-1] == "| `inputs` | 1 | 1 | 1 |  |  |"
    whole = diagnosis.totals(diagnosis.score(found[1]))
    assert "| faults named | 1 of 1 | 100.0 % | 20.7 to 100.0 % |" in whole
    assert "| findings per sound training | 0 in 1 | 0.000 | |" in whole
