"""Tables as files: CSV, lines of JSON, pages of JSON, and Parquet; made bit by bit, however long they are."""

import csv
import io
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any

import msgspec

from cnnvis.compose.table import Table
from cnnvis.schema.errors import MissingPackageError
from cnnvis.schema.tables import ColumnKind, Row, TableName, TablePage

AT_ONCE = 20_000
"""Rows that are held in memory at a time."""
_LINES = 1000
_PARQUET_TYPES: dict[ColumnKind, str] = {"text": "string", "whole": "int64", "number": "float64", "truth": "bool_"}


def csv_lines(asked: Table) -> Iterator[str]:
    """Yield the lines of a table as CSV, its head first; nothing stands for what is not known."""
    line = io.StringIO()
    # A cell is quoted for those line ends that the writer itself uses.
    ends = "\r\n"
    writer = csv.writer(line, lineterminator=ends)
    for row in _with_head(asked):
        writer.writerow(row)
        yield line.getvalue().removesuffix(ends)
        line.seek(0)
        line.truncate()


def _with_head(asked: Table) -> Iterator[Row]:
    yield asked.names
    yield from asked.rows


def json_lines(asked: Table) -> Iterator[str]:
    """Yield each row of a table as an object of JSON; null stands for what is not known, or not finite."""
    for row in asked.rows:
        yield msgspec.json.encode(dict(zip(asked.names, row, strict=True))).decode()


def file_parts(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines as a text file, many at a time."""
    left = iter(lines)
    while some := list(islice(left, _LINES)):
        yield "".join(f"{line}\n" for line in some).encode()


def page(name: TableName, asked: Table, *, offset: int, limit: int) -> TablePage:
    """Return some rows of a table.

    Args:
        name: Which table it is.
        asked: The table.
        offset: Rows to leave out at the beginning.
        limit: Rows to return at most.

    """
    rows = tuple(islice(asked.rows, offset, offset + limit + 1))
    return TablePage(table=name, columns=asked.columns, rows=rows[:limit], offset=offset, more=len(rows) > limit)


def parquet_parts(asked: Table) -> Iterator[bytes]:
    """Return the parts of a table as a Parquet file.

    Raises:
        MissingPackageError: pyarrow is not installed; raised at once, before the first part.

    """
    if find_spec("pyarrow") is None:
        message = "Parquet needs pyarrow, which is not installed here."
        raise MissingPackageError(message, 'Run: pip install "cnnvis[tables]", or choose CSV.')
    return _parquet_parts(asked)


def _parquet_parts(asked: Table) -> Iterator[bytes]:
    # Imported by name: an optional package that comes without types.
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    fields = [(column.name, getattr(arrow, _PARQUET_TYPES[column.kind])()) for column in asked.columns]
    schema = arrow.schema(fields)
    sink = io.BytesIO()
    with parquet.ParquetWriter(sink, schema) as writer:
        while rows := list(islice(asked.rows, AT_ONCE)):
            columns = dict(zip(asked.names, map(list, zip(*rows, strict=True)), strict=True))
            writer.write_table(arrow.table(columns, schema=schema))
            yield _emptied(sink)
    yield _emptied(sink)


def _emptied(sink: io.BytesIO) -> bytes:
    """Return what has been written, and make room; the writer counts by itself where it is."""
    part = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return part
