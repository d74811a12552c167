"""The server's side of the pipe: starts the worker's process, hands it one job at a time, and hears what it reports."""

import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO

import msgspec

from cnnvis.schema.errors import CnnvisError, ServeError
from cnnvis.schema.typed import decode_json
from cnnvis.schema.worker import (
    Ask,
    Cancel,
    Cancelled,
    Done,
    Failed,
    Job,
    JobResult,
    Order,
    Progress,
    Report,
    WorkerState,
    WorkerStatus,
)

_LINES_KEPT = 20
_SURE_AFTER = 1.0
"""Seconds of work from which the rest is guessed."""
Keep = Callable[[JobResult], JobResult]


class BusyError(CnnvisError):
    """The worker does something else."""


class NotEnabledError(CnnvisError):
    """The server was not told where the network's code is."""


@dataclass(eq=False)
class _Job:
    """What is known of one job."""

    number: int
    keep: Keep | None
    status: WorkerStatus = "working"
    done: int = 0
    total: int = 0
    words: str = "starting"
    cancelling: bool = False
    result: JobResult | None = None
    error: str = ""
    remedy: str = ""
    began: tuple[float, int] | None = None
    """Time of the first progress, and how much was done then."""

    def left(self, now: float) -> float | None:
        """Return the seconds that it takes on, if it goes on as it did; None before that can be said."""
        if self.began is None or self.status != "working":
            return None
        since, first = self.began
        done = self.done - first
        return (self.total - self.done) * (now - since) / done if done > 0 and now - since > _SURE_AFTER else None


