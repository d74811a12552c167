"""The page is built when it is missing or old, and a machine without Node.js hears what it lacks."""

import os
from pathlib import Path

import pytest

from tools import page


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A source tree with web sources and a page built after them."""
    for name in ("web/src/app/main.ts", "web/package.json", "src/cnnvis/serve/page/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}", encoding="utf-8")
        os.utime(tmp_path / name, (1000, 1000))
    return tmp_path


def test_a_page_as_new_as_its_sources_is_kept(tree: Path) -> None:
    assert not page.is_stale(tree)


def test_a_changed_source_makes_the_page_stale(tree: Path) -> None:
    os.utime(tree / "web/src/app/main.ts", (2000, 2000))
    assert page.is_stale(tree)


def test_a_missing_page_is_stale(tree: Path) -> None:
    page.page_of(tree).unlink()
    assert page.is_stale(tree)


def test_without_web_sources_the_page_is_as_good_as_it_gets(tree: Path) -> None:
    (tree / "web/package.json").unlink()
    assert not page.is_stale(tree)


def test_without_node_the_message_says_what_is_needed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tree))
    with pytest.raises(page.PageError, match=r"needs Node.js 20.19 or newer with npm; this machine has none"):
        page.build(tree)


def test_an_old_node_is_named_with_its_version(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, says in (("node", "v18.3.0"), ("npm", "")):
        (tree / name).write_text(f"#!/bin/sh\necho {says}\n", encoding="utf-8")
        (tree / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tree}{os.pathsep}{os.environ['PATH']}")
    assert (
        page.node_problem() == "Building the web page needs Node.js 20.19 or newer with npm; this machine has v18.3.0."
    )
