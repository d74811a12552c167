"""Image groups as edits: against a dictionary that is changed by hand, undone, carried to another run."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cnnvis.compose.editing import Edits
from cnnvis.compose.edits import ConflictError
from cnnvis.compose.edits_images import MOST_GROUPS, carry_groups, resolve_images
from cnnvis.compose.edits_replay import History, group_number
from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import Create, ImagesEdit, LogEntry, RemoveImages, RenameImages, SaveImages
from cnnvis.schema.errors import EditError
from cnnvis.schema.images import ImageGroup
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return write_run(tmp_path / "run")


ACTS = st.one_of(
    st.builds(SaveImages, name=st.sampled_from("abcd"), samples=st.lists(st.integers(0, 11), min_size=1).map(tuple)),
    st.builds(RenameImages, group=st.sampled_from(["g1", "g2", "g3"]), name=st.sampled_from("abcd")),
    st.builds(RemoveImages, group=st.sampled_from(["g1", "g2", "g3"])),
    st.sampled_from(["undo", "redo"]),
)


@given(st.lists(ACTS, max_size=25))
def test_groups_are_what_a_plain_dictionary_makes_of_them(acts: list[ImagesEdit | str]) -> None:
    history = History()
    past, future, given_ids = [dict[str, tuple[str, tuple[int, ...]]]()], [], 0
    for revision, act in enumerate(acts, start=1):
        row = LogEntry(revision=revision, act="edit")
        if act == "undo":
            if len(past) > 1:
                future.append(past.pop())
            history.read([replace(row, act="undo")])
        elif act == "redo":
            if future:
                past.append(future.pop())
            history.read([replace(row, act="redo")])
        else:
            now = dict(past[-1])
            try:
                made = resolve_images(act, history.groups, highest=history.highest_group, probe=range(12))
            except EditError:
                taken = {name for name, _ in now.values()}
                gone = not isinstance(act, SaveImages) and act.group not in now
                assert gone or (not isinstance(act, RemoveImages) and act.name in taken)
                continue
            match act:
                case SaveImages(name=name, samples=samples):
                    given_ids += 1
                    now[f"g{given_ids}"] = (name, tuple(sorted(set(samples))))
                case RenameImages(group=group, name=name):
                    now[group] = (name, now[group][1])
                case RemoveImages(group=group):
                    del now[group]
            past.append(now)
            future = []
            history.read([replace(row, edit=made)])
        assert {each.id: (each.name, each.samples) for each in history.groups} == past[-1]
    assert history.layers == ()


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (SaveImages(name="  ", samples=(1,)), "needs a name"),
        (SaveImages(name="mine ", samples=(1,)), "an image group “mine” already"),
        (SaveImages(name="other", samples=(1, 99)), "Image 99 is not among the probe images"),
        (RenameImages(group="g2", name="x"), "no image group 'g2'"),
        (RenameImages(group="g1", name="mine"), "has that name already"),
        (RenameImages(group="g1", name="yours"), "an image group “yours” already"),
        (RemoveImages(group=""), "no image group ''"),
    ],
)
def test_what_does_not_fit_is_said(edit: ImagesEdit, sentence: str) -> None:
    now = [ImageGroup(id="g1", name="mine", samples=(1,)), ImageGroup(id="g3", name="yours", samples=(1,))]
    with pytest.raises(EditError, match=sentence):
        resolve_images(edit, now, highest=3, probe=range(12))


def test_there_is_an_end_to_groups() -> None:
    now = [ImageGroup(id=f"g{number}", name=str(number), samples=(1,)) for number in range(MOST_GROUPS)]
    with pytest.raises(EditError, match="already"):
        resolve_images(SaveImages(name="one more", samples=(1,)), now, highest=MOST_GROUPS, probe=range(12))


def test_groups_and_clusters_share_one_history(run: Path) -> None:
    edits = Edits(run)
    edits.save_images("odd ones", [7, 3, 3])
    edits.create("relu", [0, 1])
    edits.rename_images("g1", "odd")
    assert edits.state.undo == "named the image group g1 “odd”"
    assert Edits(run).image_groups == (ImageGroup(id="g1", name="odd", samples=(3, 7)),)
    assert edits.history[0].words == "saved 2 images as the group “odd ones”"
    edits.jump(1)
    assert [each.name for each in edits.image_groups] == ["odd ones"]
    edits.undo()
    assert edits.image_groups == ()
    edits.save_images("new", [1])
    assert [each.id for each in edits.image_groups] == ["g2"]
    edits.remove_images("g2")
    assert edits.state.groups == ()


def test_what_was_decided_on_an_older_state_is_made_where_it_still_means_the_same(run: Path) -> None:
    book = Studio(read_run(run)).edits
    book.make(SaveImages(name="a", samples=(1,)))
    book.make(Create(layer="relu", neurons=(0, 1)))
    assert len(book.make(SaveImages(name="b", samples=(2,)), on=1).groups) == 2
    book.make(RenameImages(group="g1", name="c"), on=3)
    for edit, on in ((RenameImages(group="g1", name="d"), 1), (RemoveImages(group="g1"), 3)):
        with pytest.raises(ConflictError, match="changed meanwhile"):
            book.make(edit, on=on)
    with pytest.raises(ConflictError):
        book.make(RemoveImages(group="g1"), on=99)


def test_groups_go_to_another_run_of_the_same_data(run: Path, tmp_path: Path) -> None:
    edits = Edits(run)
    edits.save_images("odd", [3, 7])
    edits.save(tmp_path / "edits.json")
    other = Edits(write_run(tmp_path / "other", seed=3))
    other.save_images("odd", [1])
    report = other.load(tmp_path / "edits.json")
    assert (report.groups, report.layers, report.missing) == (1, (), ())
    assert [(each.id, each.name, each.samples) for each in other.image_groups] == [
        ("g1", "odd", (1,)),
        ("g2", "odd (2)", (3, 7)),
    ]
    assert report.edits.undo == "took over 1 image group from run"
    with pytest.raises(EditError, match="Nothing of these edits") as refused:
        edits.load(tmp_path / "edits.json")
    assert "nothing new" in refused.value.remedy


def test_what_cannot_be_taken_over_is_said(run: Path) -> None:
    book = Studio(read_run(run)).edits
    book.make(SaveImages(name="odd", samples=(3, 7)))
    file = book.export()
    opened = read_run(run)
    kept, missing = carry_groups(opened, replace(file, data="other"), (), highest=0)
    assert (kept, missing) == ((), ["1 image group: made on other data (other, not noise)."])
    lost = replace(file, groups=(ImageGroup(id="g9", name="odd", samples=(3, 99)),))
    kept, missing = carry_groups(opened, lost, (), highest=4)
    assert kept == (ImageGroup(id="g5", name="odd", samples=(3,)),)
    assert missing == ["1 image of the group “odd”: not among the probe images here."]
    full = [ImageGroup(id=f"g{number}", name=str(number), samples=(1,)) for number in range(MOST_GROUPS)]
    assert carry_groups(opened, file, full, highest=MOST_GROUPS)[0] == ()


def test_the_number_of_a_group() -> None:
    assert [group_number(one) for one in ("g12", "g", "c3", "12", "g-1", "")] == [12, 0, 0, 0, 0, 0]
