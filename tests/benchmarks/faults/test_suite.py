"""A few trainings of the development part, on pictures that come with scikit-learn: a minute of the suite's hour."""

from pathlib import Path

import pytest
from faults import trials
from faults.running import verdicts

PART = trials.PARTS["development"]
FAULTS = [trial for trial in trials.tenth(PART) if trial.expected and trial.setup.data == "digits"]
SOUND = [trial for trial in trials.healthy(PART) if trial.setup.data == "digits" and trial.setup.steps <= 240][:6]


@pytest.mark.slow
def test_faults_are_named_and_sound_trainings_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warnings.simplefilter", lambda *_: None)
    found = verdicts([*FAULTS, *SOUND], keep=tmp_path)
    wrong = [
        (one.trial.name, one.found, one.folded)
        for one in found
        if (not one.named if one.trial.expected else bool(one.found))
    ]
    assert wrong == []
    assert (len(FAULTS), len(SOUND)) == (6, 6)
