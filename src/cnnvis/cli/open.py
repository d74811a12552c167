"""`cnnvis open`: runs in the browser."""

from argparse import Namespace
from pathlib import Path
from typing import cast

from cnnvis.cli.console import Console
from cnnvis.schema.errors import RunError
from cnnvis.serve import open_runs
from cnnvis.store.reader import find_runs, read_run


def run(options: Namespace, console: Console) -> int:
    """Serve the runs until Ctrl-C; a folder of runs stands for all runs below it.

    Raises:
        RunError: A run cannot be opened; nothing is served then.

    """
    runs = [run for path in cast("list[Path]", options.runs) for run in _runs_at(path)]
    for path in runs:
        read_run(path)
    serve(runs, options, console)
    return 0


def serve(runs: list[Path], options: Namespace, console: Console) -> None:
    """Serve these runs until Ctrl-C, with the options of the command line."""
    console.flush()
    open_runs(
        runs, host=cast("str", options.host), port=cast("int | None", options.port), browser=not options.no_browser
    )


def _runs_at(path: Path) -> list[Path]:
    if not path.is_dir():
        message = f"There is no run folder {str(path)!r}."
        raise RunError(message, "cnnvis alone lists the runs below this folder.")
    # A folder that holds no run at all is handed on as it is: reading it says precisely why it is none.
    return find_runs(path) or [path]
