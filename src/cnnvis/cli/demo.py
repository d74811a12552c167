"""`cnnvis demo`: a finished small run, or one that is trained here."""

import shutil
from argparse import Namespace
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import cast

from cnnvis.cli.console import Console
from cnnvis.cli.exit_codes import OK
from cnnvis.cli.open import serve
from cnnvis.serve import demo_run
from cnnvis.store.layout import RUN_FILE
from cnnvis.store.reader import read_run


def run(options: Namespace, console: Console) -> int:
    """Open the demo run; with --train, make it first unless it is there already."""
    path = _trained(options, console) if options.train else demo_run()
    read_run(path)
    if not options.no_open:
        serve([path], options, console)
    return OK


def _trained(options: Namespace, console: Console) -> Path:
    to = cast("Path", options.to)
    if (to / RUN_FILE).is_file() and not options.overwrite:
        console.line(f"{to} is there already (--overwrite trains it again).")
        return to
    # Imported here, since it needs torch and opening the finished run does not.
    train = import_module("cnnvis.compose.demo").train_demo
    with _set_aside(to):
        return cast("Path", train(to, progress=not options.no_progress))


@contextmanager
def _set_aside(run: Path) -> Generator[None]:
    """Move a run out of the way, and bring it back when no new one takes its place."""
    aside = run.with_name(f".{run.name}.old")
    if run.exists():
        shutil.rmtree(aside, ignore_errors=True)
        run.rename(aside)
    try:
        yield
    finally:
        if run.exists():
            shutil.rmtree(aside, ignore_errors=True)
        elif aside.exists():
            aside.rename(run)
