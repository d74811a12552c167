"""The third pass against a plain forward with hooks, and what stops it."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.observe.inputs.source import Batch
from cnnvis.observe.maps import MapLimits
from cnnvis.schema.maps import LEAST, TYPICAL, UnitMaps
from tests.observe.collect.helpers import Memory, evenly
from tests.observe.maps.helpers import CLASSES, mapped, noise, small, values_at

IMAGES = 30
BEFORE = {"1": 0, "4": 3, "6": 6}


def maps_of(images: np.ndarray | None = None) -> dict[str, UnitMaps]:
    found, _ = mapped(small(), noise(IMAGES) if images is None else images)
    assert found.maps is not None
    assert found.warnings == ()
    return found.maps.units


def test_every_entry_is_what_a_plain_forward_gives() -> None:
    images = noise(IMAGES)
    units = maps_of(images)
    assert set(units) == {"1", "4", "6"}
    for name, unit in units.items():
        before = values_at(small(), images, BEFORE[name])
        after = values_at(small(), images, int(name))
        assert len(unit.neuron) > 3 * before.shape[1]
        for row, (neuron, sample) in enumerate(zip(unit.neuron, unit.sample, strict=True)):
            grid = before[sample, neuron]
            y, x = np.unravel_index(grid.argmax(), grid.shape)
            assert (unit.y[row], unit.x[row]) == (y, x)
            np.testing.assert_allclose(unit.value[row], grid.max(), rtol=1e-4)
            np.testing.assert_allclose(unit.mean[row], after[sample, neuron].mean(), rtol=1e-4, atol=1e-5)
            full = np.clip(area_mean(after[sample, neuron], unit.values.shape[1:]), 0, None)
            np.testing.assert_allclose(unit.maximum[row], full.max(), rtol=1e-4, atol=1e-6)
            wrong = np.abs(unit.values[row] * (unit.maximum[row] / 255) - full)
            assert wrong.max() <= unit.maximum[row] / 255
    assert units["1"].values.shape[1:] == (28, 25)  # 36 x 32, its longer side capped
    assert units["4"].values.shape[1:] == (7, 6)
    assert units["6"].values.shape[1:] == (1, 1)


def area_mean(values: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Return the mean over each cell's area, on a grid so fine that each of its points lies in one cell."""
    for axis, cells in enumerate(size):
        length = values.shape[axis]
        values = np.moveaxis(np.repeat(values, cells, axis), axis, 0)
        values = np.moveaxis(values.reshape(cells, length, -1).mean(axis=1), 0, axis)
    return values


def test_the_maps_of_the_best_places_are_there_and_peak_where_collect_said() -> None:
    found, collected = mapped(small(), noise(IMAGES))
    assert found.maps is not None
    unit, statistics = found.maps.units["4"], collected.statistics.units["4"]
    for neuron in range(5):
        for place in range(4):
            if statistics.top_value[neuron, place] <= 0:
                continue
            row = unit.row(neuron, int(statistics.top_sample[neuron, place]))
            assert row is not None
            y, x = statistics.top_y[neuron, place], statistics.top_x[neuron, place]
            assert (unit.y[row], unit.x[row]) == (y, x)
            assert unit.values[row, y, x] == unit.values[row].max() == 255
            np.testing.assert_allclose(unit.value[row], statistics.top_value[neuron, place], rtol=1e-5)
    assert unit.row(0, 999) is None


def test_typical_images_lie_at_the_quantiles_and_differ() -> None:
    found, collected = mapped(small(), noise(IMAGES))
    assert found.maps is not None
    for name, unit in found.maps.units.items():
        means = collected.statistics.probe.means[name].astype(float)
        samples = collected.statistics.probe.samples.tolist()
        for neuron in range(len(unit.typical)):
            chosen = unit.typical[neuron].tolist()
            assert len(set(chosen)) == len(TYPICAL)
            for sample, quantile in zip(chosen, TYPICAL, strict=True):
                wanted = np.quantile(means[:, neuron], quantile)
                rank = np.sort(np.abs(means[:, neuron] - wanted))
                assert abs(means[samples.index(sample), neuron] - wanted) <= rank[2]
                assert unit.row(neuron, sample) is not None


@pytest.mark.parametrize("batch", [1, 3, 30])
def test_the_least_exciting_images_are_the_lowest_before_the_non_linearity(batch: int) -> None:
    images = np.round(noise(IMAGES), 0)
    images[7] = images[3]  # a tie
    second = Memory(images, np.arange(IMAGES) % CLASSES, evenly(IMAGES, batch))
    found, _ = mapped(small(), images, second=second)
    assert found.maps is not None
    for name, unit in found.maps.units.items():
        before = values_at(small(), images, BEFORE[name])
        lowest = before.reshape(IMAGES, before.shape[1], -1).max(axis=2)
        for neuron in range(before.shape[1]):
            order = sorted(range(IMAGES), key=lambda image: (round(float(lowest[image, neuron]), 4), image))
            assert unit.least[neuron].tolist() == order[:LEAST]
            assert all(unit.row(neuron, sample) is not None for sample in order[:LEAST])


def test_the_same_data_give_the_same_bytes() -> None:
    first, second = maps_of(), maps_of()
    for name, unit in first.items():
        for key in ("neuron", "sample", "value", "y", "x", "mean", "maximum", "values", "typical", "least"):
            assert getattr(unit, key).tobytes() == getattr(second[name], key).tobytes(), (name, key)


