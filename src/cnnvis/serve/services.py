"""What the addresses of one server share."""

import math
import os
import threading
import time
from dataclasses import dataclass, field

from cnnvis.serve.crew import Crew, Seats
from cnnvis.serve.given import GivenSets
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.worker.process import Worker

LOOK_EVERY = 0.2
"""Seconds between two looks for a new edit, while somebody waits for one."""
MOST_WAITING = 64
LONGEST_WAIT = 25.0
"""Seconds after which who waits is answered all the same: proxies end requests that take longer."""


class Revisions:
    """The newest edit of each run: one look at the disk serves all who wait for the next.

    Args:
        shelf: The runs.
        every: Seconds that a look is good for.

    """

    def __init__(self, shelf: RunShelf, *, every: float = LOOK_EVERY) -> None:
        self._shelf = shelf
        self._every = every
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[float, int]] = {}

    def newest(self, run: str) -> int:
        """Return the revision of a run's newest edit, as it was a moment ago at most."""
        studio, now = self._shelf.studio(run), time.monotonic()
        with self._lock:
            looked, revision = self._seen.get(run, (-math.inf, 0))
        if now - looked >= self._every / 2:
            # Outside of the lock: another process may hold this run's file, but not the other runs'.
            revision = studio.edits.revision()
            with self._lock:
                self._seen[run] = (now, revision)
        return revision


@dataclass(frozen=True, eq=False)
class Services:
    """The runs, and what can be done with them.

    Args:
        shelf: The runs.
        worker: The process with the network.
        read_only: Whether the server only shows its runs.

    """

    shelf: RunShelf
    worker: Worker
    read_only: bool = False
    quick: Crew = field(default_factory=lambda: Crew(32, waiting=512))
    """For what is read and sent."""
    slow: Crew = field(default_factory=lambda: Crew(max(4, os.cpu_count() or 1), waiting=128))
    """For what is computed: images and lists come meanwhile."""
    watchers: Crew = field(default_factory=lambda: Crew(4, waiting=MOST_WAITING))
    """For looking whether something has happened: where that is held up, it holds up nothing else."""
    judges: Crew = field(default_factory=lambda: Crew(4, waiting=MOST_WAITING))
    """The same for trainings, which are judged by what is new of them."""
    seats: Seats = field(default_factory=lambda: Seats(MOST_WAITING))
    """For those who wait for something to happen."""
    given: GivenSets = field(default_factory=GivenSets)
    """Images that people gave, with what the network made of them."""
    revisions: Revisions = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "revisions", Revisions(self.shelf))
