"""What a choice is called, and what cannot be chosen by."""

import json
from pathlib import Path

import pytest

from cnnvis.compose.image_choice import choice_title, choose
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.images import ImageChoice, ImageGroup
from cnnvis.store.reader import read_run
from tests.making.folder import write_run

CLASSES = ("ant", "bee", "cat")


@pytest.mark.parametrize(
    ("choice", "title"),
    [
        (ImageChoice(), "All probe images"),
        (ImageChoice(label=1), "bee"),
        (ImageChoice(label=1, answered=2), "bee answered as cat"),
        (ImageChoice(label=1, answered=2, wrong=True), "bee answered as cat"),
        (ImageChoice(answered=2), "Answered as cat"),
        (ImageChoice(answered=2, wrong=True), "Wrongly answered as cat"),
        (ImageChoice(wrong=True), "Answered wrongly"),
        (ImageChoice(samples=(1, 2)), "2 images chosen by hand"),
        (ImageChoice(neuron="layer2.0/relu#1:13"), "Images that excite neuron 13 of layer2.0/relu#1 most"),
    ],
)
def test_a_choice_is_named_by_what_must_hold(choice: ImageChoice, title: str) -> None:
    assert choice_title(CLASSES, choice, None, 2) == title
    assert choice_title(CLASSES, choice, ImageGroup(id="g1", name="mine", samples=(1,)), 2) == "mine"


def test_without_labels_nothing_is_chosen_by_them(tmp_path: Path) -> None:
    path = write_run(tmp_path / "run")
    file = json.loads((path / "run.json").read_text(encoding="utf-8"))
    file["data"]["labelled"] = False
    (path / "run.json").write_text(json.dumps(file), encoding="utf-8")
    for choice in (ImageChoice(label=0), ImageChoice(wrong=True)):
        with pytest.raises(AbsentError, match="no labels"):
            choose(read_run(path), choice)
    assert len(choose(read_run(path), ImageChoice(samples=(3, 4)))) == 2
