"""Making edits: on the disk before they are acknowledged, by several at once, and none lost."""

import random
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cnnvis.compose.edited_layers import EditedLayers
from cnnvis.compose.edits import ConflictError, EditBook, utc_now
from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import (
    Create,
    EditsFile,
    LayerClusters,
    Lock,
    Merge,
    Method,
    Move,
    Note,
    Regroup,
    Rename,
    Split,
)
from cnnvis.schema.errors import CnnvisError, EditError, RunError
from cnnvis.store.reader import read_run
from tests.compose.plain_edits import plain, plain_fold, random_edit
from tests.making.folder import write_run


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run")


def book(path: Path) -> EditBook:
    return Studio(read_run(path)).edits


def ids(clusters: LayerClusters) -> dict[str, tuple[int, ...]]:
    return {each.id: each.neurons for each in clusters.clusters}


def test_edits_are_there_for_whoever_opens_the_run_next(run: Path) -> None:
    edits = book(run)
    before = ids(edits.clusters("relu"))
    scene = edits.make(Create(layer="relu", neurons=(0, 1), name="pair"))
    assert (scene.revision, scene.undo, scene.redo) == (1, f"made c{len(before) + 1} of 2 neurons in relu", "")
    assert scene.layers == (book(run).clusters("relu"),)
    assert ids(scene.layers[0])[f"c{len(before) + 1}"] == (0, 1)
    scene = book(run).undo()
    assert (scene.revision, scene.undo, scene.layers) == (2, "", ())
    assert (scene.done, scene.undone) == (0, 1)
    assert [(entry.revision, entry.done) for entry in edits.history().entries] == [(1, False)]
    assert ids(edits.clusters("relu")) == before
    assert edits.redo().layers == (book(run).clusters("relu"),)


def test_random_edits_undo_and_redo_come_to_the_fold_over_the_log(run: Path) -> None:
    rng = random.Random(5)
    edits = [book(run), book(run)]
    for _ in range(60):
        one = rng.choice(edits)
        try:
            match rng.choices(["edit", "undo", "redo"], [6, 2, 1])[0]:
                case "undo":
                    one.undo()
                case "redo":
                    one.redo()
                case _:
                    one.make(random_edit(rng, one.clusters(rng.choice(["relu", "fc"])), 3))
        except EditError:
            continue
    rows = edits[0]._log.rows()
    assert len(rows) > 20
    expected = plain_fold(rows)
    for each in [*edits, book(run)]:
        assert {state.layer: plain(state) for state in each.scene().layers} == expected


def test_an_edit_on_an_older_revision_is_made_where_it_still_means_the_same(run: Path) -> None:
    one, other = book(run), book(run)
    one.make(Create(layer="relu", neurons=(0,)), on=0)
    other.make(Rename(layer="relu", cluster="c1", name="fur"), on=0)
    other.make(Note(layer="fc", text="hm"), on=1)
    scene = one.make(Note(layer="relu", text="x", neuron=2), on=0)
    assert scene.revision == 4
    assert (scene.done, one.history().total) == (4, 4)


def test_an_edit_whose_ground_has_changed_is_refused_and_changes_nothing(run: Path) -> None:
    one, other = book(run), book(run)
    one.make(Create(layer="relu", neurons=(0,)), on=0)
    with pytest.raises(ConflictError, match=r"What this edit of relu builds on has been changed meanwhile\. Look"):
        other.make(Create(layer="relu", neurons=(0, 1)), on=0)
    with pytest.raises(ConflictError):
        other.make(Regroup(layer="relu", k=2), on=0)
    with pytest.raises(ConflictError):
        other.make(Note(layer="fc", text="from the future"), on=7)
    with pytest.raises(ConflictError, match="Another edit was made before this could be undone"):
        other.undo(on=0)
    assert other.revision() == 1
    other.undo(on=1)
    with pytest.raises(ConflictError, match="could be redone"):
        one.redo(on=1)


