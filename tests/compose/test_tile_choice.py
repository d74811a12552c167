"""Which patch a tile shows: as many different images as any choice allows, and nearly the best patch."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.compose.patches import Patch, PatchFinder
from cnnvis.compose.studio import Studio
from cnnvis.compose.tile_choice import NEARLY, Shown, _matched, _spread, patches_of, shown_patches
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


def shown(sample: int, rank: int, left: float = 0.0) -> Shown:
    box = (left, 0.0, left + 4.0, 4.0)
    return Shown(Patch(sample, box, box), rank)


def candidates(rng: np.random.Generator, neurons: int, images: int) -> dict[int, list[Shown]]:
    return {
        neuron: [
            shown(int(sample), rank)
            for rank, sample in enumerate(rng.choice(images, int(rng.integers(1, images + 1)), replace=False), start=1)
        ]
        for neuron in range(neurons)
    }


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2000), neurons=st.integers(1, 5), images=st.integers(1, 4))
def test_as_many_different_images_as_any_choice_has(seed: int, neurons: int, images: int) -> None:
    some = candidates(np.random.default_rng(seed), neurons, images)
    most = max(len({one.patch.sample for one in choice}) for choice in itertools.product(*some.values()))
    matched = _matched(some)
    assert len(matched) == len({one.patch.sample for one in matched.values()}) == most
    found = _spread(some)
    assert set(found) == set(some)
    assert all(found[neuron] in some[neuron] for neuron in some)
    assert len({one.patch.sample for one in found.values()}) == most


def test_the_best_patch_is_shown_unless_its_image_is() -> None:
    some = {0: [shown(7, 1), shown(8, 2)], 1: [shown(7, 1), shown(9, 2)], 2: [shown(5, 1), shown(9, 2)]}
    assert {neuron: one.rank for neuron, one in _spread(some).items()} == {0: 1, 1: 2, 2: 1}


def test_an_image_that_must_be_shown_twice_is_shown_at_another_place() -> None:
    some = {0: [shown(7, 1)], 1: [shown(7, 1), shown(7, 2, left=2.0), shown(7, 3, left=9.0)]}
    assert _spread(some)[1].rank == 3


def test_a_neuron_shows_what_nearly_reaches_its_best_value(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    finder, statistics = PatchFinder(run, "relu"), run.statistics.unit("relu")
    found = shown_patches(finder, statistics, [[0, 1, 2], [3, 4]])
    assert found[4] is None, "it never fires"
    for neuron, one in enumerate(found[:4]):
        assert one is not None
        assert one.patch.sample == statistics.top_sample[neuron, one.rank - 1]
        assert statistics.top_value[neuron, one.rank - 1] >= NEARLY * statistics.top_value[neuron, 0]


def test_a_scene_says_what_its_tiles_show(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    scene = Studio(run).layer("relu")
    finder, statistics = PatchFinder(run, "relu"), run.statistics.unit("relu")
    chosen = shown_patches(finder, statistics, [cluster.neurons for cluster in scene.clusters])
    assert patches_of(finder, statistics, scene) == tuple(None if one is None else one.patch for one in chosen)
    for cluster in scene.clusters:
        ranks = [None if chosen[neuron] is None else chosen[neuron].rank for neuron in cluster.neurons]
        assert list(cluster.ranks) == ranks
        assert [sprite is None for sprite in cluster.sprites] == [rank is None for rank in ranks]


@pytest.mark.parametrize("value", [-1.0, 0.0])
def test_of_values_at_or_below_nothing_the_best_is_shown(tmp_path: Path, value: float) -> None:
    run = read_run(write_run(tmp_path / "run"))
    finder, statistics = PatchFinder(run, "fc"), run.statistics.unit("fc")
    statistics.top_value[:, 0] = value
    statistics.top_value[:, 1:] = value - 1
    found = shown_patches(finder, statistics, [[0], [1], [2]])
    assert [one.rank for one in found if one is not None] == [1, 1, 1]
