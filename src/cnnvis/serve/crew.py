"""How many requests are answered at once, and for how long: a few threads for the work, seats for those who wait."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from cnnvis.serve.problems import CrowdedError

Result = TypeVar("Result")
_IDLE_SECONDS = 10.0
"""After which a thread without work ends."""


@dataclass(eq=False)
class _Job:
    work: Callable[[], Any]
    done: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop

    def do(self) -> None:
        if self.done.cancelled():  # nobody waits any more
            return
        result, error = None, None
        try:
            result = self.work()
        except Exception as raised:  # noqa: BLE001 - it is raised again where it is waited for
            error = raised
        with suppress(RuntimeError):  # the loop is closed: the server has ended meanwhile
            self.loop.call_soon_threadsafe(self._tell, result, error)

    def _tell(self, result: object, error: Exception | None) -> None:
        if self.done.done():
            return
        if error is not None:
            self.done.set_exception(error)
        else:
            self.done.set_result(result)


class Crew:
    """A few threads that do one job after the other, first come, first served.

    Daemons, so that no long computation keeps the server from ending.

    Args:
        size: Threads at most.
        waiting: Jobs that may wait for a thread.

    """

    def __init__(self, size: int, *, waiting: int) -> None:
        self._size = size
        self._waiting = waiting
        self._changed = threading.Condition()
        # All of these change under the condition's lock alone.
        self._jobs: deque[_Job] = deque()
        self._threads = 0
        self._idle = 0

    async def do(self, work: Callable[[], Result], *, seconds: float) -> Result:
        """Return what comes of a job, or raise what it raises.

        Raises:
            CrowdedError: Too many jobs are waiting, or it takes longer than these seconds. A job that has begun goes on
                then, since a thread cannot be stopped, and keeps its place among the threads.

        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.create_future()
        self._take_on(_Job(work, done, loop))
        try:
            return await asyncio.wait_for(done, seconds)
        except asyncio.TimeoutError:
            message = f"This takes longer than {seconds:g} seconds."
            raise CrowdedError(message, "Try again in a moment: what is being composed is kept.") from None

    def _take_on(self, job: _Job) -> None:
        with self._changed:
            if len(self._jobs) >= self._waiting:
                raise CrowdedError("The server has too much to do.", "Try again in a moment.")
            self._jobs.append(job)
            if self._idle >= len(self._jobs):
                self._changed.notify()
            elif self._threads < self._size:
                self._threads += 1
                threading.Thread(target=self._labour, daemon=True, name="cnnvis answers").start()

    def _labour(self) -> None:
        while (job := self._next()) is not None:
            job.do()

    def _next(self) -> _Job | None:
        """Return the next job; None when the thread has been idle for long, and is to end."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._jobs, timeout=_IDLE_SECONDS)
            self._idle -= 1
            if self._jobs:
                return self._jobs.popleft()
            self._threads -= 1
            return None


class Seats:
    """Places for requests that wait for something to happen; they cost no thread, but connections are not endless.

    Args:
        count: Requests that may wait at a time.

    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._taken = 0
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @contextmanager
    def taken(self) -> Generator[None]:
        """Hold a seat; CrowdedError when none is free."""
        with self._lock:
            if self._taken >= self._count:
                raise CrowdedError("Too many pages wait for news of this server.", "Close some of them.")
            self._taken += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken -= 1

    def close(self) -> None:
        """Tell all who wait that the server ends."""
        self._closed.set()

    async def pause(self, seconds: float, *, until: float) -> bool:
        """Wait a moment; False when it is time to answer: the server ends, or ``until`` has come.

        Args:
            seconds: How long.
            until: Time of the monotonic clock.

        """
        await asyncio.sleep(min(seconds, max(0.0, until - time.monotonic())))
        return not self._closed.is_set() and time.monotonic() < until