def test_the_history_comes_in_pages_and_can_be_gone_to_at_any_point(run: Path) -> None:
    edits = book(run)
    states = ["", *(edits.make(Note(layer="relu", text=str(number))).layers[0].note for number in range(7))]
    rng = random.Random(2)
    for done in [3, 3, 0, 7, *(rng.randrange(8) for _ in range(6))]:
        scene = edits.jump(done)
        assert (scene.done, scene.undone) == (done, 7 - done)
        assert edits.clusters("relu").note == states[done]
    done = scene.done
    whole = edits.history()
    assert [entry.done for entry in whole.entries] == [place < done for place in range(7)]
    for first in range(9):
        part = book(run).history(first, 3)
        assert (part.first, part.total, part.entries) == (first, 7, whole.entries[first : first + 3])
    with pytest.raises(EditError, match=r"7 edits in the history: 8 of them cannot hold\. Give a number from 0 to 7"):
        edits.jump(8)
    with pytest.raises(ConflictError, match="could be gone to another point"):
        book(run).jump(2, on=1)
    assert edits.revision() == scene.revision
    # A new edit ends what could be redone.
    edits.jump(2)
    assert edits.make(Note(layer="relu", text="other")).undone == 0


def test_many_threads_and_books_lose_nothing(run: Path) -> None:
    books = [book(run), book(run)]
    failed: list[Exception] = []

    def write(who: int) -> None:
        try:
            for number in range(10):
                books[who % 2].make(Note(layer="relu", text=f"{who} {number}", neuron=who))
        except Exception as error:  # noqa: BLE001 (told to the test below)
            failed.append(error)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    scene = books[0].scene()
    assert scene.revision == 40
    assert {note.neuron: note.text for note in scene.layers[0].notes} == {who: f"{who} 9" for who in range(4)}


def test_what_cannot_be_done_is_said(run: Path) -> None:
    edits = book(run)
    for act, sentence in ((edits.undo, "There is nothing to undo."), (edits.redo, "There is nothing to redo.")):
        with pytest.raises(EditError, match=sentence):
            act()
    with pytest.raises(EditError, match="The run has no layer 'ghost'"):
        edits.make(Lock(layer="ghost", cluster="c1"))
    with pytest.raises(EditError, match="The run has no layer 'ghost'"):
        edits.clusters("ghost")
    assert edits.revision() == 0
    assert book(run).history().entries == ()


def test_a_preview_keeps_nothing_and_is_what_the_edit_then_does(run: Path) -> None:
    edits = book(run)
    asked = Regroup(layer="relu", method="kmeans", k=2)
    shown = edits.preview(asked)
    assert edits.revision() == 0
    assert shown.before == edits.clusters("relu")
    assert edits.make(asked).layers == (shown.after,)
    assert edits.preview(asked).revision == 1
    with pytest.raises(EditError, match="MeanShift"):
        edits.preview(Regroup(layer="relu", method="meanshift", k=2))


def test_a_file_that_was_taken_away_is_an_empty_log(run: Path) -> None:
    edits = book(run)
    edits.make(Create(layer="relu", neurons=(0,)))
    (run / "edits.sqlite").unlink()
    assert edits.history().total == 0
    assert edits.make(Create(layer="relu", neurons=(1,))).revision == 1
    (run / "edits.sqlite").write_bytes(b"x" * 4096)
    with pytest.raises(RunError, match="is damaged"):
        edits.scene()


def test_ids_of_undone_clusters_are_not_given_again(run: Path) -> None:
    edits = book(run)
    first = edits.make(Create(layer="relu", neurons=(0,))).layers[0].clusters[-1].id
    edits.undo()
    second = edits.make(Create(layer="relu", neurons=(0,))).layers[0].clusters[-1].id
    assert first != second


