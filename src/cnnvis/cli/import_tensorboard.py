"""`cnnvis import-tensorboard LOGDIR`: runs of what was logged for TensorBoard."""

from argparse import Namespace

from cnnvis.cli.console import Console
from cnnvis.compose.import_tensorboard import Imported, import_tensorboard
from cnnvis.compose.words import counted


def run(options: Namespace, console: Console) -> int:
    """Write the runs, and say what is in them.

    Raises:
        RunError: There are no such logs, nothing in them can be drawn, or a run is there already.

    """
    found = import_tensorboard(
        options.logs, options.to, only=options.log, overwrite=options.overwrite, progress=not options.no_progress
    )
    for one in found:
        console.line(told(one))
        for note in one.notes:
            console.line(f"  {note}")
    console.line(f"Look at it: cnnvis open {options.to}")
    return 0


def told(one: Imported) -> str:
    """Return what one run holds, as a line."""
    layers = f", {counted(one.layers, 'layer')}" if one.layers else ""
    first, last = one.steps
    return f"{one.path}: {counted(one.scalars, 'scalar')}{layers}, steps {first:,} to {last:,}"
