"""When the state of a pass is saved: soon, so that a killed process loses little, and never at a price that is felt."""

from collections.abc import Generator
from contextlib import contextmanager
from time import perf_counter

FIRST_SECONDS = 3.0
MOST_SECONDS = 60.0
GROWTH = 2.0
SHARE = 0.01
"""Most of the time that saving may take: large sums on a slow disk are saved more rarely."""


class SavePlan:
    """Times from one save to the next: a few seconds, then twice as long each time, up to a minute."""

    def __init__(self) -> None:
        self._wait = FIRST_SECONDS
        self._since = perf_counter()

    def due(self) -> bool:
        """Say whether it is time to save."""
        return perf_counter() - self._since >= self._wait

    @contextmanager
    def saving(self) -> Generator[None]:
        """Measure a save, and plan the next one."""
        started = perf_counter()
        yield
        self._since = perf_counter()
        self._wait = next_wait(self._wait, self._since - started)


def next_wait(wait: float, cost: float) -> float:
    """Return how long to wait after a save that took ``cost`` seconds and was waited for so long."""
    return max(min(GROWTH * wait, MOST_SECONDS), cost / SHARE)
