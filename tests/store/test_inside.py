"""No link in a run leads anywhere else: neither reading nor writing."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import Note
from cnnvis.schema.errors import RunError
from cnnvis.store import layout
from cnnvis.store.inside import inside
from cnnvis.store.reader import Run, read_run
from tests.compose.test_cluster_links import make_run
from tests.making.folder import write_run

LINKED = [f"snapshots/0/{name}" for name in (layout.STATISTICS_FILE, layout.PROBE_FILE, layout.SNAPSHOT_FILE)]
PARTS = [
    "run.json",
    "graph.json",
    "images",
    "images/pixels.bin",
    "images/index.safetensors",
    "snapshots",
    "snapshots/0",
    "snapshots/0/contributions.safetensors",
    *LINKED,
]


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))


def everything(folder: Path) -> None:
    """Read all that a run folder can hold."""
    run = read_run(folder)
    for unit in run.statistics.units:
        run.statistics.unit(unit)
        run.statistics.probe(unit)
    for sample in run.pictures.samples:
        run.pictures.file(sample)
    for reader in (run.contributions, run.connections):
        if reader is not None:
            reader.all()
    _ = (run.maps, run.contribution_connections, run.series.update())


def lead_outside(path: Path, outside: Path) -> Path:
    """Move something out of its folder and leave a link to it."""
    shutil.move(path, outside)
    path.symlink_to(outside)
    return outside


@pytest.mark.parametrize("part", PARTS)
def test_what_a_link_leads_to_is_not_read(tmp_path: Path, part: str) -> None:
    run = write_run(tmp_path / "run")
    everything(run)
    lead_outside(run / part, tmp_path / "elsewhere")
    with pytest.raises(RunError, match=r"is a link that leads out of its folder\. Put the file itself there"):
        everything(run)


@pytest.mark.parametrize("read", [lambda run: run.connections, lambda run: run.contribution_connections])
def test_connections_are_not_read_through_links(tmp_path: Path, read: Callable[[Run], object]) -> None:
    make_run(tmp_path / "run", stored=None)
    run = read_run(tmp_path / "run")
    for name in (layout.CONNECTIONS_FILE, layout.CONTRIBUTION_CONNECTIONS_FILE):
        path = run.path / "snapshots" / "0" / name
        if path.exists():
            lead_outside(path, tmp_path / name)
        else:
            path.symlink_to(tmp_path / layout.CONNECTIONS_FILE)
    with pytest.raises(RunError, match="leads out of its folder"):
        read(run)


@pytest.mark.parametrize("part", ["series", "series/0.jsonl"])
def test_a_growing_series_is_not_read_through_links(tmp_path: Path, part: str) -> None:
    run = write_run(tmp_path / "run")
    (run / "series").mkdir()
    (run / "series" / "0.jsonl").write_text('{"kind":"head"}\n')
    opened = read_run(run)
    assert opened.series.update() == 1
    lead_outside(run / part, tmp_path / "elsewhere")
    with pytest.raises(RunError, match="leads out of its folder"):
        _ = read_run(run).recorded
    if part != "series":
        with pytest.raises(RunError, match="leads out of its folder"):
            opened.series.update()


@pytest.mark.parametrize("whole", [True, False])
def test_caches_are_neither_read_nor_written_through_links(tmp_path: Path, whole: bool) -> None:
    run = write_run(tmp_path / "run")
    expected = Studio(read_run(run)).layer_bytes("relu")
    (version,) = (run / "derived").iterdir()
    outside = lead_outside(run / "derived" if whole else version, tmp_path / "elsewhere")
    before = {path: path.stat().st_mtime_ns for path in outside.rglob("*")}
    for path in outside.rglob("*"):
        if path.is_file():
            path.write_bytes(b"foreign")
    studio = Studio(read_run(run), identity="other")
    assert studio.layer_bytes("relu") == expected.replace(b"api/runs/run/", b"api/runs/other/")
    assert b"foreign" not in studio.scene_bytes()
    assert set(outside.rglob("*")) == set(before)


@pytest.mark.parametrize("name", ["edits.sqlite", "edits.sqlite-journal", "edits.sqlite-wal", "edits.sqlite-shm"])
@pytest.mark.parametrize("there", [True, False])
def test_edits_are_neither_read_nor_written_through_links(tmp_path: Path, name: str, there: bool) -> None:
    run = write_run(tmp_path / "run")
    outside = tmp_path / "elsewhere"
    if name != "edits.sqlite" or there:
        Studio(read_run(run)).edits.make(Note(layer="relu", text="mine"))
    if there:
        outside.write_bytes((run / "edits.sqlite").read_bytes() if name == "edits.sqlite" else b"\0" * 512)
    (run / name).unlink(missing_ok=True)
    (run / name).symlink_to(outside)
    before = outside.read_bytes() if there else None
    edits = Studio(read_run(run)).edits
    for ask in (edits.scene, edits.revision, lambda: edits.make(Note(layer="relu", text="yours"))):
        with pytest.raises(RunError, match="leads out of its folder"):
            ask()
    assert outside.exists() == there
    assert (outside.read_bytes() if there else None) == before


def test_the_folder_itself_may_be_reached_by_a_link(tmp_path: Path) -> None:
    write_run(tmp_path / "disk" / "run")
    (tmp_path / "latest").symlink_to(tmp_path / "disk" / "run")
    everything(tmp_path / "latest")
    edits = Studio(read_run(tmp_path / "latest")).edits
    assert edits.make(Note(layer="relu", text="here")).notice == ""
    assert (tmp_path / "disk" / "run" / "edits.sqlite").is_file()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    (run / "images" / "pixels.bin").unlink()
    os.mkfifo(run / "images" / "pixels.bin")
    with pytest.raises(RunError, match="neither a file nor a folder"):
        everything(run)


def test_links_in_a_circle_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(RunError, match=r"leads nowhere|neither a file nor a folder"):
        inside(tmp_path, "a").read_bytes()


_names = st.lists(st.sampled_from(["a", "b", "..", ".", "a/b", "../..", "/etc", "a/../../b"]), min_size=1, max_size=4)


@given(_names)
def test_no_names_lead_out(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    """The oracle walks the path step by step."""
    folder = tmp_path_factory.mktemp("run")
    place: list[str] = [] if not any(name.startswith("/") for name in names) else ["/"]
    escaped = bool(place)
    for step in "/".join(names).split("/"):
        if step == ".." and not place:
            escaped = True
        elif step == "..":
            place.pop()
        elif step not in ("", "."):
            place.append(step)
    try:
        found = inside(folder, *names)
    except RunError:
        assert escaped
    else:
        assert found == folder.resolve() or folder.resolve() in found.parents


def test_a_file_that_comes_and_goes_meanwhile_is_no_pipe(tmp_path: Path) -> None:
    """SQLite's journal is there while somebody writes."""
    journal, ended = tmp_path / "edits.sqlite-journal", threading.Event()

    def write() -> None:
        while not ended.is_set():
            journal.touch()
            journal.unlink()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3000):
            assert inside(tmp_path, journal.name) == journal
    finally:
        ended.set()
        writer.join()
