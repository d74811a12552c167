"""`cnnvis snapshot RUN`: ask the training that is being recorded, in another process, for a snapshot now."""

import time
from argparse import Namespace
from pathlib import Path
from typing import cast

from cnnvis.cli.console import Console
from cnnvis.schema.errors import RunError
from cnnvis.store.reader import read_run
from cnnvis.store.recording import request_snapshot, withdraw_request

LOOKS = 0.2
"""Seconds between two looks whether it is there."""


def run(options: Namespace, console: Console) -> int:
    """Ask, and wait until the snapshot is there.

    Raises:
        CnnvisError: Nothing is being recorded there, or no snapshot came in time.

    """
    opened = read_run(cast("Path", options.run))
    before = set(opened.steps)
    request_snapshot(opened)
    until = time.monotonic() + cast("int", options.wait)
    while time.monotonic() < until:
        fresh = sorted(set(opened.steps) - before)
        if fresh:
            console.line(f"{opened.path.name}: snapshot of step {fresh[-1]:,}")
            return 0
        time.sleep(LOOKS)
    withdraw_request(opened)
    message = f"No snapshot came in {options.wait} s: {opened.path} is perhaps no longer being trained."
    raise RunError(message, "Give steps that take longer more time with --wait.")
