"""A cluster's neurons in order, and its tiles without overlap, also where there is little to order."""

import numpy as np
import pytest

from cnnvis.analysis.cluster.silhouette import distances
from cnnvis.analysis.pack import moved
from cnnvis.analysis.reorder import path_length
from cnnvis.compose.importance import Importances
from cnnvis.compose.packing_scene import arrange, most_shared, packed, references

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
    assert [packing.importance for packing in found.scenes] == ["activation", "uniform", "contribution"]
    for packing in found.scenes:
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
    for packing in found.scenes:
        assert set(packing.side) == {packing.smallest}


def test_branches_of_the_hierarchy_are_sent_with_the_tiles_where_there_are_several() -> None:
    rows, kinds = layer()
    everyone = {"profiles": rows, "features": rows, "kinds": kinds, "typical": references(kinds)}
    many = arrange(np.arange(NEURONS), **everyone)
    for kind, scene in zip(many.packings, many.scenes, strict=True):
        region = many.packings[kind].region
        assert region is not None
        assert scene.region == tuple(region.tolist())
        assert len(set(scene.region)) > 1
    assert all(scene.region == () for scene in arrange(np.arange(6), **everyone).scenes)


def test_after_an_edit_order_and_tiles_stay_as_far_as_possible() -> None:
    rows, kinds = layer()
    typical = references(kinds)
    everyone = {"profiles": rows, "features": rows, "kinds": kinds, "typical": typical}
    before = arrange(np.arange(2, 26), **everyone)
    for members in (np.arange(2, 25), np.arange(2, 27), np.append(np.arange(3, 26), 28)):
        after = arrange(members, **everyone, start=before, apart=distances(rows))
        assert sorted(after.neurons.tolist()) == members.tolist()
        both = [neuron for neuron in before.neurons if neuron in members]
        assert [neuron for neuron in after.neurons if neuron in both] == both
        kept = np.array([before.neurons.tolist().index(one) if one in both else -1 for one in after.neurons])
        for kind, packing in after.packings.items():
            assert moved(before.packings[kind], packing, kept).mean() <= 0.5
        anew = arrange(members, **everyone)
        stays, goes = (
            sum(
                moved(
                    before.packings[kind],
                    found.packings[kind],
                    np.array([before.neurons.tolist().index(one) if one in both else -1 for one in found.neurons]),
                ).sum()
                for kind in kinds
            )
            for found in (after, anew)
        )
        assert stays < goes


def test_a_cluster_with_many_new_neurons_is_ordered_anew() -> None:
    rows, kinds = layer()
    everyone = {"profiles": rows, "features": rows, "kinds": kinds, "typical": references(kinds)}
    before = arrange(np.arange(8), **everyone)
    assert arrange(np.arange(14), **everyone, start=before).neurons.tolist() == (
        arrange(np.arange(14), **everyone).neurons.tolist()
    )


def test_packing_ordered_neurons_again_gives_the_same() -> None:
    rows, kinds = layer()
    found = arrange(np.arange(20), profiles=rows, features=rows, kinds=kinds, typical=references(kinds))
    again = packed(found.neurons, features=rows, kinds=kinds, typical=references(kinds))
    assert again.scenes == found.scenes


def test_the_cluster_that_most_come_from_is_found() -> None:
    earlier = [(1, 2, 3), (4, 5), (6, 7, 8, 9)]
    assert most_shared((2, 3, 4), earlier) == 0
    assert most_shared((4, 5, 1, 2), earlier) == 0, "of several the first"
    assert most_shared((1, 4, 6), earlier) is None, "too few from any"
    assert most_shared((10,), earlier) is None
    assert most_shared((7,), earlier) == 2
