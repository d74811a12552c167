"""Regions: small branches of the tree, in its order."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import leaves_list, linkage

from cnnvis.analysis.pack.regions import FEW_TILES, MOST_TILES, ranked_regions, regions


@given(seed=st.integers(0, 500), leaves=st.integers(1, 80), method=st.sampled_from(["ward", "single", "average"]))
def test_regions_are_runs_of_the_trees_order_and_not_too_large(seed: int, leaves: int, method: str) -> None:
    rows = np.random.default_rng(seed).normal(size=(leaves, 3))
    tree = linkage(rows, method) if leaves > 1 else np.zeros((0, 4))
    found = regions(tree)
    expected = leaves_list(tree).tolist() if leaves > 1 else [0]
    assert list(itertools.chain(*found)) == expected
    assert all(1 <= len(region) <= MOST_TILES for region in found)
    for place, region in enumerate(found):
        beside = [len(found[other]) for other in (place - 1, place + 1) if 0 <= other < len(found)]
        if len(region) < FEW_TILES and beside:
            assert len(region) + min(beside) > MOST_TILES, "small ones join a neighbour where there is room"


@given(seed=st.integers(0, 200), leaves=st.integers(16, 60))
def test_branches_that_fit_stay_in_one_region(seed: int, leaves: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(leaves, 3))
    tree = linkage(rows, "ward")
    below = [{leaf} for leaf in range(leaves)]
    for merge in tree:
        below.append(below[int(merge[0])] | below[int(merge[1])])
    found = [set(region) for region in regions(tree)]
    for branch in below:
        if len(branch) <= MOST_TILES:
            assert sum(bool(branch & region) for region in found) == 1


def test_ranking_is_cut_into_equal_runs() -> None:
    found = ranked_regions(np.arange(40)[::-1])
    assert [len(region) for region in found] == [14, 13, 13]
    assert list(itertools.chain(*found)) == list(range(39, -1, -1))
    assert ranked_regions(np.zeros(0, dtype=np.int64)) == []
