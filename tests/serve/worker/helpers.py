"""A worker without a network: what it does is said by the number of images that a job names."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from cnnvis.schema.worker import AblateJob, ClusterNeurons, WorkerState
from cnnvis.serve.worker import Worker

FINE, REFUSED, BROKEN, DEAD, LONG, DEAF, CHATTY, HALF_WAY = range(1, 9)
_PROGRAM = """
import os, sys, time
from cnnvis.schema.errors import ModelError
from cnnvis.schema.worker import AblateResult
from cnnvis.serve.worker.channel import Channel, claim_streams

def work(ask, tell):
    kind = ask.job.images
    tell(1, 2, f"step {ask.step} of {ask.run}")
    if kind == 2:
        raise ModelError("The model is wrong.", "Give another.")
    if kind == 3:
        raise ZeroDivisionError("their own code\\nsecond line")
    if kind == 4:
        print("all is lost", file=sys.stderr, flush=True)
        os._exit(3)
    while kind == 5:
        time.sleep(0.02)
        tell(1, 2, "going on")
    tell(0, 8, "beginning") if kind == 8 else None
    while kind == 8:
        time.sleep(0.1)
        tell(2, 8, "half way")
    while kind == 6:
        time.sleep(0.1)
    if kind == 7:
        print("a model that prints")
        assert sys.stdin.read() == ""
    return AblateResult(images=os.getpid(), drops=(1.5,), logit_drops=None, accuracy=None, accuracy_after=None,
                        classes=(), fill="zero")

Channel(*claim_streams()).serve(work)
"""


def fake_worker(folder: Path, *, grace: float = 10.0) -> Worker:
    """Return a worker that runs the program above."""
    file = folder / "fake_worker.py"
    file.write_text(_PROGRAM)
    return Worker([sys.executable, str(file)], grace=grace)


def job(kind: int) -> AblateJob:
    """Return a job of this kind."""
    return AblateJob(removed=ClusterNeurons("relu", (0,)), images=kind)


def until(
    state: Callable[[], WorkerState], wanted: Callable[[WorkerState], bool], seconds: float = 60.0
) -> WorkerState:
    """Ask for the state until it is as wanted."""
    end = time.monotonic() + seconds
    while not wanted(found := state()):
        assert time.monotonic() < end, found
        time.sleep(0.02)
    return found


def finished(state: WorkerState) -> bool:
    """Whether the job is over."""
    return state.status not in {"idle", "working"}
