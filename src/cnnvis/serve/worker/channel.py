"""The worker's side of the pipe: orders as JSON lines on the way in, reports as JSON lines on the way out."""

import math
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import BinaryIO

import msgspec

from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.typed import decode_json
from cnnvis.schema.worker import Ask, Cancel, Cancelled, Done, Failed, JobResult, Order, Progress, Report

Tell = Callable[[int, int, str], None]
Work = Callable[[Ask, Tell], JobResult]
_PAUSE = 0.1
"""Seconds between two reports of progress."""


class StoppedError(Exception):
    """The job was cancelled; raised where it tells how far it is."""


def claim_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return this process's standard input and output for the channel alone.

    What the user's own code prints from then on goes to the standard error, and it reads nothing.
    """
    orders, reports = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor is wanted
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return orders, reports


class Channel:
    """Takes one order after the other and reports what comes of it.

    Args:
        orders: Where orders come from. When it ends, so does this process: the server is gone.
        reports: Where reports go.
        ended: What to do then.

    """

    def __init__(self, orders: BinaryIO, reports: BinaryIO, *, ended: Callable[[], None] | None = None) -> None:
        self._orders = orders
        self._reports = reports
        self._ended = ended or _leave
        self._asked: SimpleQueue[Ask | None] = SimpleQueue()
        self._stop = threading.Event()
        self._told = -math.inf

    def serve(self, work: Work) -> None:
        """Do what is asked for until the orders end; nothing that a job raises ends this."""
        threading.Thread(target=self._listen, daemon=True).start()
        while (ask := self._asked.get()) is not None:
            self._report(self._outcome(ask, work))

    def _listen(self) -> None:
        for line in self._orders:
            order = decode_json(line, Order)
            if isinstance(order, Cancel):
                self._stop.set()
            else:
                self._stop.clear()
                self._asked.put(order)
        self._asked.put(None)
        self._ended()

    def _outcome(self, ask: Ask, work: Work) -> Report:
        self._told = -math.inf  # the first word of a job is always reported
        try:
            return Done(work(ask, self._tell))
        except StoppedError:
            return Cancelled()
        except CnnvisError as error:
            return Failed(error.message, error.remedy)
        except Exception as error:  # noqa: BLE001 - the user's own code runs here and may raise anything
            reason = (str(error).strip().splitlines() or [""])[0]
            return Failed(f"The model's or the data's own code failed: {type(error).__name__}: {reason}".rstrip(": "))

    def _tell(self, done: int, total: int, words: str) -> None:
        """Report progress, not too often, and end the job when it was cancelled."""
        if self._stop.is_set():
            raise StoppedError
        now = time.monotonic()
        if now - self._told >= _PAUSE:
            self._told = now
            self._report(Progress(done, total, words))

    def _report(self, report: Report) -> None:
        with suppress(BrokenPipeError):  # the server is gone, which the orders will tell
            self._reports.write(msgspec.json.encode(report) + b"\n")
            self._reports.flush()


def _leave() -> None:
    # At once, also in the middle of a long computation: nobody is left to hear of it.
    os._exit(0)
