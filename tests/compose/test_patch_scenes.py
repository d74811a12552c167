"""A neuron's images as the browser gets them: best, typical and least exciting ones, with maps where they were kept."""

from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest

from cnnvis.compose.neuron_scene import build_neuron
from cnnvis.compose.patch_scenes import NeuronImages, neuron_images
from cnnvis.compose.patches import PatchFinder
from cnnvis.schema.maps import ActivationMaps, UnitMaps
from cnnvis.store.pictures import StoredPicture
from cnnvis.store.reader import Run, read_run
from cnnvis.store.writer import RunWriter
from tests import making
from tests.making.folder import write_run

BEST, TYPICAL, LEAST = 0, 6, 10
"""Place of the best image in the top-k; sample ids of the others."""


def unit_maps(best: int, *, size: tuple[int, int] = (8, 8), maximum: float = 2.5) -> UnitMaps:
    rng = np.random.default_rng(3)
    samples = np.array(sorted([best, TYPICAL, LEAST]))
    typical, least = np.full((making.NEURONS, 3), -1), np.full((making.NEURONS, 3), -1)
    typical[0], least[0] = [TYPICAL, -1, 11], [LEAST, -1, -1]
    return UnitMaps(
        neuron=np.zeros(3, np.int64),
        sample=samples,
        value=np.where(samples == LEAST, -0.5, 0.25).astype(np.float32),
        y=np.full(3, 2),
        x=np.full(3, 5),
        mean=np.array([0.1, 0.2, 0.3], np.float32),
        maximum=np.full(3, maximum, np.float32),
        values=rng.integers(0, 256, (3, *size)).astype(np.uint8),
        typical=typical,
        least=least,
    )


def run_with_maps(path: Path, pictures: list[StoredPicture] | None = None, **choices: float | tuple[int, int]) -> Run:
    statistics = making.statistics()
    best = int(statistics.units["relu"].top_sample[0, BEST])
    assert not {TYPICAL, LEAST} & set(statistics.units["relu"].top_sample[0].tolist())
    writer = RunWriter(path)
    writer.write_model(making.run_file(), making.graph())
    writer.write_pictures(making.pictures() if pictures is None else pictures)
    writer.write_maps(ActivationMaps(units={"relu": unit_maps(best, **choices)}))  # pyright: ignore[reportArgumentType]
    writer.write_snapshot(making.snapshot_facts(), statistics)
    return read_run(writer.finish())


def images_of(run: Run, neuron: int = 0) -> NeuronImages:
    return neuron_images(run, "relu", run.statistics.unit("relu"), neuron, "api/runs/r")


def test_the_best_image_has_its_map_and_keeps_its_place(tmp_path: Path) -> None:
    run = run_with_maps(tmp_path / "run")
    statistics = run.statistics.unit("relu")
    best = images_of(run).best
    assert [patch.sample for patch in best] == statistics.top_sample[0].tolist()
    y, x = int(statistics.top_y[0, 0]), int(statistics.top_x[0, 0])
    assert best[0].field == (x - 1, y - 1, x + 2, y + 2)
    assert best[0].value == statistics.top_value[0, 0]
    assert run.maps is not None
    stored = run.maps.unit("relu")
    assert stored is not None
    row = stored.row(0, best[0].sample)
    found = best[0].map
    assert found is not None
    assert found.box == (0, 0, 8, 8)
    assert found.maximum == 2.5
    cells = np.frombuffer(b64decode(found.values), np.uint8).reshape(found.height, found.width)
    np.testing.assert_array_equal(cells, stored.values[row])
    assert best[1].map is None
    assert best[1].image is not None


def test_typical_and_least_exciting_images_take_their_place_from_the_maps(tmp_path: Path) -> None:
    images = images_of(run_with_maps(tmp_path / "run"))
    (typical,), (least,) = images.typical, images.least
    assert (typical.sample, typical.quantile) == (TYPICAL, 0.75)
    assert typical.field == (4, 1, 7, 4)
    assert typical.label == TYPICAL % making.CLASSES
    assert (least.sample, least.quantile, least.value) == (LEAST, None, -0.5)
    assert typical.mean is not None
    assert least.map is not None


def test_other_neurons_and_units_have_none(tmp_path: Path) -> None:
    run = run_with_maps(tmp_path / "run")
    images = images_of(run, 1)
    assert (images.typical, images.least) == ((), ())
    assert images.best
    logits = neuron_images(run, "fc", run.statistics.unit("fc"), 0, "r")
    assert (logits.typical, logits.least) == ((), ())


def test_a_run_without_maps_still_has_its_best_images(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    images = images_of(run)
    assert images.best
    assert all(patch.map is None for patch in images.best)
    assert (images.typical, images.least) == ((), ())


def test_an_image_that_was_not_kept_has_no_address_and_no_map(tmp_path: Path) -> None:
    run = run_with_maps(tmp_path / "run", pictures=making.pictures(1))
    (typical,) = images_of(run).typical
    assert typical.image is None
    assert typical.map is None
    assert typical.mean is not None


@pytest.mark.parametrize("choices", [{"size": (1, 1)}, {"maximum": float("nan")}])
def test_a_neuron_without_a_grid_of_values_has_no_map(tmp_path: Path, choices: dict[str, float]) -> None:
    images = images_of(run_with_maps(tmp_path / "run", **choices))
    assert images.best[0].map is None
    assert images.typical[0].map is None


def test_the_neuron_scene_carries_all_three(tmp_path: Path) -> None:
    run = run_with_maps(tmp_path / "run")
    scene = build_neuron(run, "relu", 0, "relu@0", "api/runs/r")
    images = images_of(run)
    assert (scene.patches, scene.typical, scene.least) == (images.best, images.typical, images.least)


def test_a_map_of_strided_positions_lies_around_what_they_see(tmp_path: Path) -> None:
    """Positions 4 pixels apart that see 7 pixels from -3 on: their middles are 0.5, 4.5, ... of the input."""
    run = run_with_maps(tmp_path / "run")
    layer = run.graph.layer("conv")
    field = type(layer.field)("exact", making.axis(-3, 7, 4), making.axis(-3, 7, 4))
    layers = tuple(
        type(one)(**{name: getattr(one, name) for name in one.__struct_fields__} | {"field": field})
        if one.id == "conv"
        else one
        for one in run.graph.layers
    )
    run.graph = type(run.graph)(
        **{name: getattr(run.graph, name) for name in run.graph.__struct_fields__} | {"layers": layers}
    )
    assert PatchFinder(run, "relu").map_box(3) == (-1.5, -1.5, 30.5, 30.5)
    assert PatchFinder(run, "fc").map_box(3) == (0, 0, 8, 8)
