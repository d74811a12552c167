"""Matrix products on one thread: the many small ones of connections take several times as long on more."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController

_TURN = threading.RLock()
"""One at a time: the number of threads is the process's, and who sets it must put it back."""


@cache
def _controller() -> ThreadpoolController:
    # Looking for the libraries takes some milliseconds: once.
    return ThreadpoolController()


@contextmanager
def on_one_thread() -> Generator[None]:
    """Compute matrix products on one thread while this is open; another caller waits until then."""
    with _TURN, _controller().limit(limits=1, user_api="blas"):
        yield
