"""Tables as files: what is written reads back, whatever stands in it, and a part at a time."""

import csv
import io
import json
import math
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnvis.compose import table_formats
from cnnvis.compose.table import Table, column
from cnnvis.compose.table_formats import csv_lines, file_parts, json_lines, page, parquet_parts
from cnnvis.schema.errors import MissingPackageError
from cnnvis.schema.tables import Row

COLUMNS = (column("a", "text"), column("b", "n", "whole"), column("c", "x", "number"), column("d", "t", "truth"))
_rows = st.lists(
    st.tuples(
        st.none() | st.text(st.characters(exclude_categories=["Cs"])),
        st.none() | st.integers(-(2**60), 2**60),
        st.none() | st.floats(),
        st.none() | st.booleans(),
    ),
    max_size=12,
)


def made(rows: list[Row]) -> Table:
    return Table(COLUMNS, iter(rows))


def same(one: Row, other: Row) -> bool:
    return all(
        a == b or (isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b))
        for a, b in zip(one, other, strict=True)
    )


@given(_rows)
@example([("a\rb", 1, 0.5, True), ("c\nd", None, None, None), ("\r\n", None, None, None)])
def test_csv_reads_back(rows: list[Row]) -> None:
    text = b"".join(file_parts(csv_lines(made(rows)))).decode()
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    assert head == ["a", "b", "c", "d"]
    assert lines == [["" if cell is None else str(cell) for cell in row] for row in rows]


@given(_rows)
def test_lines_of_json_read_back(rows: list[Row]) -> None:
    for line, row in zip(json_lines(made(rows)), rows, strict=True):
        assert "\n" not in line
        finite = tuple(None if isinstance(cell, float) and not math.isfinite(cell) else cell for cell in row)
        assert tuple(json.loads(line).values()) == finite


@given(_rows, st.integers(1, 5))
def test_parquet_reads_back_with_its_types(rows: list[Row], at_once: int) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason='Parquet needs pyarrow (pip install "cnnvis[tables]")')
    parquet = pytest.importorskip("pyarrow.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_formats, "AT_ONCE", at_once)
        data = b"".join(parquet_parts(made(rows)))
    found = parquet.read_table(io.BytesIO(data))
    assert found.schema.types == [pyarrow.string(), pyarrow.int64(), pyarrow.float64(), pyarrow.bool_()]
    read = [tuple(row.values()) for row in found.to_pylist()]
    assert len(read) == len(rows)
    assert all(same(one, other) for one, other in zip(read, rows, strict=True))


def test_without_pyarrow_it_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_formats, "find_spec", lambda _: None)
    with pytest.raises(MissingPackageError, match=r'which is not installed here\. Run: pip install "cnnvis\[tables\]"'):
        parquet_parts(made([]))


@given(st.integers(0, 12), st.integers(0, 15), st.integers(1, 15))
def test_pages_put_together_are_the_table(count: int, offset: int, limit: int) -> None:
    rows: list[Row] = [(str(number), number, None, True) for number in range(count)]
    found = page("layers", made(rows), offset=offset, limit=limit)
    assert list(found.rows) == rows[offset : offset + limit]
    assert found.more == (offset + limit < count)
    assert (found.offset, found.columns) == (offset, COLUMNS)


def test_a_long_table_is_never_held_as_a_whole() -> None:
    ahead = 0

    def rows() -> Iterator[Row]:
        nonlocal ahead
        for number in range(100_000):
            ahead = number
            yield "x", number, 1.0, True

    parts = file_parts(csv_lines(Table(COLUMNS, rows())))
    next(parts)
    assert ahead < 2000
    sizes = [len(part) for part in parts]
    assert max(sizes) < 100_000
    assert ahead == 99_999
