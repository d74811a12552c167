"""Which versions of the run folder can be opened, and how older ones become the present one."""

from pathlib import Path

import msgspec

from cnnvis.schema.errors import RunError
from cnnvis.schema.run import RUN_VERSION, RunFile
from cnnvis.store.files import read_json
from cnnvis.store.layout import RUN_FILE


class _Version(msgspec.Struct):
    version: int
    kind: str = ""
    tool: str = "a newer cnnvis"


def read_run_file(run: Path) -> RunFile:
    """Read ``run.json`` of any version that this cnnvis knows.

    Raises:
        RunError: It is missing, damaged, not a run, or of a newer version.

    """
    head = read_json(run / RUN_FILE, _Version)
    if head.kind != "cnnvis-run":
        message = f"{run / RUN_FILE} is not the front page of a cnnvis run (its kind is {head.kind!r})."
        raise RunError(message, "Give the folder that `cnnvis analyze` wrote.")
    if head.version > RUN_VERSION:
        message = (
            f"{run} was written by cnnvis {head.tool} in version {head.version} of the run folder; "
            f"this cnnvis reads versions up to {RUN_VERSION}."
        )
        raise RunError(message, "Upgrade with `pip install --upgrade cnnvis`.")
    # Version 1 is the first: an upgrade function per older version will stand here.
    return read_json(run / RUN_FILE, RunFile)
