"""Let Ctrl-C stop the pass between batches, never in the middle of adding one up."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """While open, a Ctrl-C inside `shielded` waits until its end; outside it acts at once."""

    def __init__(self) -> None:
        self._shielded = False
        self._waiting = False

    @contextmanager
    def watching(self) -> Generator[None]:
        """Take over Ctrl-C; gives it back at the end. Does nothing outside the main thread, which gets no signals."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = signal.getsignal(signal.SIGINT)
        if previous is not signal.default_int_handler:  # someone else handles it already
            yield
            return
        signal.signal(signal.SIGINT, self._handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)

    @contextmanager
    def shielded(self) -> Generator[None]:
        """Hold back a Ctrl-C until the end of this block."""
        outer, self._shielded = self._shielded, True
        try:
            yield
        finally:
            self._shielded = outer
        if self._waiting and not outer:
            self._waiting = False
            raise KeyboardInterrupt

    def _handle(self, _signal: int, _frame: FrameType | None) -> None:
        if not self._shielded:
            raise KeyboardInterrupt
        self._waiting = True
