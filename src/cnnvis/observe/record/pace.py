"""When to look: which steps are measured and after which a snapshot is taken, within a share of the run's time."""

from collections import deque
from dataclasses import dataclass
from statistics import median

EARLY = 5
"""Steps measured at the start, whatever they cost: much is decided there."""
GROWTH = 1.5
"""Each snapshot is due when the steps have grown by this factor: dense early, sparse later."""
_REMEMBERED = 31
_LONGEST = 1 << 16


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
    """Chooses the measured steps: the first few, then the multiples of a stride that keeps within the budget.

    Args:
        share: Part of the run's time that measuring may take.
        every: Measure the multiples of this, whatever it costs: then the choice depends on nothing but the step.

    """

    def __init__(self, share: float, every: int | None = None) -> None:
        self.share = share
        self.every = every
        self.stride = every or 1
        self.measured = 0
        self._plain: deque[float] = deque(maxlen=_REMEMBERED)
        self._looking: deque[float] = deque(maxlen=_REMEMBERED)
        self._own: deque[float] = deque(maxlen=_REMEMBERED)
        self._spent = 0.0

    def wanted(self, step: int, elapsed: float) -> bool:
        """Whether to measure this step (1 is the first)."""
        if self.every is not None:
            return step % self.every == 0 or step == 1
        if step <= EARLY:
            return True
        # Some steps must be left alone, or nothing is known about what looking costs.
        if len(self._plain) < 3 or step % self.stride:
            return False
        return self._spent + self.expected <= self.share * elapsed

    def note(self, *, measured: bool, seconds: float, own: float) -> None:
        """Take down a step: its time outside the recorder's own code, and in it."""
        if not measured:
            self._plain.append(seconds)
            return
        self.measured += 1
        self._looking.append(seconds)
        self._own.append(own)
        self._spent += own
        if self.every is None and self.measured >= EARLY:
            self.stride = self._affordable()

    @property
    def indirect(self) -> float:
        """Seconds by which a measured step is slower outside the recorder's own code: hooks that torch calls."""
        if len(self._plain) < 3 or not self._looking:
            return 0.0
        return max(0.0, median(self._looking) - median(self._plain))

    @property
    def expected(self) -> float:
        """Seconds that measuring a step is expected to cost."""
        return (median(self._own) if self._own else 0.0) + self.indirect

    def _affordable(self) -> int:
        """Return the least power of two of steps over which the expected cost is within the share."""
        step = median(self._plain) if self._plain else min(self._looking)
        stride = 1
        while stride < _LONGEST and self.expected > self.share * (stride * step + self.expected):
            stride *= 2
        return stride


class SnapshotSchedule:
    """Says after which steps a snapshot is due.

    Args:
        share: Part of the run's time that snapshots may take; None: as many as are due.
        steps: Exactly after these steps, whatever it costs; None: after each growth of the steps by half.

    """

    def __init__(self, share: float | None, steps: frozenset[int] | None = None) -> None:
        self.share = share
        self.steps = steps
        self.spent = 0.0
        self.taken = 0
        self._last = 0.0
        self._next = 1

    def due(self, step: int, elapsed: float) -> bool:
        """Whether to take one now; the one at the end is reckoned with."""
        if self.steps is not None:
            return step in self.steps
        if step < self._next:
            return False
        return self.share is None or self.spent + 2 * self._last <= self.share * elapsed

    def note(self, step: int, seconds: float) -> None:
        """Take down a snapshot and what it cost."""
        self.spent += seconds
        self._last = seconds
        self.taken += 1
        self._next = max(step + 1, int(step * GROWTH) + 1)
