"""At which port of a card each curve leaves and enters, over all gaps together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnvis.analysis.arrange import node_places, ports
from cnnvis.analysis.bundle import Bundling

NODE_SPACING = 1.0
"""Least distance of in-between nodes, in sides of the smallest tile."""


@dataclass(frozen=True)
class Box:
    """The middle of a card: the number of its column, and its height in the column."""

    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class GapPorts:
    """Ports of what is drawn between two columns: where it leaves, where it enters."""

    bundles: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    """Per bundle the ports of its sources and of its targets."""
    singles: tuple[tuple[int, int], ...]


def curve_ports(
    boxes: Sequence[Sequence[Box]], bundlings: Mapping[tuple[int, int], Bundling]
) -> dict[tuple[int, int], GapPorts]:
    """Return the ports of all curves; those of one bundle never cross.

    Args:
        boxes: The cards of each column.
        bundlings: What is drawn, by the places of the two columns.

    """
    firsts = np.concatenate([[0], np.cumsum([len(column) for column in boxes])])
    places = [(box.x, box.y) for column in boxes for box in column]
    starts: list[int] = []
    ends: list[int] = []
    for (left, right), bundling in bundlings.items():
        nodes = range(len(places), len(places) + len(bundling.biclusters))
        places += [((left + right) / 2, y) for y in _heights(bundling, boxes[left], boxes[right])]
        for node, one in zip(nodes, bundling.biclusters, strict=True):
            starts += [int(firsts[left]) + source for source in one.sources] + [node] * len(one.targets)
            ends += [node] * len(one.sources) + [int(firsts[right]) + target for target in one.targets]
        starts += [int(firsts[left]) + one.source for one in bundling.singles]
        ends += [int(firsts[right]) + one.target for one in bundling.singles]
    if not starts:
        return {pair: GapPorts(bundles=(), singles=()) for pair in bundlings}
    found = ports(np.array(starts), np.array(ends), np.array(places))
    leaving, entering = (side.tolist() for side in found)
    return _named(bundlings, leaving, entering)


def _heights(bundling: Bundling, left: Sequence[Box], right: Sequence[Box]) -> list[float]:
    incoming = np.zeros((len(bundling.biclusters), len(left)))
    outgoing = np.zeros((len(bundling.biclusters), len(right)))
    for row, one in enumerate(bundling.biclusters):
        incoming[row, list(one.sources)] = one.source_weights
        outgoing[row, list(one.targets)] = one.target_weights
    heights = np.array([box.y for box in left]), np.array([box.y for box in right])
    return node_places(incoming, outgoing, heights=heights, spacing=NODE_SPACING).tolist()


def _named(
    bundlings: Mapping[tuple[int, int], Bundling], leaving: list[int], entering: list[int]
) -> dict[tuple[int, int], GapPorts]:
    """Hand the ports back in the order in which the curves were listed."""
    found: dict[tuple[int, int], GapPorts] = {}
    at = 0
    for pair, bundling in bundlings.items():
        bundles: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        for one in bundling.biclusters:
            middle, end = at + len(one.sources), at + len(one.sources) + len(one.targets)
            bundles.append((tuple(leaving[at:middle]), tuple(entering[middle:end])))
            at = end
        singles = tuple(zip(leaving[at : at + len(bundling.singles)], entering[at:], strict=False))
        at += len(bundling.singles)
        found[pair] = GapPorts(bundles=tuple(bundles), singles=singles[: len(bundling.singles)])
    return found
