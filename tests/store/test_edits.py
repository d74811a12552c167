"""The log of edits: only grows, survives being killed at any moment, and lets processes take turns."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cnnvis.schema.edits import ClusterState, Import, LayerClusters, LogEntry, Rename
from cnnvis.schema.errors import LockedError, RunError
from cnnvis.serve import demo_run
from cnnvis.store import reader
from cnnvis.store.edits import EditLog, data_folder
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def log_of(path: Path, **options: float) -> EditLog:
    return EditLog(read_run(path), **options)


def entry(name: str) -> LogEntry:
    return LogEntry(time="2026-01-01T00:00:00Z", edit=Rename(layer="relu", cluster="c1", name=name))


def add(log: EditLog, *names: str) -> list[int]:
    kept = [append(log, entry(name)) for name in names]
    return [row.revision for row in kept]


def append(log: EditLog, row: LogEntry) -> LogEntry:
    """Add a row, however many others write at the same time."""
    while True:
        kept = log.append(row, after=log.revision())
        if kept is not None:
            return kept


def names(log: EditLog, after: int = 0) -> list[str]:
    return [row.edit.name for row in log.rows(after) if isinstance(row.edit, Rename)]


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    log = log_of(write_run(tmp_path / "run"))
    start = LayerClusters(layer="relu", clusters=(ClusterState(id="c1", neurons=(0, 2), note="é\n"),))
    first = LogEntry(time="t", edit=Rename(layer="relu", cluster="c1", name="“wheels”"), starts=(start,))
    rows = [first, LogEntry(time="u", act="undo"), LogEntry(time="v", edit=Import(layers=(start,), source="other"))]
    written = [append(log, row) for row in rows]
    assert [row.revision for row in written] == [1, 2, 3]
    assert log.rows() == written
    assert log.rows(1) == written[1:]
    assert log.revision() == 3


def test_looking_makes_no_file(tmp_path: Path, own_data_folder: Path) -> None:
    run = write_run(tmp_path / "run")
    before = sorted(run.rglob("*"))
    log = log_of(run)
    assert (log.rows(), log.revision(), log.notice) == ([], 0, "")
    assert sorted(run.rglob("*")) == before
    assert not own_data_folder.exists()


def test_a_row_that_was_decided_on_before_another_came_is_not_kept(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    log = log_of(run)
    assert log.append(entry("from the future"), after=7) is None
    assert list(run.glob("edits*")) == []
    add(log, "a", "b")
    before = (run / "edits.sqlite").read_bytes()
    for after in (0, 1, 3):
        assert log.append(entry("c"), after=after) is None
    assert (run / "edits.sqlite").read_bytes() == before
    assert names(log) == ["a", "b"]
    assert add(log, "c") == [3]


def test_edits_of_the_run_that_comes_with_the_package_are_the_users(
    tmp_path: Path, own_data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path / "package" / "demo_run")
    before = sorted(run.rglob("*"))
    monkeypatch.setattr(reader, "_PACKAGE", (tmp_path / "package").resolve())
    log = log_of(run)
    assert add(log, "a") == [1]
    assert names(log_of(run)) == ["a"]
    assert sorted(run.rglob("*")) == before
    assert log.path.is_relative_to(own_data_folder)
    assert log.notice == f"This run came with cnnvis: your edits are kept in {log.path}."


def test_the_demo_run_is_such_a_run() -> None:
    assert read_run(demo_run()).bundled
    assert EditLog(read_run(demo_run())).path.is_relative_to(data_folder())


def test_the_file_needs_no_shared_memory(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    add(log_of(run), "a")
    connection = sqlite3.connect(run / "edits.sqlite")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()
    assert [path.name for path in run.glob("edits*")] == ["edits.sqlite"]


def test_a_folder_that_cannot_be_written_to_keeps_its_edits_elsewhere(
    tmp_path: Path, own_data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path / "run")
    log = log_of(run)
    add(log, "a")
    before = (run / "edits.sqlite").read_bytes()
    allowed = os.access

    def refused(path: Path, mode: int) -> bool:
        return not (mode == os.W_OK and Path(path).is_relative_to(run)) and allowed(path, mode)

    monkeypatch.setattr(os, "access", refused)
    assert names(log) == ["a"]
    assert add(log, "b") == [2]
    assert names(log) == ["a", "b"]
    assert (run / "edits.sqlite").read_bytes() == before
    assert log.path.is_relative_to(own_data_folder)
    assert log.notice == f"The run folder cannot be written to: your edits are kept in {log.path}."
    outside = log.path
    monkeypatch.setattr(os, "access", allowed)
    assert names(log) == ["a"]
    assert str(outside) in log.notice


def test_a_run_id_is_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = read_run(write_run(tmp_path / "run"))
    object.__setattr__(run, "file", type(run.file)(**{**_fields(run.file), "id": "../../etc/passwd"}))
    monkeypatch.setattr(os, "access", lambda *_: False)
    path = EditLog(run).path
    assert path.parent == data_folder() / "edits"
    assert ".." not in path.name


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


@pytest.mark.parametrize(
    ("platform", "part"), [("linux", ".local/share/cnnvis"), ("darwin", "Library"), ("win32", "AppData")]
)
def test_every_system_has_a_place_for_data(platform: str, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CNNVIS_DATA", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    assert part in data_folder().as_posix()


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    (run / "edits.sqlite").write_bytes(b"no database at all, whatever its name says" * 50)
    with pytest.raises(RunError, match=r"edits\.sqlite is damaged .* move it away"):
        log_of(run).rows()
    with pytest.raises(RunError, match="is damaged"):
        add(log_of(run), "a")


def test_a_row_that_is_no_edit_is_said(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    add(log_of(run), "a")
    connection = sqlite3.connect(run / "edits.sqlite")
    connection.execute("INSERT INTO log (time, body) VALUES ('t', '{\"act\": \"dance\"}')")
    connection.commit()
    connection.close()
    with pytest.raises(RunError, match="is damaged"):
        log_of(run).rows()


def test_a_newer_version_is_said(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    add(log_of(run), "a")
    connection = sqlite3.connect(run / "edits.sqlite")
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(RunError, match=r"written by a newer cnnvis \(format 9, this one knows 1\)\. Update"):
        log_of(run).rows()


def test_who_waits_too_long_is_told_so(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    add(log_of(run), "a")
    other = sqlite3.connect(run / "edits.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for ask in (lambda log: log.append(entry("b"), after=1), lambda log: log.rows(), lambda log: log.revision()):
        with pytest.raises(LockedError, match="Another process has been writing edits .* Try again"):
            ask(log_of(run, patience=0.05))
    other.close()
    assert names(log_of(run)) == ["a"]


def test_writers_take_turns(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    given: list[int] = []

    def write(who: int) -> None:
        log = log_of(run)
        for number in range(8):
            given.extend(add(log, f"{who} {number}"))

    threads = [threading.Thread(target=write, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 25))
    kept = names(log_of(run))
    for who in range(3):
        assert [name for name in kept if name.startswith(f"{who} ")] == [f"{who} {number}" for number in range(8)]


_WRITER = """
import sys
from pathlib import Path
from cnnvis.schema.edits import LogEntry, Rename
from cnnvis.store.edits import EditLog
from cnnvis.store.reader import read_run

