"""Caches may vanish, be read-only or be of another content without any harm."""

import shutil
from pathlib import Path

import pytest

from cnnvis.compose import cache
from cnnvis.compose.cache import DerivedCache
from cnnvis.schema.errors import RunError
from cnnvis.store import reader
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


def test_bytes_are_made_once_and_found_by_another_process(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    assert DerivedCache(run).get("layer a/b#1", lambda: b"one") == b"one"
    assert DerivedCache(run).get("layer a/b#1", lambda: b"two") == b"one"
    assert DerivedCache(run).get("layer other", lambda: b"two") == b"two"


def test_a_deleted_cache_is_made_again(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    DerivedCache(run).get("a", lambda: b"one")
    shutil.rmtree(run.path / "derived")
    assert DerivedCache(run).get("a", lambda: b"two") == b"two"


def test_other_content_or_algorithm_has_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = DerivedCache(read_run(write_run(tmp_path / "a"))).version
    assert DerivedCache(read_run(write_run(tmp_path / "b"))).version != first
    assert DerivedCache(read_run(tmp_path / "a")).version == first
    monkeypatch.setattr(cache, "ALGORITHM", "another")
    assert DerivedCache(read_run(tmp_path / "a")).version != first


def test_a_folder_that_cannot_be_written_to_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RunError("Could not write.")

    monkeypatch.setattr(cache, "write_bytes", refuse)
    kept = DerivedCache(read_run(write_run(tmp_path / "run")))
    assert kept.get("a", lambda: b"one") == b"one"
    assert kept.get("a", lambda: b"two") == b"one"


def test_nothing_is_added_to_a_run_that_came_with_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_PACKAGE", tmp_path.resolve())
    run = read_run(write_run(tmp_path / "run"))
    assert DerivedCache(run).get("a", lambda: b"one") == b"one"
    assert not (run.path / "derived").exists()
    assert DerivedCache(run, written=True).get("a", lambda: b"two") == b"two"
    assert DerivedCache(run).get("a", lambda: b"three") == b"two"


def test_what_is_put_is_found_and_replaces_what_was_there(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    kept = DerivedCache(run, algorithm="asked of the network")
    assert kept.find("a") is None
    kept.put("a", b"one")
    kept.put("a", b"two")
    assert kept.find("a") == b"two"
    assert DerivedCache(run, algorithm="asked of the network").find("a") == b"two"
    assert DerivedCache(run).find("a") is None