class Worker:
    """One process with the network, started when it is first needed, and again after it has broken.

    Args:
        command: Words of the command that runs it; None: the server was not told where the network's code is.
        grace: Seconds that a cancelled job may take to end before its process is killed: the page shows within one that
            it has ended.

    """

    def __init__(self, command: Sequence[str] | None, *, grace: float = 0.8) -> None:
        self._command = None if command is None else tuple(command)
        self._grace = grace
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: SimpleQueue[bytes] = SimpleQueue()
        self._jobs: dict[str, _Job] = {}
        self._current: _Job | None = None
        self._count = 0
        self._closed = False

    @property
    def enabled(self) -> bool:
        """Whether the server was told where the network's code is."""
        return self._command is not None

    def ask(self, identity: str, run: Path, step: int, job: Job, *, keep: Keep | None = None) -> WorkerState:
        """Begin a job for a run.

        Args:
            identity: The run's id on the server.
            run: Its folder.
            step: Which of its snapshots.
            job: What to do.
            keep: What to do with the result; returns what of it is shown.

        Raises:
            NotEnabledError: The server was not told where the network's code is.
            BusyError: Another job is not finished.
            ServeError: The process cannot be started.

        """
        with self._lock:
            if self._command is None or self._closed:
                raise NotEnabledError("This server was started without the network's code.")
            if self._current is not None:
                message = f"The worker is busy ({self._current.words})."
                raise BusyError(message, "Wait until it is done, or cancel it.")
            self._require_running()
            self._count += 1
            self._current = self._jobs[identity] = _Job(self._count, keep)
            self._send(Ask(run=str(run.absolute()), step=step, job=job))
            return self.state(identity)

    def state(self, identity: str) -> WorkerState:
        """Return how far a run's latest job is, and what came of it."""
        with self._lock:
            busy = self._current is not None
            job = self._jobs.get(identity)
            if job is None:
                return WorkerState(enabled=self.enabled, busy=busy)
            return WorkerState(
                enabled=self.enabled,
                busy=busy,
                job=job.number,
                status=job.status,
                done=job.done,
                total=job.total,
                left=job.left(time.monotonic()),
                words=job.words,
                result=job.result,
                error=job.error,
                remedy=job.remedy,
            )

    def cancel(self, identity: str) -> WorkerState:
        """End the run's job if it is at work; a process that does not listen is killed after a while."""
        with self._lock:
            job, process = self._current, self._process
            if job is not None and job is self._jobs.get(identity) and process is not None:
                job.words, job.cancelling = "being cancelled", True
                self._send(Cancel())
                timer = threading.Timer(self._grace, self._kill_if_still, (job, process))
                timer.daemon = True
                timer.start()
            return self.state(identity)

    def close(self) -> None:
        """End the process; nothing can be asked for afterwards."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
            job, self._current = self._current, None
            if job is not None:
                job.status = "cancelled"
        if process is not None:
            process.kill()
            process.wait()

    def _require_running(self) -> None:
        """Start a new process when there is none that lives."""
        if self._process is not None and self._process.poll() is None:
            return
        pipe = subprocess.PIPE
        try:
            # A session of its own: Ctrl-C in the terminal is for the server, which then ends this process.
            process = subprocess.Popen(  # noqa: S603 - the command is the user's own, from the command line
                self._command or (), stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
            )
        except OSError as error:
            message = f"The worker's process cannot be started: {error.strerror or error}."
            raise ServeError(message, "Start the server again.") from error
        self._process = process
        self._orders = SimpleQueue()
        threading.Thread(target=_pass_on, args=(process, self._orders), daemon=True).start()
        heard: deque[str] = deque(maxlen=_LINES_KEPT)
        listener = threading.Thread(target=_overhear, args=(process.stderr, heard), daemon=True)
        listener.start()
        ends = (heard, listener, self._orders)
        threading.Thread(target=self._listen, args=(process, *ends), daemon=True).start()

    def _send(self, order: Order) -> None:
        self._orders.put(msgspec.json.encode(order) + b"\n")

    def _listen(
        self,
        process: subprocess.Popen[bytes],
        heard: deque[str],
        listener: threading.Thread,
        orders: "SimpleQueue[bytes]",
    ) -> None:
        """Take reports until the process ends; a job that it leaves behind has failed."""
        for line in process.stdout or ():
            try:
                report = decode_json(line, Report)
            except msgspec.MsgspecError:
                heard.append(line.decode(errors="replace").strip())
                process.kill()
                break
            with self._lock:
                if self._process is process:
                    self._take(report)
        code = process.wait()
        orders.put(b"")  # nothing more is to be written
        listener.join(timeout=1)
        _close(process)
        with self._lock:
            if self._process is process:
                self._process = None
                if self._current is not None:
                    self._take(_ending(code, heard, cancelled=self._current.cancelling))

    def _take(self, report: Report) -> None:
        job = self._current
        if job is None:
            return
        if isinstance(report, Progress):
            job.done, job.total = report.done, report.total
            if job.began is None:
                job.began = time.monotonic(), report.done
            job.words = "being cancelled" if job.cancelling else report.words
            return
        self._current = None
        job.words = ""
        if isinstance(report, Done):
            self._finish(job, report.result)
        elif isinstance(report, Failed):
            job.status, job.error, job.remedy = "failed", report.error, report.remedy
        else:
            job.status = "cancelled"

    @staticmethod
    def _finish(job: _Job, result: JobResult) -> None:
        try:
            job.result = result if job.keep is None else job.keep(result)
        except CnnvisError as error:
            job.status, job.error, job.remedy = "failed", error.message, error.remedy
        else:
            job.status = "done"

    def _kill_if_still(self, job: _Job, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            if self._current is job:
                process.kill()


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(OSError):  # what was not yet written goes nowhere
                stream.close()


def _pass_on(process: subprocess.Popen[bytes], orders: "SimpleQueue[bytes]") -> None:
    """Write orders into the pipe; in a thread of its own, since a process that still starts takes large ones late."""
    with suppress(OSError, ValueError):  # it is dead, which the listening thread finds out and says
        while (order := orders.get()) and process.stdin is not None:
            process.stdin.write(order)
            process.stdin.flush()


def _overhear(stream: IO[bytes] | None, heard: deque[str]) -> None:
    """Keep the last lines of what the process says to people."""
    for line in stream or ():
        if text := line.decode(errors="replace").strip():
            heard.append(text)


def _ending(code: int, heard: deque[str], *, cancelled: bool) -> Report:
    """Say why a process ended in the middle of a job."""
    if cancelled:
        return Cancelled()
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    last = f" Its last words: {heard[-1]}" if heard else ""
    more = " (perhaps memory ran out)" if code == -9 else ""
    return Failed(f"The worker's process {how}{more}.{last}", "Ask again: it is then started anew.")
