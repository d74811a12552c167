"""Tables of a run, as pages of JSON and as whole files."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

from cnnvis.compose.table_formats import csv_lines, file_parts, page, parquet_parts
from cnnvis.compose.tables import LayersError, table
from cnnvis.schema.errors import AbsentError, MissingPackageError
from cnnvis.schema.tables import TableName, TablePage
from cnnvis.serve.address import Call, File, Get, LayerId, Reply
from cnnvis.serve.problems import ParameterError

MOST_ROWS = 10_000
ROWS = 1000
"""Rows of a page when no other number is asked for."""
_CSV, _PARQUET = "text/csv; charset=utf-8", "application/vnd.apache.parquet"


Offset = Annotated[int, Meta(ge=0, le=10**12, description="For `json`: rows to leave out at the beginning.")]
Limit = Annotated[int, Meta(ge=1, le=MOST_ROWS, description=f"For `json`: rows at most; {ROWS:,} if none is given.")]


class AskTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which table, and how."""

    table: Annotated[TableName, Meta(description="Which table.")]
    format: Annotated[
        Literal["json", "csv", "parquet"],
        Meta(description="`json` gives a page of rows; `csv` and `parquet` (where pyarrow is installed) all of them."),
    ] = "json"
    layer: Annotated[
        tuple[LayerId, ...],
        Meta(max_length=500, description="Tell about these layers alone; none: about all."),
    ] = ()
    offset: Offset | None = None
    limit: Limit | None = None


def _table(call: Call[AskTable, None]) -> Reply:
    asked = call.asked
    if asked.format != "json" and (asked.offset, asked.limit) != (None, None):
        raise ParameterError(f"The format {asked.format} has all rows.", "Leave offset and limit out.")
    found = table(call.studio, asked.table, layers=asked.layer)
    if asked.format == "json":
        return page(asked.table, found, offset=asked.offset or 0, limit=asked.limit or ROWS)
    parts: Iterator[bytes]
    if asked.format == "csv":
        parts, media_type = file_parts(csv_lines(found)), _CSV
    else:
        parts, media_type = parquet_parts(found), _PARQUET
    return File(data=parts, media_type=media_type, name=f"{asked.table}.{asked.format}")


TABLES = (
    Get(
        path="runs/{run}/table/{table}",
        work=_table,
        asks=AskTable,
        answer=TablePage,
        others=(_CSV, _PARQUET),
        summary="A table of the run: a page of it, or all of it as a file.",
        tells="The page on tables says what stands in which.",
        errors=(AbsentError, LayersError, MissingPackageError),
        slow=True,
    ),
)
