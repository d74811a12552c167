"""Trainings of the suite are recorded at the recorder's defaults, and judged."""

from pathlib import Path
from time import sleep

import diagnosis
import numpy as np
import pytest
from faults import running, training, trials
from faults.judging import Verdict
from faults.setup import Setup, Trial

from cnnvis.store.reader import read_run
from tools.tracked import ROOT

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


def test_a_training_is_not_slower_for_what_else_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a processor does not count."""
    monkeypatch.setattr("warnings.simplefilter", lambda *_: None)
    monkeypatch.setattr(running, "run", lambda *_: sleep(0.5))
    monkeypatch.setattr(running, "judge", lambda trial, _, seconds: as_hoped(trial, seconds=seconds))
    assert running.verdicts([SOUND], keep=tmp_path)[0].seconds < 0.25


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


@pytest.mark.parametrize(("missed", "code"), [(3, 0), (4, 1)])
def test_without_the_shared_data_a_tenth_runs_on_digits(
    missed: int, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[Trial] = []

    def some_missed(wanted: list[Trial], **_: object) -> list[Verdict]:
        given.extend(wanted)
        return [*map(as_feared, wanted[:missed]), *map(as_hoped, wanted[missed:])]

    monkeypatch.setenv("CNNVIS_TEST_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setattr(diagnosis, "verdicts", some_missed)
    monkeypatch.setattr("sys.argv", ["diagnosis.py"])
    assert diagnosis.main() == code
    assert {trial.setup.data for trial in given} == {"digits"}
    assert {trial.expected for trial in given} == {"", *trials.SCOPES}
    printed = capsys.readouterr().out
    assert printed.startswith("No shared data here: the hold-out needs MNIST, Fashion-MNIST and CIFAR-10 (set CNNVIS_")
    assert "development: faults named" in printed


def as_hoped(trial: Trial, *, seconds: float = 1.0) -> Verdict:
    found = (trial.expected,) if trial.expected else ()
    return Verdict(trial=trial, found=found, folded=(), place=None, step=None, seconds=seconds)


def as_feared(trial: Trial) -> Verdict:
    return Verdict(trial=trial, found=() if trial.expected else ("inputs",), folded=(), place=None, step=None)


@pytest.mark.parametrize(
    ("missed", "alarmed", "slow", "code"),
    [(0, 0, False, 0), (0, 0, True, 0), (2, 2, False, 0), (3, 0, False, 1), (0, 3, False, 1)],
)
def test_the_tenth_fails_when_a_limit_is_missed_and_not_on_a_slow_machine(
    missed: int, alarmed: int, slow: bool, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 27 faults two may be missed, of 39 sound trainings two alarmed."""

    def some_wrong(wanted: list[Trial], **_: object) -> list[Verdict]:
        faulty, sound = ([trial for trial in wanted if bool(trial.expected) is there] for there in (True, False))
        wrong = [*faulty[:missed], *sound[:alarmed]]
        return [as_feared(one) if one in wrong else as_hoped(one, seconds=99.0 if slow else 1.0) for one in wanted]

    monkeypatch.setattr(diagnosis, "verdicts", some_wrong)
    monkeypatch.setattr(diagnosis, "available", lambda _: True)
    monkeypatch.setattr("sys.argv", ["diagnosis.py"])
    assert diagnosis.main() == code


def test_ci_runs_the_tenth_after_all_else() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert [line for line in script.splitlines() if line.startswith("step ")][-1] == "step make test-faults"
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ntest-faults:")[2].splitlines()[1]
    assert recipe.strip() == "$(BIN)/python benchmarks/diagnosis.py --jobs $(WORKERS) $(ARGS)"


def test_tables_for_the_docs(found: tuple[Path, list[Verdict]]) -> None:
    table = diagnosis.by_fault(found[1])
    assert table.splitlines()[-1] == "| `inputs` | 1 | 1 | 1 |  |  |"
    whole = diagnosis.totals(diagnosis.score(found[1]))
    assert "| faults named | 1 of 1 | 100.0 % | 20.7 to 100.0 % |" in whole
    assert "| findings per sound training | 0 in 1 | 0.000 | |" in whole
