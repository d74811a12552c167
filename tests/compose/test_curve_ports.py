"""Ports of all curves: every card's are counted once from the top, and no two curves of one bundle cross."""

import itertools
from collections.abc import Iterator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.bundle import Bundling, bundle
from cnnvis.compose.curve_ports import Box, GapPorts, curve_ports
from tests.making.clusters import pairs

Curve = tuple[tuple[int, int], int]
"""Column and cluster, and the port there."""


def bundled(seed: int, sizes: list[int]) -> dict[tuple[int, int], Bundling]:
    return {place: bundle(links.positive, links.negative) for place, links in pairs(seed, sizes).items()}


def boxes(sizes: list[int]) -> list[list[Box]]:
    return [[Box(x=float(x), y=float(y)) for y in range(size)] for x, size in enumerate(sizes)]


def sides(bundlings: dict[tuple[int, int], Bundling], found: dict[tuple[int, int], GapPorts]) -> Iterator[list[Curve]]:
    """Return the curves that leave cards, and those that enter cards."""
    leaving: list[Curve] = []
    entering: list[Curve] = []
    for (left, right), bundling in bundlings.items():
        named = found[left, right]
        for one, (begin, end) in zip(bundling.biclusters, named.bundles, strict=True):
            leaving += [((left, source), port) for source, port in zip(one.sources, begin, strict=True)]
            entering += [((right, target), port) for target, port in zip(one.targets, end, strict=True)]
        for one, (begin, end) in zip(bundling.singles, named.singles, strict=True):
            leaving.append(((left, one.source), begin))
            entering.append(((right, one.target), end))
    yield leaving
    yield entering


@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(1, 6), min_size=2, max_size=4))
def test_the_ports_of_a_card_are_counted_from_the_top(seed: int, sizes: list[int]) -> None:
    bundlings = bundled(seed, sizes)
    for curves in sides(bundlings, curve_ports(boxes(sizes), bundlings)):
        for card in {card for card, _ in curves}:
            ports = sorted(port for each, port in curves if each == card)
            assert ports == list(range(len(ports)))


@given(seed=st.integers(0, 10_000), left=st.integers(2, 6), right=st.integers(2, 6))
def test_curves_of_one_card_leave_in_the_order_of_where_they_go(seed: int, left: int, right: int) -> None:
    """Single curves between two columns have no node between them: their ends alone set their ports."""
    bundlings = bundled(seed, [left, right])
    found = curve_ports(boxes([left, right]), bundlings)[0, 1]
    singles = list(zip(bundlings[0, 1].singles, found.singles, strict=True))
    for (one, ports), (other, others) in itertools.combinations(singles, 2):
        if one.source == other.source:
            assert (one.target - other.target) * (ports[0] - others[0]) >= 0
        if one.target == other.target:
            assert (one.source - other.source) * (ports[1] - others[1]) >= 0


def test_nothing_to_draw() -> None:
    nothing = bundle(np.zeros((2, 2)), np.zeros((2, 2)))
    assert curve_ports(boxes([2, 2]), {(0, 1): nothing}) == {(0, 1): GapPorts(bundles=(), singles=())}
