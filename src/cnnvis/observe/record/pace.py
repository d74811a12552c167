"""When to look: which steps are measured and after which a snapshot is taken, within a share of the run's time.

Some looks are taken whatever they cost, at steps that grow by a factor: wherever a training stops, it was looked at
not long before, and a whole training costs only a few dozen of them. The budget pays for all others.
"""

import math
from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import Literal

EARLY = 5
"""Steps measured at the start, whatever they cost: much is decided there."""
MEASURED_GROWTH = 1.25
"""From one measured step to the next the number of steps grows by this factor at most: the last one lies in the last
fifth of a training, wherever it stops."""
SPARSE = 500
"""Measured steps lie at least a part of so many of all steps apart: a long series stays small enough to be read."""
SNAPSHOT_GROWTH = 1.5
"""Each snapshot is due when the steps have grown by this factor: dense early, sparse later."""
FORCED_GROWTH = 4.0
"""When they have grown by this factor, a snapshot on few images is taken whatever it costs."""
_REMEMBERED = 31
_FEWEST_PLAIN = 3
"""Steps that must be left alone, or nothing is known about what looking costs."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What recording has cost so far."""

    seconds: float
    """Time that recording took."""
    elapsed: float
    """Time since the recording began, recording included."""
    steps: int
    measured: int
    """Steps in which the layers were measured."""
    snapshots: int

    @property
    def share(self) -> float:
        """Recording's share of the run's time."""
        return self.seconds / self.elapsed if self.elapsed > 0 else 0.0

    def __str__(self) -> str:
        """Say it in a line."""
        return (
            f"Recorded {self.steps} steps, {self.measured} of them layer by layer, with {self.snapshots} snapshots: "
            f"{self.seconds:.1f} s of {self.elapsed:.1f} s ({100 * self.share:.1f} %)."
        )


class Pace:
    """Chooses the measured steps; each is known before the one in front of it runs, so that processes can agree.

    Args:
        share: Part of the run's time that the series may take.
        every: Measure the multiples of this, whatever it costs: then the choice depends on nothing but the step.

    """

    def __init__(self, share: float, every: int | None = None) -> None:
        self.share = share
        self.every = every
        self.next = 1
        """The next step to measure, unless it is a fixed choice."""
        self.measured = 0
        self.spent = 0.0
        """Seconds that the series has taken so far."""
        self._base = 0
        self._plain: deque[float] = deque(maxlen=_REMEMBERED)
        self._looking: deque[float] = deque(maxlen=_REMEMBERED)
        self._own: deque[float] = deque(maxlen=_REMEMBERED)

    def wanted(self, step: int) -> bool:
        """Whether to measure this step (1 is the first)."""
        if self.every is not None:
            return step % self.every == 0 or step == 1
        return step == self.next

    def restart(self, step: int) -> None:
        """Begin at this step as if it were the first: only from here on single layers can be measured."""
        self.next, self._base = step, step - 1

    def following(self, elapsed: float) -> int:
        """Return the step to measure after the next one, chosen before that one has run.

        Args:
            elapsed: Seconds since the recording began.

        """
        step = self.next
        since = step - self._base
        if since < EARLY:
            return step + 1
        latest = max(step + 1, self._base + int(since * MEASURED_GROWTH))
        if len(self._plain) < _FEWEST_PLAIN:
            return latest
        typical = median(self._plain)
        # The one that is about to run has to be paid for as well.
        missing = (self.spent + 2 * self.expected) / self.share - elapsed
        wait = math.ceil(missing / typical) if typical > 0 else latest
        return min(latest, max(step + 1, step + since // SPARSE, step + wait))

    def note(self, *, measured: bool, seconds: float, own: float) -> None:
        """Take down a step: its time outside the recorder's own code, and in it."""
        self.spent += own
        if not measured:
            self._plain.append(seconds)
            return
        self.spent += self.indirect
        self.measured += 1
        self._looking.append(seconds)
        self._own.append(own)

    @property
    def indirect(self) -> float:
        """Seconds by which a measured step is slower outside the recorder's own code: hooks that torch calls."""
        if len(self._plain) < _FEWEST_PLAIN or not self._looking:
            return 0.0
        return max(0.0, median(self._looking) - median(self._plain))

    @property
    def expected(self) -> float:
        """Seconds that measuring a step is expected to cost."""
        return (median(self._own) if self._own else 0.0) + self.indirect


Size = Literal["", "few", "all"]
"""What a snapshot is taken on: nothing now, a few of the probe images, or all."""


class SnapshotSchedule:
    """Says after which steps a snapshot is due, and on how many of the probe images.

    Args:
        share: Part of the run's time that snapshots may take; None: as many as are due, on all images.
        steps: Exactly after these steps, whatever it costs; None: after each growth of the steps by half.

    """

    def __init__(self, share: float | None, steps: frozenset[int] | None = None) -> None:
        self.share = share
        self.steps = steps
        self.few = 1.0
        """Share of the probe images that a small snapshot is taken on."""
        self.spent = 0.0
        self.taken = 0
        self._whole, self._known = 0.0, False
        """Seconds that one on all images is expected to take, and whether one was taken."""
        self._next = self._forced = 1

    def due(self, step: int, elapsed: float) -> Size:
        """Return what to take now; the one at the end is reckoned with."""
        if self.steps is not None:
            return "all" if step in self.steps else ""
        if step < self._next:
            return ""
        if self.share is None or self.affordable(self._whole, elapsed):
            return "all"
        small = self.affordable(self.few * self._whole, elapsed) or step >= self._forced
        return "few" if small else ""

    def affordable(self, seconds: float, elapsed: float) -> bool:
        """Whether so much more is within the share, with the one at the end still to come."""
        return self.share is None or self.spent + seconds + self._whole <= self.share * elapsed

    def note(self, step: int, seconds: float, *, whole: bool = True) -> None:
        """Take down a snapshot and what it cost."""
        self.spent += seconds
        if whole:
            self._whole, self._known = seconds, True
        elif not self._known:
            self._whole = max(self._whole, seconds / self.few)  # too much: part of it does not depend on the images
        self.taken += 1
        self._next = max(step + 1, int(step * SNAPSHOT_GROWTH) + 1)
        self._forced = max(step + 1, int(step * FORCED_GROWTH))
