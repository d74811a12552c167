"""Ports: curves with a common end never cross, so none of one bundle does."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.arrange import ports

PORT = 1e-6


def at_ports(groups: np.ndarray, ranks: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Heights of curves spread around the middles of their boxes."""
    sizes = np.bincount(groups, minlength=len(heights))
    return heights[groups] + PORT * (ranks - (sizes[groups] - 1) / 2)


@given(seed=st.integers(0, 10_000), sources=st.integers(2, 6), targets=st.integers(2, 6), nodes=st.integers(1, 4))
def test_no_two_curves_of_one_bundle_cross(seed: int, sources: int, targets: int, nodes: int) -> None:
    rng = np.random.default_rng(seed)
    heights = np.concatenate([rng.permutation(count) * 7.0 for count in (sources, targets, nodes)])
    across = np.repeat([0.0, 2.0, 1.0], [sources, targets, nodes])
    curves: list[tuple[int, int, int]] = []
    for node in range(nodes):
        place = sources + targets + node
        curves += [(int(one), place, node) for one in rng.permutation(sources)[: rng.integers(2, sources + 1)]]
        into = rng.permutation(targets)[: rng.integers(2, targets + 1)]
        curves += [(place, sources + int(one), node) for one in into]
    curves += [(int(rng.integers(sources)), sources + int(rng.integers(targets)), -1) for _ in range(6)]
    starts, ends, bundles = np.array(curves).T
    leaving, entering = ports(starts, ends, np.stack([across, heights], axis=1))
    for groups, ranks in ((starts, leaving), (ends, entering)):
        for group in set(groups.tolist()):
            assert sorted(ranks[groups == group].tolist()) == list(range((groups == group).sum()))
    above, below = at_ports(starts, leaving, heights), at_ports(ends, entering, heights)
    for one, other in itertools.combinations(range(len(curves)), 2):
        same = (starts[one] == starts[other], ends[one] == ends[other])
        within = bundles[one] == bundles[other] >= 0 and (across[starts[one]] == across[starts[other]])
        alike = across[starts[one]] == across[starts[other]] and across[ends[one]] == across[ends[other]]
        if within or (any(same) and alike):
            assert (above[one] - above[other]) * (below[one] - below[other]) >= 0


def test_rays_from_one_box_are_in_the_order_of_their_slope() -> None:
    """A node half way down and a box beyond it: the ray to the box passes above the node."""
    places = np.array([[0.0, 0.0], [1.0, 4.0], [2.0, 6.0], [2.0, 10.0]])
    leaving, entering = ports(np.array([0, 0, 0]), np.array([1, 2, 3]), places)
    assert leaving.tolist() == [1, 0, 2]
    assert entering.tolist() == [0, 0, 0]


def test_twins_keep_their_order_at_both_ends() -> None:
    leaving, entering = ports(np.array([0, 0]), np.array([1, 1]), np.array([[0.0, 0.0], [1.0, 5.0]]))
    assert leaving.tolist() == entering.tolist() == [0, 1]
