"""`cnnvis` alone: the runs below this folder."""

from argparse import Namespace
from pathlib import Path

from cnnvis.cli.console import Console
from cnnvis.cli.exit_codes import OK
from cnnvis.compose.words import percent
from cnnvis.schema.errors import CnnvisError
from cnnvis.store.reader import find_runs, read_run


def run(_: Namespace, console: Console) -> int:
    """List the runs below the current folder and say how to open one."""
    here = Path.cwd()
    paths = find_runs(here)
    if not paths:
        console.line("There are no runs below this folder.")
        console.line("Look at a finished one with `cnnvis demo`, or make one: `cnnvis analyze --help`.")
        return OK
    console.table(("name", "model", "images", "accuracy", "path"), [_row(path, here) for path in paths])
    console.line()
    console.line(f"Open one with: cnnvis open {_relative(paths[0], here)}")
    return OK


def _row(path: Path, here: Path) -> tuple[str, ...]:
    where = _relative(path, here)
    try:
        opened = read_run(path)
        accuracy = opened.accuracy
    except CnnvisError as error:
        return ("(cannot be opened)", "", "", "", f"{where}: {error.message}")
    seen, total = opened.snapshot.images_seen, opened.snapshot.images_total
    images = f"{seen:,}" if opened.snapshot.complete or total is None else f"{seen:,} of {total:,}"
    return (
        opened.file.name,
        opened.file.model.name,
        images,
        "" if accuracy is None else percent(accuracy),
        where,
    )


def _relative(path: Path, here: Path) -> str:
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
