"""What the pass looks at: which images, and which neurons' maps on them, within the limits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from cnnvis.observe.contribute.plan import choose_images
from cnnvis.observe.maps.shrink import stored_size
from cnnvis.observe.maps.typical import choose_typical
from cnnvis.schema.graph import LayerGraph, Unit
from cnnvis.schema.maps import LEAST, TYPICAL
from cnnvis.schema.statistics import NeuronStatistics, ProbeSet, UnitStatistics

ENTRY_BYTES = 36
"""What an entry takes on disk beside its map."""


@dataclass(frozen=True, kw_only=True)
class MapLimits:
    """How far the pass goes.

    Args:
        images: Images to look at, at most.
        candidates: Probe images among which the typical and the least exciting ones are looked for, at most; never
            more than half of ``images``.
        stored_bytes: What the maps may take on disk.

    """

    images: int = 2000
    candidates: int = 500
    stored_bytes: int = 64 << 20


@dataclass(eq=False)
class UnitPlan:
    """What is wanted of one unit."""

    unit: Unit
    size: tuple[int, int]
    """Height and width of a stored map."""
    neuron: Int[np.ndarray, " pairs"]
    """Neurons and images whose maps are wanted, each pair once, by neuron, then sample id."""
    sample: Int[np.ndarray, " pairs"]
    typical: Int[np.ndarray, "neurons quantiles"]
    least: int
    """Images with the lowest values to look for, per neuron."""
    alive: Int[np.ndarray, " alive"]
    """Neurons that something can be said about: all but those that never rise above 0."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """Everything that one pass is to look at."""

    units: list[UnitPlan]
    samples: Int[np.ndarray, " images"]
    """Sample ids of the images, rising."""
    candidates: Int[np.ndarray, " candidates"]
    """Those among them that may be the least exciting ones."""
    wanted: int
    """Pairs of neuron and image that would be of interest; `kept` of them are within the limits."""
    kept: int


def best_places(unit: Unit, statistics: UnitStatistics, place: int) -> Int[np.ndarray, " neurons"]:
    """Return the neurons whose top-k place of this number holds an image worth showing.

    Behind a rectifier only values above 0 say what a neuron looks for.
    """
    filled = statistics.top_sample[:, place] >= 0
    return np.flatnonzero(filled & (statistics.top_value[:, place] > 0) if unit.rectified else filled)


def choose_candidates(
    probe: ProbeSet, allowed: Int[np.ndarray, " allowed"] | None, limit: int
) -> Int[np.ndarray, " candidates"]:
    """Return rows of the probe set that typical and least exciting images may be chosen from, spread over classes."""
    rows = choose_images(probe, np.unique(probe.labels), limit if allowed is None else None)
    if allowed is not None:
        rows = rows[np.isin(probe.samples[rows], allowed)][:limit]
    return rows[np.argsort(probe.samples[rows])]


def plan_maps(
    graph: LayerGraph,
    statistics: NeuronStatistics,
    representatives: Sequence[str],
    limits: MapLimits,
    *,
    pictures: Int[np.ndarray, " images"] | None,
) -> Plan:
    """Choose images and maps: best, typical and least exciting ones of representative units, later layers first.

    Where the limits do not allow everything, each neuron keeps its best place, then the least exciting and typical
    images follow, then second-best places and so on; within each step the last layers come first.

    Args:
        graph: The layers.
        statistics: What `collect` found.
        representatives: Ids of units.
        limits: How much to look at.
        pictures: The only images of which there are pictures; None when there can be one of every image.

    """
    probe = statistics.probe
    rows = choose_candidates(probe, pictures, min(limits.candidates, limits.images // 2))
    candidates = probe.samples[rows]
    units = [graph.unit(name) for name in reversed(representatives) if name in statistics.units]
    choice = _Choice(limits, candidates)
    for unit in units:
        choice.add_unit(unit, graph, statistics, rows)
    top_k = max((statistics.units[unit.id].top_sample.shape[1] for unit in units), default=0)
    choice.take_best(statistics, 0)
    choice.take_least()
    choice.take_typical()
    for place in range(1, top_k):
        choice.take_best(statistics, place)
    return choice.plan()


class _Choice:
    """Takes pairs of neuron and image until the limits are reached."""

    def __init__(self, limits: MapLimits, candidates: Int[np.ndarray, " images"]) -> None:
        self.limits = limits
        self.candidates = candidates
        self.images = set(candidates.tolist())
        self.bytes = 0
        self.wanted = self.kept = 0
        self.plans: list[UnitPlan] = []
        self.pairs: list[set[tuple[int, int]]] = []

    def add_unit(self, unit: Unit, graph: LayerGraph, statistics: NeuronStatistics, rows: np.ndarray) -> None:
        """Get ready for a unit's neurons; ``rows`` are the candidates' places in the probe set."""
        sizes = [graph.layer(unit.id).shape[axis] for axis in graph.layer(unit.id).spatial_axes]
        size = (sizes[0], sizes[1]) if len(sizes) == 2 else (1, 1)
        silent = statistics.units[unit.id].never_active if unit.rectified else np.zeros(unit.neurons, bool)
        means = statistics.probe.means.get(unit.id)
        typical = np.full((unit.neurons, len(TYPICAL)), -1, np.int64)
        if means is not None:
            chosen = choose_typical(means, rows, TYPICAL)
            typical = np.where(chosen >= 0, statistics.probe.samples[chosen], -1)
            typical[silent] = -1
        none = np.zeros(0, np.int64)
        alive = np.flatnonzero(~silent)
        self.plans.append(UnitPlan(unit, stored_size(*size), none, none, typical, 0, alive))
        self.pairs.append(set())

    def take_best(self, statistics: NeuronStatistics, place: int) -> None:
        """Take every neuron's best place of this number."""
        for plan, pairs in zip(self.plans, self.pairs, strict=True):
            found = statistics.units[plan.unit.id]
            if place < found.top_sample.shape[1]:
                for neuron in best_places(plan.unit, found, place).tolist():
                    self._take(plan, pairs, neuron, int(found.top_sample[neuron, place]))

    def take_typical(self) -> None:
        """Take every neuron's typical images."""
        for plan, pairs in zip(self.plans, self.pairs, strict=True):
            for neuron, samples in enumerate(plan.typical.tolist()):
                for sample in samples:
                    if sample >= 0:
                        self._take(plan, pairs, neuron, sample)

    def take_least(self) -> None:
        """Make room for every neuron's least exciting images."""
        count = min(LEAST, len(self.candidates))
        for plan in self.plans:
            needed = count * len(plan.alive) * _entry_bytes(plan)
            self.wanted += count * len(plan.alive)
            if self.bytes + needed <= self.limits.stored_bytes:
                plan.least = count
                self.bytes += needed
                self.kept += count * len(plan.alive)

    def plan(self) -> Plan:
        """Return what was taken; typical images without a map are left out."""
        for plan, pairs in zip(self.plans, self.pairs, strict=True):
            ordered = np.array(sorted(pairs), np.int64).reshape(-1, 2)
            plan.neuron, plan.sample = ordered[:, 0], ordered[:, 1]
            for neuron, samples in enumerate(plan.typical.tolist()):
                plan.typical[neuron] = [sample if (neuron, sample) in pairs else -1 for sample in samples]
        samples = np.array(sorted(self.images), np.int64)
        return Plan(units=self.plans, samples=samples, candidates=self.candidates, wanted=self.wanted, kept=self.kept)

    def _take(self, plan: UnitPlan, pairs: set[tuple[int, int]], neuron: int, sample: int) -> None:
        if (neuron, sample) in pairs:
            return
        self.wanted += 1
        room = sample in self.images or len(self.images) < self.limits.images
        if room and self.bytes + _entry_bytes(plan) <= self.limits.stored_bytes:
            self.images.add(sample)
            self.bytes += _entry_bytes(plan)
            self.kept += 1
            pairs.add((neuron, sample))


def _entry_bytes(plan: UnitPlan) -> int:
    return plan.size[0] * plan.size[1] + ENTRY_BYTES
