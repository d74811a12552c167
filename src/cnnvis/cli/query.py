"""`cnnvis query`: a table of a run as CSV, lines of JSON, or Parquet."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from cnnvis.cli.console import Console
from cnnvis.cli.exit_codes import OK
from cnnvis.compose.studio import Studio
from cnnvis.compose.table import Table
from cnnvis.compose.table_formats import csv_lines, file_parts, json_lines, parquet_parts
from cnnvis.compose.tables import table
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.tables import TableName
from cnnvis.store.files import write_parts
from cnnvis.store.reader import read_run

_LINES: dict[str, Callable[[Table], Iterator[str]]] = {"csv": csv_lines, "jsonl": json_lines}


def run(options: Namespace, console: Console) -> int:
    """Write the table.

    Raises:
        CnnvisError: The run cannot be opened, has no such table or layer, or the file cannot be written.

    """
    to, wanted = cast("Path | None", options.to), cast("str | None", options.format)
    form = _form(to, wanted)
    opened = read_run(cast("Path", options.run))
    studio = Studio(opened, identity=opened.path.name)
    asked = table(studio, cast("TableName", options.table), layers=cast("list[str] | None", options.layer) or ())
    if to is not None:
        write_parts(to, parquet_parts(asked) if form == "parquet" else file_parts(_LINES[form](asked)))
        return OK
    for line in _LINES[form](asked):
        console.line(line)
    return OK


def _form(to: Path | None, wanted: str | None) -> str:
    """Return how to write the table: as asked for, else by the ending of the file."""
    if to is None:
        if wanted == "parquet":
            raise CnnvisError("Parquet is no text.", "Give a file with -o.")
        return wanted or "csv"
    ending = to.suffix.removeprefix(".")
    if wanted is None and ending not in (*_LINES, "parquet"):
        raise CnnvisError(
            f"{to} is neither .csv, .jsonl nor .parquet.", "Choose one of these endings, or give --format."
        )
    return wanted or ending
