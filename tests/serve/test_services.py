"""One look at the disk serves all who wait for the next edit."""

from pathlib import Path

import pytest

from cnnvis.compose.edits import EditBook
from cnnvis.schema.edits import Note
from cnnvis.serve.problems import NotFoundError
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Revisions
from tests.making.folder import write_run


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunShelf:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return RunShelf([write_run(tmp_path / "a"), write_run(tmp_path / "b")])


def test_many_questions_are_one_look(shelf: RunShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[EditBook] = []
    look = EditBook.revision
    monkeypatch.setattr(EditBook, "revision", lambda self: looks.append(self) or look(self))
    revisions = Revisions(shelf, every=100.0)
    assert [revisions.newest("a") for _ in range(50)] == [0] * 50
    assert len(looks) == 1
    assert revisions.newest("b") == 0
    assert len(looks) == 2
    with pytest.raises(NotFoundError):
        revisions.newest("ghost")


def test_an_edit_is_seen_by_the_next_look(shelf: RunShelf) -> None:
    revisions = Revisions(shelf, every=0.0)
    assert revisions.newest("a") == 0
    shelf.studio("a").edits.make(Note(layer="relu", text="x"))
    assert (revisions.newest("a"), revisions.newest("b")) == (1, 0)
