"""Which of its best patches each neuron's tile shows, so that the tiles of a cluster show different images."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

from cnnvis.compose.patches import Bounds, Patch, PatchFinder
from cnnvis.schema.scene import LayerScene
from cnnvis.schema.statistics import UnitStatistics

NEARLY = 0.9
"""A patch may stand for a neuron when its value is at least this share of the best."""


@dataclass(frozen=True)
class Shown:
    """A neuron's patch that its tile shows."""

    patch: Patch
    rank: int
    """1 for the best of its patches."""


def shown_patches(
    finder: PatchFinder, statistics: UnitStatistics, clusters: Sequence[Sequence[int]]
) -> tuple[Shown | None, ...]:
    """Return what each neuron of a layer shows; None where no patch of it was kept.

    As many neurons of a cluster as possible show an image that no other one of it shows, each among those of its best
    nine patches that reach nine tenths of the best value; better patches come first. The others then take the patch
    that overlaps the fewest of the cluster, of the image shown least often.

    Args:
        finder: The layer's patches.
        statistics: The layer's statistics.
        clusters: Neurons of each cluster; together all of the layer.

    """
    found: list[Shown | None] = [None] * len(statistics.mean)
    for members in clusters:
        candidates = {neuron: _candidates(finder, statistics, neuron) for neuron in members}
        for neuron, shown in _spread({neuron: some for neuron, some in candidates.items() if some}).items():
            found[neuron] = shown
    return tuple(found)


def patches_of(finder: PatchFinder, statistics: UnitStatistics, layer: LayerScene) -> tuple[Patch | None, ...]:
    """Return the patch that each neuron of a layer shows in a scene."""
    found: list[Patch | None] = [None] * len(statistics.mean)
    for cluster in layer.clusters:
        for neuron, rank in zip(cluster.neurons, cluster.ranks, strict=True):
            if rank is not None:
                at = (statistics.top_sample, statistics.top_y, statistics.top_x)
                sample, y, x = (int(one[neuron, rank - 1]) for one in at)
                found[neuron] = finder.patch(sample, y, x)
    return tuple(found)


def _candidates(finder: PatchFinder, statistics: UnitStatistics, neuron: int) -> list[Shown]:
    kept = finder.stored(statistics, neuron)
    if not kept:
        return []
    values = statistics.top_value[neuron]
    least = NEARLY * float(values[kept[0][0]])
    near = [Shown(patch, place + 1) for place, patch in kept if float(values[place]) >= least]
    # Of values at or below 0 nine tenths are more than the whole.
    return near or [Shown(kept[0][1], kept[0][0] + 1)]


def _spread(candidates: dict[int, list[Shown]]) -> dict[int, Shown]:
    """Choose for each neuron among its candidates, best first."""
    chosen = _matched(candidates)
    used = Counter(shown.patch.sample for shown in chosen.values())
    for neuron, some in candidates.items():
        if neuron in chosen:
            continue
        there = [shown.patch for shown in chosen.values()]
        best = min(some, key=lambda one: (_overlaps(one.patch, there), used[one.patch.sample], one.rank))
        chosen[neuron] = best
        used[best.patch.sample] += 1
    return chosen


def _matched(candidates: dict[int, list[Shown]]) -> dict[int, Shown]:
    """Give as many neurons as possible an image of their own (augmenting paths, Berge 1957)."""
    chosen: dict[int, Shown] = {}
    holder: dict[int, int] = {}
    for start in candidates:
        # Who would have to give up which image for whom, nearest first.
        came: dict[int, tuple[int, Shown]] = {}
        waiting = deque([start])
        free: int | None = None
        while waiting and free is None:
            neuron = waiting.popleft()
            for shown in candidates[neuron]:
                sample = shown.patch.sample
                if sample in came:
                    continue
                came[sample] = neuron, shown
                if sample not in holder:
                    free = sample
                    break
                waiting.append(holder[sample])
        while free is not None:
            neuron, shown = came[free]
            before = chosen[neuron].patch.sample if neuron in chosen else None
            chosen[neuron], holder[free] = shown, neuron
            free = before if neuron != start else None
    return chosen


def _overlaps(patch: Patch, others: Sequence[Patch]) -> int:
    return sum(other.sample == patch.sample and _share(other.box, patch.box) for other in others)


def _share(one: Bounds, other: Bounds) -> bool:
    across = min(one[2], other[2]) > max(one[0], other[0])
    return across and min(one[3], other[3]) > max(one[1], other[1])
