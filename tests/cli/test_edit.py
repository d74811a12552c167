"""`cnnvis edit` on a small run: what is said, and what is left of it in the run."""

from pathlib import Path

import pytest

from cnnvis.cli.edit import neurons
from cnnvis.cli.edit_options import ACTIONS
from cnnvis.cli.main import main
from cnnvis.compose.editing import Edits
from cnnvis.schema.errors import EditError
from tests.making.folder import write_run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return write_run(tmp_path / "run")


def said(capsys: pytest.CaptureFixture[str], run: Path, *words: str) -> str:
    assert main(["edit", str(run), *words]) == 0
    return capsys.readouterr().out.strip()


def test_every_action(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [each.id for each in Edits(run).clusters("relu")]
    made = f"c{len(names) + 1}"
    done = {"create", "move"}
    assert said(capsys, run, "history") == "No edits."
    assert said(capsys, run, "create", "relu", "0-1", "a", "pair") == f"Made {made} of 2 neurons in relu."
    assert said(capsys, run, "move", "relu", "2", made) == f"Moved neuron 2 to {made} in relu."
    steps = {
        "save-images": (["3,7-8", "odd", "ones"], "Saved 3 images as the group “odd ones”."),
        "rename-images": (["g1", "odd"], "Named the image group g1 “odd”."),
        "images": ([], "group  images  name"),
        "remove-images": (["g1"], "Removed the image group g1."),
        "split": (["relu", made, "-k", "2"], f"Split {made} into {made} and "),
        "rename": (["relu", made, "big", "wheels"], f"Named {made} “big wheels” in relu."),
        "note": (["relu", "look", "here", "--neuron", "3"], "Wrote a note on neuron 3 in relu."),
        "lock": (["relu", made], f"Locked {made} in relu."),
        "unlock": (["relu", made], f"Unlocked {made} in relu."),
        "undo": ([], f"Undone: unlocked {made} in relu."),
        "redo": ([], f"Done again: unlocked {made} in relu."),
        "regroup": (["relu", "--method", "kmeans", "-k", "2"], "Grouped anew by K-Means, 2 clusters in relu."),
    }
    for action, (words, sentence) in steps.items():
        assert said(capsys, run, action, *words).startswith(sentence)
    one, two = [each.id for each in Edits(run).clusters("relu")][:2]
    assert said(capsys, run, "merge", "relu", one, two) == f"Merged {two} into {one} in relu."
    assert said(capsys, run, "undo").startswith("Undone")
    history = said(capsys, run, "history").splitlines()
    assert "undone  merged" in history[-1]
    assert len(history) == 1 + 12
    assert "cluster  neurons" in said(capsys, run, "clusters", "relu")
    file = tmp_path / "edits.json"
    assert said(capsys, run, "export", str(file)) == f"Wrote 1 layer to {file}."
    other = write_run(tmp_path / "other")
    assert said(capsys, other, "import", str(file)).startswith("relu: 5 of 5 neurons taken over, matched by number")
    assert said(capsys, run, "jump", "1") == "1 edit of 12 holds now."
    assert done | set(steps) | {"jump", "merge", "history", "clusters", "export", "import"} == set(ACTIONS)


def test_a_preview_shows_old_and_new_and_changes_nothing(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, run, "regroup", "relu", "-k", "2", "--preview")
    assert text.startswith("Now (silhouette ")
    assert "\nThen (silhouette " in text
    assert "would change cluster; agreement of the two (adjusted Rand) " in text
    assert Edits(run).history == ()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["move", "relu", "0"], "error: 2 words came where LAYER NEURONS CLUSTER was expected."),
        (["undo", "twice"], "error: 1 word came where nothing was expected."),
        (["undo"], "error: There is nothing to undo."),
        (["jump", "-1"], "error: '-1' is no number of edits."),
        (["jump", "5"], "error: There are 0 edits in the history: 5 of them cannot hold."),
        (["move", "relu", "x", "c1"], "error: 'x' are no neurons."),
        (["lock", "relu", "c77"], "error: relu has no cluster 'c77'"),
        (["import", "none.json"], "error: none.json cannot be read"),
    ],
)
def test_mistakes_are_one_sentence(
    run: Path, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["edit", str(run), *words]) == 2
    assert capsys.readouterr().err.startswith(sentence)


def test_neurons_are_channels_and_ranges() -> None:
    assert neurons("3,14, 20-22") == (3, 14, 20, 21, 22)
    for text in ("", "3-", "a", "-1", "1;2", "٣"):
        with pytest.raises(EditError, match="are no neurons"):
            neurons(text)
    with pytest.raises(EditError, match="ends before it begins"):
        neurons("5-3")
