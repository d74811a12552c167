"""`cnnvis.Edits`: every operation from Python, with the limits that hold over the wire too."""

from pathlib import Path

import msgspec
import pytest

import cnnvis
from cnnvis.compose.editing import Edits
from cnnvis.compose.edits_words import edit_words
from cnnvis.schema.edits import EditsFile, Import, LayerClusters, Lock, Merge, Note, Regroup, Rename
from cnnvis.schema.errors import EditError, RunError
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


@pytest.fixture
def edits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edits:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return Edits(write_run(tmp_path / "run"))


def members(edits: Edits) -> dict[str, tuple[int, ...]]:
    return {each.id: each.neurons for each in edits.clusters("relu")}


def test_every_operation(edits: Edits) -> None:
    assert cnnvis.Edits is Edits
    before = members(edits)
    made = edits.create("relu", [0, 1], name="pair").layers[0].clusters[-1].id
    assert members(edits)[made] == (0, 1)
    edits.move("relu", iter([2]), to=made)
    assert members(edits)[made] == (0, 1, 2)
    edits.split("relu", made, k=2)
    assert sum(len(neurons) for neurons in members(edits).values()) == 5
    edits.merge("relu", list(members(edits)))
    assert len(members(edits)) == 1
    edits.undo()
    assert len(members(edits)) > 1
    edits.redo()
    (only,) = members(edits)
    edits.rename("relu", only, "all of them")
    edits.note("relu", "hm", cluster=only)
    edits.lock("relu", only)
    assert [(each.name, each.note, each.locked) for each in edits.clusters("relu")] == [("all of them", "hm", True)]
    edits.lock("relu", only, locked=False)
    assert len(edits.preview("relu", method="kmeans", k=2).after.clusters) >= 2
    edits.regroup("relu", k=2)
    assert len(edits.history) == 9
    for _ in range(9):
        edits.undo()
    assert members(edits) == before
    assert [each.done for each in edits.history] == [False] * 9
    assert edits.jump(9).done == 9


def test_wrong_values_are_said_before_anything_is_kept(edits: Edits) -> None:
    with pytest.raises(EditError, match=r"This is not an edit: .*See the documentation of cnnvis\.Edits"):
        edits.create("relu", [])
    with pytest.raises(EditError, match="no method 'magic' to group neurons.*Give one of ward, kmeans, meanshift"):
        edits.regroup("relu", method="magic")
    with pytest.raises(EditError, match="The run has no layer 'ghost'"):
        edits.rename("ghost", "c1", "x")
    assert edits.state.revision == 0


def test_edits_are_saved_and_loaded(edits: Edits, tmp_path: Path) -> None:
    edits.create("relu", [0, 1], name="pair")
    edits.save(tmp_path / "edits.json")
    other = Edits(read_run(write_run(tmp_path / "other")))
    assert other.load(str(tmp_path / "edits.json")).missing == ()
    assert "pair" in [each.name for each in other.clusters("relu")]


def test_a_file_that_holds_no_edits_is_said(edits: Edits, tmp_path: Path) -> None:
    with pytest.raises(EditError, match="cannot be read: no such file"):
        edits.load(tmp_path / "none.json")
    (tmp_path / "bad.json").write_bytes(b"\xff{")
    with pytest.raises(EditError, match="holds no edits"):
        edits.load(tmp_path / "bad.json")
    empty = EditsFile(run="x", model="m", classes=(), layers=())
    (tmp_path / "empty.json").write_bytes(msgspec.json.encode(empty))
    with pytest.raises(EditError, match="Nothing of these edits fits"):
        edits.load(tmp_path / "empty.json")
    with pytest.raises(RunError):
        edits.save(tmp_path / "bad.json" / "x.json")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Merge(layer="a", clusters=("c1", "c2", "c3")), "merged c2 and c3 into c1 in a"),
        (Regroup(layer="a", method="meanshift"), "grouped anew by MeanShift in a"),
        (Regroup(layer="a", k=1), "grouped anew by Ward, 1 cluster in a"),
        (Lock(layer="a", cluster="c1", locked=False), "unlocked c1 in a"),
        (Rename(layer="a", cluster="c1", name=""), "took the name of c1 away in a"),
        (Note(layer="a", text=""), "removed the note on the layer in a"),
        (Note(layer="a", text="x", neuron=3), "wrote a note on neuron 3 in a"),
        (Import(layers=(LayerClusters(layer="a", clusters=()),) * 2, source="b"), "took over 2 layers from b"),
    ],
)
def test_words_of_the_history(edit: object, words: str) -> None:
    assert edit_words(edit) == words  # pyright: ignore[reportArgumentType]