def test_neurons_that_never_fire_are_left_out() -> None:
    model = small()
    with torch.no_grad():
        model[0].bias[2] = -1000.0
    found, _ = mapped(model, noise(IMAGES))
    assert found.maps is not None
    unit = found.maps.units["1"]
    assert 2 not in unit.neuron
    assert set(unit.neuron.tolist()) == {0, 1, 3}
    assert (unit.typical[2] == -1).all()
    assert (unit.least[2] == -1).all()


def test_limits_leave_the_best_place_of_every_neuron_and_are_told() -> None:
    limits = MapLimits(stored_bytes=12 * (36 + 28 * 25))
    found, collected = mapped(small(), noise(IMAGES), limits=limits)
    assert found.maps is not None
    for name, unit in found.maps.units.items():
        statistics = collected.statistics.units[name]
        assert all(unit.row(neuron, int(statistics.top_sample[neuron, 0])) is not None for neuron in range(3))
    stored = sum(unit.values.size + 36 * len(unit.neuron) for unit in found.maps.units.values())
    assert stored <= limits.stored_bytes
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("Activation maps are kept for ")
    few, _ = mapped(small(), noise(IMAGES), limits=MapLimits(images=8))
    assert (few.images, few.planned) == (8, 8)
    assert few.maps is not None
    assert len(few.maps.samples) <= 8


def test_a_stream_shows_only_images_whose_pictures_were_kept() -> None:
    images = noise(IMAGES)
    second = Memory(images, np.arange(IMAGES) % CLASSES, evenly(IMAGES, 4), rereadable=False)
    found, collected = mapped(small(), images, second=second)
    assert found.maps is not None
    assert set(found.maps.samples.tolist()) <= set(collected.needed.tolist())
    assert (found.maps.units["4"].typical >= 0).any()


def test_control_c_leaves_what_there_is_and_says_so() -> None:
    images = noise(200)
    second = Memory(images, np.arange(200) % CLASSES, evenly(200, 80), stop_at=1)
    found, _ = mapped(small(), images, second=second)
    assert found.maps is not None
    assert 0 < found.images < found.planned
    assert found.warnings == (f"Activation maps were stopped early, at {found.images} of {found.planned} images.",)
    at_once = Memory(images, np.arange(200) % CLASSES, evenly(200, 80), stop_at=0)
    nothing, _ = mapped(small(), images, second=at_once)
    assert nothing.maps is None


def test_other_images_the_second_time_give_no_maps() -> None:
    second = Memory(noise(IMAGES, seed=1), np.arange(IMAGES) % CLASSES, evenly(IMAGES, 4))
    found, _ = mapped(small(), noise(IMAGES), second=second)
    assert found.maps is None
    assert found.warnings == (
        "There are no activation maps: the images were not the same, or not in the same order, the second time.",
    )


def test_data_that_end_early_and_a_model_that_fails_are_told() -> None:
    images = noise(IMAGES)
    short = Memory(images[:20], np.arange(20) % CLASSES, evenly(20, 4))
    found, _ = mapped(small(), images, second=short)
    assert found.maps is not None
    assert found.warnings == ("Activation maps cover 20 of 30 images; the others were not found again.",)
    odd = Memory(images[:, :1], np.arange(IMAGES) % CLASSES, evenly(IMAGES, 4))
    broken, _ = mapped(small(), images, second=odd)
    assert broken.maps is None
    assert broken.warnings[0].endswith("Activation maps stopped at 0 of 30 images.")


class Breaking(Memory):
    """Fails in a way that nobody thought of when it is read."""

    def batches(self, start: int = 0) -> Iterator[Batch]:
        del start
        message = "the disk\n is gone"
        raise RuntimeError(message)


def test_data_that_fail_do_not_spoil_the_analysis() -> None:
    images = noise(IMAGES)
    broken, _ = mapped(small(), images, second=Breaking(images, np.zeros(IMAGES), evenly(IMAGES, 4)))
    assert broken.maps is None
    assert broken.warnings == ("Activation maps failed (the disk is gone), at 0 of 30 images; all else is there.",)


def test_the_model_is_left_as_it_was() -> None:
    model = small().train()
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    mapped(model, noise(IMAGES))
    assert all(module.training for module in model.modules())
    assert all(torch.equal(tensor, state[name]) for name, tensor in model.state_dict().items())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert torch.is_grad_enabled()


def test_without_representative_units_there_is_nothing_to_do() -> None:
    found, _ = mapped(small(), noise(6), representatives=())
    assert found.maps is None
    assert found.warnings == ()


def test_values_that_are_not_numbers_are_never_shown() -> None:
    images = noise(IMAGES)
    images[4] = np.nan
    found, _ = mapped(small(), images)
    assert found.maps is not None
    assert 4 not in found.maps.samples


def test_units_without_a_non_linearity_count_from_zero() -> None:
    model = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(3 * 34 * 30, CLASSES))
    found, _ = mapped(model, noise(IMAGES), representatives=("0",))
    assert found.maps is not None
    unit = found.maps.units["0"]
    assert unit.values.max(axis=(1, 2)).min() == 255
    assert (unit.maximum > 0).all()
