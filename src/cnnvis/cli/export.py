"""`cnnvis export`: a run with its page as one file, or as a folder for any web server."""

from argparse import Namespace
from pathlib import Path
from typing import cast

from cnnvis.cli.console import Console
from cnnvis.cli.exit_codes import OK
from cnnvis.serve.report import export

MEGABYTE = 1_000_000


def run(options: Namespace, console: Console) -> int:
    """Write the report.

    Raises:
        RunError: The run cannot be opened, or the report cannot be written.
        CnnvisError: The page is not built.

    """
    written = export(
        cast("Path", options.run),
        cast("Path | None", options.to),
        folder=cast("bool", options.folder),
        full=cast("bool", options.full),
        overwrite=cast("bool", options.overwrite),
        progress=not options.no_progress,
    )
    for sentence in written.left_out:
        console.remark(sentence)
    if written.left_out and not options.full:
        console.remark("Give --full for all that a report can hold, however large it gets.")
    console.line(f"Wrote {written.path} ({written.size / MEGABYTE:.1f} MB).")
    return OK
