"""`cnnvis open`: runs in the browser."""

import sys
from argparse import Namespace
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from cnnvis.cli.console import Console
from cnnvis.cli.exit_codes import OK
from cnnvis.schema.errors import CnnvisError, MissingPackageError, RunError
from cnnvis.serve import ServeOptions, open_runs
from cnnvis.store.reader import find_runs, read_run


def run(options: Namespace, console: Console) -> int:
    """Serve the runs until Ctrl-C; a folder of runs stands for all runs below it.

    Raises:
        RunError: A run cannot be opened; nothing is served then.
        CnnvisError: The network was named without its images, or without PyTorch.

    """
    runs = [run for path in cast("list[Path]", options.runs) for run in _runs_at(path)]
    for path in runs:
        read_run(path)
    serve(runs, options, console)
    return OK


def serve(runs: list[Path], options: Namespace, console: Console) -> None:
    """Serve these runs until Ctrl-C, with the options of the command line."""
    worker = worker_command(options)
    if worker is not None and options.read_only:
        message = "--model came with --read-only, which lets nobody use the network."
        raise CnnvisError(message, "Leave one of them out.")
    console.flush()
    served = ServeOptions(
        host=cast("str", options.host),
        port=cast("int | None", options.port),
        browser=not options.no_browser,
        allowed=tuple(cast("list[str]", options.allow_host)),
        base_path=cast("str", options.base_path),
        frames=tuple(cast("list[str]", options.allow_frame)),
        read_only=cast("bool", options.read_only),
        worker=worker,
    )
    open_runs(runs, served)


def worker_command(options: Namespace) -> tuple[str, ...] | None:
    """Return what runs the worker with the network of this command line; None when it names none.

    Raises:
        CnnvisError: Only one of network and images is named.
        MissingPackageError: PyTorch is not installed.

    """
    model, data = (
        cast("str | None", getattr(options, "model", None)),
        cast("str | None", getattr(options, "data", None)),
    )
    if model is None and data is None:
        return None
    if model is None or data is None:
        message = f"--{'data' if model is None else 'model'} came without --{'model' if model is None else 'data'}."
        raise CnnvisError(message, "Give both, as for `cnnvis analyze`, or neither.")
    if find_spec("torch") is None:
        message = "--model needs PyTorch, which is not installed here."
        raise MissingPackageError(message, "Leave --model and --data out to look at the run without it.")
    return (sys.executable, "-m", "cnnvis.cli.worker", *cast("list[str]", options.line))


def _runs_at(path: Path) -> list[Path]:
    if not path.is_dir():
        message = f"There is no run folder {str(path)!r}."
        raise RunError(message, "cnnvis alone lists the runs below this folder.")
    # A folder that holds no run at all is handed on as it is: reading it says precisely why it is none.
    return find_runs(path) or [path]
