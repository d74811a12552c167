"""A run's findings, from the folder."""

from pathlib import Path

import pytest

from cnnvis.compose.findings import find
from cnnvis.schema.errors import RunError
from cnnvis.store.reader import read_run
from tests.making.folder import write_run
from tests.observe.record.helpers import built, recorder, sgd, train


def test_a_recorded_training_is_judged_and_a_second_look_says_the_same(tmp_path: Path) -> None:
    model = built()
    model.conv1.requires_grad_(requires_grad=False)  # pyright: ignore[reportCallIssue]
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run") as rec:
        train(model, optimizers, rec, steps=24)
    diagnosis = find(read_run(tmp_path / "run"))
    assert diagnosis.steps == 24
    assert diagnosis.complete
    frozen = next(one for one in diagnosis.findings if one.rule == "untrained-parameters")
    assert (frozen.severity, frozen.layer, frozen.evidence[0].value) == ("hint", "/relu#1", 2.0)
    assert find(read_run(tmp_path / "run")) == diagnosis


def test_a_run_without_a_recording_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no recorded training.*cnnvis.Recorder"):
        find(read_run(write_run(tmp_path / "run")))