def test_clusters_are_taken_to_another_run_and_what_stays_behind_is_said(run: Path, tmp_path: Path) -> None:
    edits = book(run)
    edits.make(Create(layer="relu", neurons=(0, 3), name="pair"))
    edits.make(Note(layer="relu", text="hm", neuron=1))
    edits.make(Lock(layer="relu", cluster=edits.clusters("relu").clusters[-1].id))
    file = edits.export()
    assert [entry.revision for entry in file.history] == [1, 2, 3]
    other = book(write_run(tmp_path / "other"))
    report = other.take_over(file)
    assert report.missing == ()
    assert [(each.layer, each.by, each.neurons, each.total) for each in report.layers] == [("relu", "identity", 5, 5)]
    taken = report.edits.layers[0]
    assert {(c.neurons, c.name, c.locked) for c in taken.clusters} == {
        (c.neurons, c.name, c.locked) for c in edits.clusters("relu").clusters
    }
    assert taken.notes == edits.clusters("relu").notes
    assert report.edits.undo == "took over 1 layer from run"
    assert other.undo().layers == ()
    ghost = EditsFile(run="x", model="m", classes=file.classes, layers=())
    with pytest.raises(EditError, match="Nothing of these edits fits this run"):
        other.take_over(ghost)


def test_taking_edits_back_to_their_own_run_gives_the_same_clusters(run: Path) -> None:
    edits = book(run)
    edits.make(Create(layer="relu", neurons=(0, 3)))
    edits.make(Split(layer="fc", cluster="c1"))
    file, before = edits.export(), edits.scene().layers
    edits.undo()
    edits.undo()
    edits.make(Move(layer="relu", neurons=(1,), to="c1")) if 1 not in ids(edits.clusters("relu"))["c1"] else None
    assert edits.take_over(file).edits.layers == before


def test_merging_all_makes_one(run: Path) -> None:
    edits = book(run)
    names = tuple(ids(edits.clusters("relu")))
    assert ids(edits.make(Merge(layer="relu", clusters=names)).layers[0]) == {names[0]: (0, 1, 2, 3, 4)}


def test_time_is_utc() -> None:
    assert len(utc_now()) == 20
    assert utc_now().endswith("Z")


@pytest.mark.parametrize(
    "refused",
    [
        lambda edits: edits.make(Lock(layer="relu", cluster="c99")),
        lambda edits: edits.make(Lock(layer="ghost", cluster="c1")),
        lambda edits: edits.make(Note(layer="relu", text="x"), on=5),
        lambda edits: edits.make(Note(layer="relu", text="x"), until=0.0),
        lambda edits: edits.undo(),
        lambda edits: edits.redo(on=3),
        lambda edits: edits.take_over(EditsFile(run="x", model="x", classes=(), layers=())),
    ],
)
def test_a_refused_edit_writes_nothing(run: Path, refused: Callable[[EditBook], object]) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*") if "derived" not in path.parts}
    with pytest.raises(CnnvisError):
        refused(book(run))
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*") if "derived" not in path.parts} == before


def test_while_an_edit_is_worked_out_others_are_made_and_it_is_decided_anew_where_needed(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grouping a large layer takes seconds: it holds up nobody, and what it gave is not used for other clusters."""
    one, other = book(run), book(run)
    group = EditedLayers.group
    begun: list[int] = []

    def slow(self: EditedLayers, unit: str, members: Sequence[int], method: Method, k: int | None) -> object:
        begun.append(len(members))
        if len(begun) == 1:
            other.make(Note(layer="fc", text="elsewhere"))
            assert one.scene().revision == 1
        if len(begun) == 2:
            other.make(Create(layer="relu", neurons=(0,)))
            locked = other.clusters("relu").clusters[-1].id
            other.make(Lock(layer="relu", cluster=locked))
        return group(self, unit, members, method, k)

    monkeypatch.setattr(EditedLayers, "group", slow)
    one.make(Regroup(layer="relu", k=2))
    assert begun == [5]
    scene = one.make(Regroup(layer="relu", method="kmeans", k=2))
    assert begun == [5, 5, 4]
    assert scene.revision == 5
    assert (0,) in ids(one.clusters("relu")).values()
