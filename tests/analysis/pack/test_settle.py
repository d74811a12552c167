"""Settling a packing: what fits stays, only concerned regions are packed again, and the result is sound."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage

from cnnvis.analysis.pack import Packing, moved, pack_hierarchy
from cnnvis.analysis.pack.settle import settled
from tests.analysis.pack.checks import check_is_sound, fill_in_shape

COUNT = 60


@pytest.fixture
def packing() -> Packing:
    rng = np.random.default_rng(0)
    return pack_hierarchy(rng.gamma(3.0, 1.0, COUNT), linkage(rng.normal(size=(COUNT, 4)), "ward"), reference=2.7)


def test_tiles_that_shrink_or_go_leave_gaps_and_nothing_moves(packing: Packing) -> None:
    side = packing.side.copy()
    side[5] = 24
    found = settled(packing, np.arange(COUNT), side, list(range(COUNT)), least=0.8)
    assert found is not None
    others = np.arange(COUNT) != 5
    np.testing.assert_array_equal(found.x[others], packing.x[others])
    np.testing.assert_array_equal(found.y[others], packing.y[others])
    assert not moved(packing, found, np.arange(COUNT))[5]
    kept = np.delete(np.arange(COUNT), 7)
    found = settled(packing, kept, packing.side[kept], kept.tolist(), least=0.8)
    assert found is not None
    np.testing.assert_array_equal(found.x, packing.x[kept])


@pytest.mark.parametrize("neuron", range(0, COUNT, 7))
def test_a_larger_tile_moves_only_some(packing: Packing, neuron: int) -> None:
    side = packing.side.copy()
    side[neuron] = min(96, side[neuron] + 12)
    found = settled(packing, np.arange(COUNT), side, list(range(COUNT)), least=0.8)
    assert found is not None
    check_is_sound(found)
    assert fill_in_shape(found) >= 0.8
    assert found.side[neuron] == side[neuron]
    assert packing.region is not None
    np.testing.assert_array_equal(found.region, packing.region)
    assert moved(packing, found, np.arange(COUNT)).mean() <= 0.25


def test_a_new_tile_joins_the_region_of_its_relative(packing: Packing) -> None:
    kept = np.append(np.arange(COUNT), -1)
    found = settled(packing, kept, np.append(packing.side, 48), [*range(COUNT), 3], least=0.8)
    assert found is not None
    check_is_sound(found)
    assert found.region is not None
    assert packing.region is not None
    assert found.region[-1] == packing.region[3]
    assert not moved(packing, found, kept)[-1], "a new tile was nowhere before"


def test_none_where_it_would_be_too_loose(packing: Packing) -> None:
    side = np.full(COUNT, 24)
    assert settled(packing, np.arange(COUNT), side, list(range(COUNT)), least=0.8) is None
    assert settled(packing, np.arange(COUNT), packing.side * 40, list(range(COUNT)), least=0.8) is None
