"""Tables over HTTP: pages, whole files, and what cannot be given."""

import csv
import io
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from cnnvis.compose import table_formats
from cnnvis.compose.studio import Studio
from cnnvis.compose.table_formats import csv_lines
from cnnvis.compose.tables import TABLES, table
from cnnvis.schema.scene import Problem
from cnnvis.schema.tables import TableName, TablePage
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from cnnvis.store.reader import Run
from tests.compose.test_tables import whole_run

AT = "/api/runs/run/table"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return whole_run(tmp_path)


@pytest.fixture
def client(run: Run) -> TestClient:
    return TestClient(create_app(RunShelf([run.path]), Guard("127.0.0.1", None)), base_url="http://127.0.0.1")


@pytest.mark.parametrize("name", TABLES)
def test_every_table_comes_as_pages_and_as_csv(client: TestClient, run: Run, name: TableName) -> None:
    expected = list(table(Studio(run), name).rows)
    rows: list[object] = []
    while True:
        answer = client.get(f"{AT}/{name}?offset={len(rows)}&limit=7")
        page = msgspec.json.decode(answer.content, type=TablePage)
        rows += page.rows
        if not page.more:
            break
    assert len(rows) == len(expected)
    whole = client.get(f"{AT}/{name}?format=csv")
    assert whole.headers["content-type"] == "text/csv; charset=utf-8"
    assert whole.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
    assert whole.text == "".join(f"{line}\n" for line in csv_lines(table(Studio(run), name)))
    assert len(list(csv.reader(io.StringIO(whole.text)))) == len(expected) + 1


def test_a_table_of_some_layers(client: TestClient) -> None:
    answer = client.get(f"{AT}/neurons?layer=fc").json()
    assert {row[1] for row in answer["rows"]} == {"fc"}
    assert [column["name"] for column in answer["columns"]][:3] == ["neuron", "layer", "channel"]


def test_parquet_comes_where_it_can_be_made(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason='Parquet needs pyarrow (pip install "cnnvis[tables]")')
    answer = client.get(f"{AT}/classes?format=parquet")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert parquet.read_table(io.BytesIO(answer.content)).column("name").to_pylist() == ["ant", "bee", "cat"]
    monkeypatch.setattr(table_formats, "find_spec", lambda _: None)
    refused = client.get(f"{AT}/classes?format=parquet")
    assert refused.status_code == 501
    assert "cnnvis[tables]" in refused.json()["remedy"]


def test_the_head_alone_makes_no_table(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnvis.serve.addresses.tables.file_parts", lambda _: iter(lambda: pytest.fail("made"), 0))
    answer = client.head(f"{AT}/profiles?format=csv")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="profiles.csv"'


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("chairs", 404, "There is no table 'chairs'."),
        ("neurons?layer=ghost", 404, "The run has no layer 'ghost'."),
        ("classes?layer=relu", 422, "The table classes is not about layers."),
        ("classes?format=xls", 422, "The parameter 'format' is 'xls', not csv or json or parquet."),
        ("classes?format=csv&limit=3", 422, "The format csv has all rows."),
        ("classes?format=csv&limit=1000", 422, "The format csv has all rows."),
        ("classes?format=parquet&offset=0", 422, "The format parquet has all rows."),
        ("classes?limit=0", 422, "The parameter 'limit' is '0', not a whole number from 1 to 10,000."),
        ("classes?offset=-1", 422, "The parameter 'offset' is '-1'"),
        ("..%2f..%2fsecret", 404, "There is nothing at "),
    ],
)
def test_what_cannot_be_given_is_said(client: TestClient, address: str, status: int, sentence: str) -> None:
    answer = client.get(f"{AT}/{address}")
    assert answer.status_code == status
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert problem.error.startswith(sentence)
    assert problem.remedy
