"""A cluster's neurons in order, and its tiles without overlap, also where there is little to order."""

import numpy as np
import pytest

from cnnvis.analysis.reorder import path_length
from cnnvis.compose.importance import Importances
from cnnvis.compose.packing_scene import arrange, references

NEURONS, CLASSES = 30, 12


def layer(seed: int = 0) -> tuple[np.ndarray, Importances]:
    rng = np.random.default_rng(seed)
    kinds: Importances = {"activation": rng.lognormal(size=NEURONS), "uniform": np.ones(NEURONS)}
    kinds["contribution"] = rng.random(NEURONS)
    return rng.normal(size=(NEURONS, CLASSES)), kinds


@pytest.mark.parametrize("members", [[4], [4, 9], list(range(3, 28, 2)), list(range(NEURONS))])
def test_every_member_has_one_tile_in_every_packing(members: list[int]) -> None:
    rows, kinds = layer()
    found = arrange(np.array(members), profiles=rows, features=rows, kinds=kinds, typical=references(kinds))
    assert sorted(found.neurons.tolist()) == members
    assert [packing.importance for packing in found.packings] == ["activation", "uniform", "contribution"]
    for packing in found.packings:
        taken = np.zeros((packing.height, packing.width), np.int64)
        for x, y, side in zip(packing.x, packing.y, packing.side, strict=True):
            assert side >= packing.smallest
            taken[y : y + side, x : x + side] += 1
        assert taken.max() == 1
        assert taken.sum() == sum(side**2 for side in packing.side)
        order = np.argsort(kinds[packing.importance][found.neurons])
        assert (np.diff(np.array(packing.side)[order]) >= 0).all()


def test_alike_neurons_are_neighbours() -> None:
    rows, kinds = layer()
    members = np.arange(NEURONS)
    found = arrange(members, profiles=rows, features=rows, kinds=kinds, typical=references(kinds))
    assert path_length(rows, found.neurons) < 0.95 * path_length(rows, members)


def test_classes_without_images_do_not_count() -> None:
    rows, kinds = layer()
    holes = rows.copy()
    holes[:, [2, 5]] = np.nan
    kept = np.isfinite(holes).all(axis=0)
    typical = references(kinds)
    found = arrange(np.arange(NEURONS), profiles=holes, features=rows, kinds=kinds, typical=typical)
    same = arrange(np.arange(NEURONS), profiles=rows[:, kept], features=rows, kinds=kinds, typical=typical)
    assert found.neurons.tolist() == same.neurons.tolist()


def test_without_labels_the_features_give_the_order() -> None:
    rows, kinds = layer()
    nothing = np.full((NEURONS, 3), np.nan)
    found = arrange(np.arange(NEURONS), profiles=nothing, features=rows, kinds=kinds, typical=references(kinds))
    assert path_length(rows, found.neurons) < path_length(rows, np.arange(NEURONS))


def test_neurons_that_never_fire_get_tiles_of_the_smallest_side() -> None:
    zeros: Importances = {"activation": np.zeros(6), "contribution": np.zeros(6)}
    rows = np.zeros((6, 4))
    found = arrange(np.arange(6), profiles=rows, features=rows, kinds=zeros, typical=references(zeros))
    for packing in found.packings:
        assert set(packing.side) == {packing.smallest}
