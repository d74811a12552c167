"""`cnnvis query`: CSV that reads back, Parquet where there is pyarrow, stable exit codes."""

import csv
import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cnnvis.cli import edit_options, query
from cnnvis.cli.main import main
from cnnvis.compose.studio import Studio
from cnnvis.compose.tables import TABLES, table
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run")


@pytest.mark.parametrize("name", TABLES)
def test_a_table_reads_back(run: Path, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", str(run), name]) == 0
    printed = capsys.readouterr().out
    wanted = table(Studio(read_run(run)), name)
    head, *lines = csv.reader(io.StringIO(printed))
    assert tuple(head) == wanted.columns
    assert lines == [["" if cell is None else str(cell) for cell in row] for row in wanted.rows]
    assert main(["query", str(run), name, "-o", str(tmp_path / "t.csv")]) == 0
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == printed


def test_only_one_layer(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", str(run), "neurons", "--layer", "fc"]) == 0
    assert {line.split(",")[1] for line in capsys.readouterr().out.splitlines()[1:]} == {"fc"}


def test_the_help_names_all_tables() -> None:
    assert edit_options.TABLES == TABLES


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["layers", "-o", "x.json"], "error: x.json is neither .csv nor .parquet."),
        (["layers", "--layer", "ghost"], "error: The run has no layer 'ghost'."),
        (["layers", "-o", "missing\0.csv"], "error:"),
    ],
)
def test_mistakes_end_with_2(run: Path, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    if "\0" in words[-1]:
        blocked = run / "run.json" / "x.csv"
        words = ["layers", "-o", str(blocked)]
    assert main(["query", str(run), *words]) == 2
    assert capsys.readouterr().err.startswith(sentence)


def test_without_pyarrow_parquet_is_refused_with_a_remedy(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(query, "find_spec", lambda _: None)
    assert main(["query", str(run), "layers", "-o", "t.parquet"]) == 2
    assert "Parquet needs pyarrow, which is not installed here. Run: pip install pyarrow" in capsys.readouterr().err


def test_parquet_gets_the_columns(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in for pyarrow that keeps what it is given."""
    given: dict[str, object] = {}
    arrow, parquet = ModuleType("pyarrow"), ModuleType("pyarrow.parquet")
    arrow.table = dict  # pyright: ignore[reportAttributeAccessIssue]
    parquet.write_table = lambda made, path: given.update(made, path=path)
    monkeypatch.setitem(sys.modules, "pyarrow", arrow)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", parquet)
    monkeypatch.setattr(query, "find_spec", lambda _: importlib.util.find_spec("json"))
    target = tmp_path / "t.parquet"
    assert main(["query", str(run), "classes", "-o", str(target)]) == 0
    assert given["path"] == target
    assert given["name"] == ["ant", "bee", "cat"]
