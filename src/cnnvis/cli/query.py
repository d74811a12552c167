"""`cnnvis query`: a table of a run as CSV or Parquet."""

import csv
import io
from argparse import Namespace
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from cnnvis.cli.console import Console
from cnnvis.compose.studio import Studio
from cnnvis.compose.tables import Row, Table, table
from cnnvis.schema.errors import CnnvisError, MissingPackageError
from cnnvis.store.files import explaining_disk_errors, write_bytes
from cnnvis.store.reader import read_run


def run(options: Namespace, console: Console) -> int:
    """Write the table.

    Raises:
        CnnvisError: The run cannot be opened, has no such table or layer, or the file cannot be written.

    """
    to = cast("Path | None", options.to)
    if to is not None and to.suffix not in (".csv", ".parquet"):
        raise CnnvisError(f"{to} is neither .csv nor .parquet.", "Choose one of these endings.")
    if to is not None and to.suffix == ".parquet" and find_spec("pyarrow") is None:
        message = "Parquet needs pyarrow, which is not installed here."
        raise MissingPackageError(message, "Run: pip install pyarrow, or write .csv.")
    opened = read_run(cast("Path", options.run))
    asked = table(
        Studio(opened, identity=opened.path.name),
        cast("str", options.table),
        layers=cast("list[str] | None", options.layer),
    )
    if to is None:
        for line in csv_lines(asked):
            console.line(line)
    elif to.suffix == ".csv":
        write_bytes(to, "".join(f"{line}\n" for line in csv_lines(asked)).encode())
    else:
        _write_parquet(to, asked)
    return 0


def csv_lines(asked: Table) -> Iterable[str]:
    """Yield the lines of a table as CSV, its head first; nothing stands for what is unknown."""
    yield _csv_line(asked.columns)
    for row in asked.rows:
        yield _csv_line(row)


def _csv_line(row: Row) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(row)
    return line.getvalue()


def _write_parquet(path: Path, asked: Table) -> None:
    # Imported by name: an optional package that comes without types.
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    rows = list(asked.rows)
    columns = {name: [row[place] for row in rows] for place, name in enumerate(asked.columns)}
    with explaining_disk_errors(path):
        parquet.write_table(arrow.table(columns), path)
