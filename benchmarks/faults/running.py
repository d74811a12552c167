"""Trains and judges many trials, several at a time."""

import os
import tempfile
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import process_time

from faults.judging import Verdict, judge
from faults.setup import Trial
from faults.training import run

FINISHED = '"name":"finished"'


def verdicts(trials: Sequence[Trial], *, keep: Path | None = None, jobs: int = 1) -> list[Verdict]:
    """Train and judge; recordings that are in the folder to keep are judged without training again."""
    with tempfile.TemporaryDirectory() as spare:
        work = partial(_one, folder=keep or Path(spare))
        if jobs == 1:
            return [work(trial) for trial in trials]
        # Fresh processes: a forked one would share torch's threads.
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            return list(pool.map(work, trials))


def _one(trial: Trial, *, folder: Path) -> Verdict:
    warnings.simplefilter("ignore")  # trainings that are meant to fail do so with warnings
    to, seconds = folder / trial.name, 0.0
    series = to / "series" / "0.jsonl"
    if not series.is_file() or FINISHED not in series.read_text(encoding="utf-8"):
        begun = process_time()  # of one thread: what it takes on a processor that nobody else uses
        run(trial.setup, to)
        seconds = process_time() - begun
    return judge(trial, to, seconds=seconds)


def processors() -> int:
    """Return how many trainings to run at a time."""
    return max(1, os.cpu_count() or 1)