log = EditLog(read_run(Path(sys.argv[1])))
number = int(sys.argv[2])
while True:
    edit = Rename(layer="relu", cluster="c1", name=f"{number} " + "x" * 150)
    kept = None
    while kept is None:
        kept = log.append(LogEntry(edit=edit), after=log.revision())
    print(number, kept.revision, flush=True)
    number += 1
"""


@pytest.mark.parametrize("points", [3, pytest.param(200, marks=pytest.mark.slow)])
def test_killed_at_any_moment_nothing_acknowledged_is_lost(tmp_path: Path, points: int) -> None:
    run = write_run(tmp_path / "run")
    rng = random.Random(7)
    acknowledged: dict[int, int] = {}
    for point in range(points):
        program = [sys.executable, "-c", _WRITER, str(run), str(point * 1_000_000)]
        with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(rng.random() * 0.05)
            os.kill(writer.pid, signal.SIGKILL)
            said = first + writer.stdout.read()
        for line in said.splitlines(keepends=True):
            if line.endswith("\n"):
                number, revision = line.split()
                acknowledged[int(revision)] = int(number)
        rows = {row.revision: row.edit for row in log_of(run).rows()}
        kept = {revision: int(edit.name.split()[0]) for revision, edit in rows.items() if isinstance(edit, Rename)}
        assert acknowledged.items() <= kept.items()
        # At most the edit that was being written is there without having been acknowledged.
        assert len(kept) - len(acknowledged) <= point + 1
    assert len(acknowledged) >= points


def test_two_processes_write_side_by_side(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    program = _WRITER.replace("while True:", "for _ in range(10):")
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(run), start], stdout=subprocess.PIPE, text=True)
        for start in ("0", "1000")
    ]
    said = [writer.communicate()[0].split() for writer in writers]
    revisions = sorted(int(word) for words in said for word in words[1::2])
    assert revisions == list(range(1, 21))
    assert sorted(int(name.split()[0]) for name in names(log_of(run))) == [*range(10), *range(1000, 1010)]
