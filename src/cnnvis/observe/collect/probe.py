"""The probe set: images chosen by hash of their id, alike in every split and order of the data (design: probe set)."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float16, Int, UInt64


def sample_hash(samples: Int[np.ndarray, " images"]) -> UInt64[np.ndarray, " images"]:
    """Return splitmix64 of each sample id: a fixed random order of the images."""
    with np.errstate(over="ignore"):
        state = samples.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@dataclass(frozen=True, eq=False)
class Probe:
    """The images with the lowest hashes of each class, ordered by label, then hash."""

    samples: Int[np.ndarray, " images"]
    labels: Int[np.ndarray, " images"]
    predictions: Int[np.ndarray, " images"]
    means: Float16[np.ndarray, "images neurons"]

    @staticmethod
    def empty(neurons: int) -> "Probe":
        """Return a probe set without images."""
        none = np.zeros(0, np.int64)
        return Probe(none, none, none, np.zeros((0, neurons), np.float16))


@dataclass(frozen=True)
class ProbePlan:
    """How many images each class may have: the same for every part of the data."""

    images: int
    classes: int

    def quota(self, label: int) -> int:
        """Return the images that a class may have; images without a label may take all places."""
        if label < 0:
            return self.images
        return max(1, self.images // max(1, self.classes)) if self.images else 0


def merge_probe(plan: ProbePlan, *parts: Probe) -> Probe:
    """Return the lowest hashes per class of all parts; commutative and associative to the last bit."""
    samples = np.concatenate([part.samples for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    order = np.lexsort((samples, sample_hash(samples), labels))
    ordered = labels[order]
    present, starts = np.unique(ordered, return_index=True)
    rank = np.arange(len(order)) - np.repeat(starts, np.diff([*starts, len(order)]))
    quotas = np.array([plan.quota(int(label)) for label in present], np.int64)
    keep = order[rank < np.repeat(quotas, np.diff([*starts, len(order)]))]
    return Probe(
        samples[keep],
        labels[keep],
        np.concatenate([part.predictions for part in parts])[keep],
        np.concatenate([part.means for part in parts])[keep],
    )


class ProbeKeeper:
    """Takes images batch by batch and keeps those that may still be chosen."""

    COMPACT = 1024
    """Images to gather before the losers are dropped: bounds memory, and keeps sorting off most batches."""

    def __init__(self, plan: ProbePlan, start: Probe) -> None:
        self.plan = plan
        self._best = start
        self._waiting: list[Probe] = []
        self._count = 0
        self._limit: dict[int, np.uint64] = {}

    def candidates(
        self, samples: Int[np.ndarray, " images"], labels: Int[np.ndarray, " images"]
    ) -> Int[np.ndarray, " chosen"]:
        """Return the positions of the images that may still be chosen."""
        if not self.plan.images:
            return np.zeros(0, np.int64)
        hashes = sample_hash(samples)
        if not self._limit:
            return np.arange(len(samples))
        top = np.uint64(np.iinfo(np.uint64).max)
        limits = np.array([self._limit.get(int(label), top) for label in labels], np.uint64)
        return np.flatnonzero(hashes <= limits)

    def add(
        self,
        samples: Int[np.ndarray, " images"],
        labels: Int[np.ndarray, " images"],
        predictions: Int[np.ndarray, " images"],
        means: Float[np.ndarray, "images neurons"],
    ) -> None:
        """Let these images compete for places."""
        largest = float(np.finfo(np.float16).max)
        half = np.clip(np.nan_to_num(means, nan=0.0), -largest, largest).astype(np.float16)
        self._waiting.append(Probe(samples, labels, predictions, half))
        self._count += len(samples)
        if self._count >= self.COMPACT:
            self.result()

    def result(self) -> Probe:
        """Return the best so far."""
        if self._waiting:
            self._best = merge_probe(self.plan, self._best, *self._waiting)
            self._waiting, self._count = [], 0
            labels, starts, counts = np.unique(self._best.labels, return_index=True, return_counts=True)
            hashes = sample_hash(self._best.samples)
            self._limit = {
                int(label): np.uint64(hashes[start + count - 1])
                for label, start, count in zip(labels, starts, counts, strict=True)
                if count >= self.plan.quota(int(label))
            }
        return self._best
