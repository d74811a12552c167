"""`cnnvis query`: CSV and lines of JSON that read back, Parquet where there is pyarrow, stable exit codes."""

import csv
import io
import json
from pathlib import Path

import pytest

from cnnvis.cli import edit_options
from cnnvis.cli.main import main
from cnnvis.compose import table_formats
from cnnvis.compose.studio import Studio
from cnnvis.compose.tables import TABLES, table
from cnnvis.schema.tables import TableName
from cnnvis.store.reader import read_run
from tests.compose.test_tables import whole_run
from tests.making.folder import write_run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return whole_run(tmp_path).path


@pytest.mark.parametrize("name", TABLES)
def test_a_table_reads_back(run: Path, name: TableName, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", str(run), name]) == 0
    printed = capsys.readouterr().out
    wanted = table(Studio(read_run(run)), name)
    rows = list(wanted.rows)
    head, *lines = csv.reader(io.StringIO(printed))
    assert tuple(head) == wanted.names
    assert lines == [["" if cell is None else str(cell) for cell in row] for row in rows]
    assert main(["query", str(run), name, "-o", str(tmp_path / "t.csv")]) == 0
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == printed
    assert main(["query", str(run), name, "--format", "jsonl"]) == 0
    said = capsys.readouterr().out
    assert [tuple(json.loads(line)) for line in said.splitlines()] == [wanted.names] * len(rows)
    assert main(["query", str(run), name, "-o", str(tmp_path / "t.jsonl")]) == 0
    assert (tmp_path / "t.jsonl").read_text(encoding="utf-8") == said


def test_only_one_layer(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", str(run), "neurons", "--layer", "fc"]) == 0
    assert {line.split(",")[1] for line in capsys.readouterr().out.splitlines()[1:]} == {"fc"}


def test_the_help_names_all_tables() -> None:
    assert tuple(TABLES) == edit_options.TABLES
    assert [name for name in TABLES if name not in edit_options.QUERY] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["layers", "-o", "x.json"], "error: x.json is neither .csv, .jsonl nor .parquet."),
        (["layers", "--format", "parquet"], "error: Parquet is no text. Give a file with -o."),
        (["layers", "--layer", "ghost"], "error: The run has no layer 'ghost'."),
        (["classes", "--layer", "fc"], "error: The table classes is not about layers."),
        (["layers", "-o", "{run}/run.json/x.csv"], "error: Could not write "),
    ],
)
def test_mistakes_end_with_2(run: Path, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", str(run), *(word.format(run=run) for word in words)]) == 2
    assert capsys.readouterr().err.startswith(sentence)


def test_what_a_run_does_not_hold_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = write_run(tmp_path / "bare")
    for name in ("series", "findings", "connections"):
        assert main(["query", str(bare), name]) == 2
        assert "holds no" in capsys.readouterr().err


def test_an_unknown_table_is_named_with_those_there_are(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["query", str(run), "chairs"])
    assert caught.value.code == 2
    assert "'confusion'" in capsys.readouterr().err


def test_parquet_gets_the_columns_with_their_types(run: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason='Parquet needs pyarrow (pip install "cnnvis[tables]")')
    for name in TABLES:
        for words in (["-o", str(tmp_path / f"{name}.parquet")], ["--format", "parquet", "-o", str(tmp_path / name)]):
            assert main(["query", str(run), name, *words]) == 0
            found, wanted = parquet.read_table(words[-1]), table(Studio(read_run(run)), name)
            assert tuple(found.column_names) == wanted.names
            assert found.num_rows == len(list(wanted.rows))


def test_without_pyarrow_parquet_is_refused_with_a_remedy_and_no_file_is_left(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(table_formats, "find_spec", lambda _: None)
    assert main(["query", str(run), "layers", "-o", str(tmp_path / "out" / "t.parquet")]) == 2
    said = capsys.readouterr().err
    assert 'Parquet needs pyarrow, which is not installed here. Run: pip install "cnnvis[tables]"' in said
    assert not (tmp_path / "out").exists()
