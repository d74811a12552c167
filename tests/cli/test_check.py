"""`cnnvis check`."""

import json
from pathlib import Path

import pytest

from cnnvis.cli import check
from cnnvis.cli.main import main
from cnnvis.schema.findings import Diagnosis, Evidence, Finding, NotJudged
from tests.making.folder import write_run

SYMPTOM = Finding(
    rule="chance-level", title="The loss stays", severity="error",
    evidence=(Evidence(quantity="loss", text="loss", value=2.3),), cause="c.", remedy="r.",
)  # fmt: skip
DEAD = Finding(
    rule="dead-relu", title="7 of 8 neurons are dead", severity="warning", layer="relu1", layers=("relu1", "relu2"),
    neurons=tuple(range(20)), first_step=40, last_step=1200,
    evidence=(Evidence(quantity="dead", text="share of dead neurons", value=0.875, threshold=0.6),
              Evidence(quantity="loss", text="loss in the end", value="inf")),
    cause="The biases are too low.", remedy="Start them at 0.", symptoms=(SYMPTOM,),
)  # fmt: skip
MISSING = (
    NotJudged(rule="label-noise", reason="no snapshot there"),
    NotJudged(rule="overfitting", reason="6 validation losses needed, 0 there"),
    NotJudged(rule="redundant-neurons", reason="no snapshot there"),
)
ILL = Diagnosis(
    steps=1200, measured=40, complete=False, findings=(DEAD,), rules=("dead-relu",), not_judged=MISSING,
    notes=("No loss was handed over.",),
)  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(check, "find", lambda _: ILL)
    return str(write_run(tmp_path / "run"))


def test_findings_are_told_in_full(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", run]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "run: 1 finding in 1,200 steps, 40 of them measured layer by layer, not finished",
        "",
        "warning: 7 of 8 neurons are dead (dead-relu)",
        "  where:    at relu1; in 2 layers; neurons 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ...; steps 40 to",
        "            1,200",
        "  evidence: share of dead neurons: 0.875 (threshold 0.6)",
        "  evidence: loss in the end: inf",
        "  cause:    The biases are too low.",
        "  remedy:   Start them at 0.",
        "  explains: The loss stays (chance-level)",
        "",
        "not judged: label-noise, redundant-neurons (no snapshot there)",
        "not judged: overfitting (6 validation losses needed, 0 there)",
        "",
        "note: No loss was handed over.",
    ]


def test_json_is_the_whole_diagnosis(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", run, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["steps"], told["findings"][0]["symptoms"][0]["rule"]) == (1, 1200, "chance-level")
    assert told["measured"] == 40
    assert [one["rule"] for one in told["not_judged"]] == ["label-noise", "overfitting", "redundant-neurons"]


@pytest.mark.parametrize(("severity", "code"), [("hint", 1), ("warning", 1), ("error", 0)])
def test_fail_on_counts_from_the_given_severity_up(run: str, severity: str, code: int) -> None:
    assert main(["check", run, "--fail-on", severity]) == code


@pytest.mark.parametrize(
    ("measured", "missing", "line"),
    [
        (30, (), "nothing found in 80 steps, 30 of them measured layer by layer (all 2 rules judged)"),
        (30, MISSING[:1], "nothing found in 80 steps, 30 of them measured layer by layer (1 of 2 rules could not "
         "judge)"),
        (5, MISSING[:1], "too little was seen to judge: 80 steps, 5 of them measured layer by layer (1 of 2 rules "
         "could not judge)"),
    ],
)  # fmt: skip
def test_nothing_found_is_said_only_where_enough_was_seen_and_never_fails(
    run: str,
    measured: int,
    missing: tuple[NotJudged, ...],
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sound = Diagnosis(steps=80, measured=measured, rules=("a", "b"), not_judged=missing)
    monkeypatch.setattr(check, "find", lambda _: sound)
    assert main(["check", run, "--fail-on", "hint"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"run: {line}"


def test_mistakes_are_told_apart_from_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write_run(tmp_path / "analysed"))]) == 2
    assert "holds no recorded training" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "none")]) == 2
