"""Maps whose values differ from those of the first pass belong to other images, and are dropped."""

from dataclasses import replace

import numpy as np

from cnnvis.observe.maps.check import drop_strangers
from cnnvis.schema.maps import UnitMaps
from cnnvis.schema.statistics import NeuronStatistics
from tests import making

NEURONS = 50


def statistics() -> NeuronStatistics:
    unit = making.unit_statistics(0, NEURONS)
    return replace(making.statistics(), units={"relu": replace(unit, top_value=np.abs(unit.top_value) + 1)})


def maps_as_stored(found: NeuronStatistics) -> UnitMaps:
    """Return a map of every neuron's best image, and one of an image that is in no top-k."""
    unit = found.units["relu"]
    neuron = np.repeat(np.arange(NEURONS), 2)
    sample = np.stack([unit.top_sample[:, 0], np.full(NEURONS, 99)], 1).ravel()
    value = np.stack([unit.top_value[:, 0], np.full(NEURONS, -7.0)], 1).ravel()
    count = len(neuron)
    return UnitMaps(
        neuron=neuron,
        sample=sample,
        value=value.astype(np.float32),
        y=np.zeros(count, np.int64),
        x=np.zeros(count, np.int64),
        mean=np.zeros(count, np.float32),
        maximum=np.arange(count).astype(np.float32),
        values=np.zeros((count, 2, 2), np.uint8),
        typical=np.full((NEURONS, 3), 99),
        least=np.full((NEURONS, 3), 99),
    )


def changed(maps: UnitMaps, neurons: int, by: float) -> UnitMaps:
    """Return maps of which the best image of the first neurons has another value."""
    value = maps.value.copy()
    value[: 2 * neurons : 2] *= 1 + by
    return replace(maps, value=value)


def test_the_same_values_stay_and_so_does_rounding() -> None:
    found = statistics()
    for maps in (maps_as_stored(found), changed(maps_as_stored(found), NEURONS, 0.01)):
        kept = drop_strangers({"relu": maps}, found)
        assert kept is not None
        assert kept.units["relu"] is maps


def test_a_few_strangers_are_dropped() -> None:
    found = statistics()
    kept = drop_strangers({"relu": changed(maps_as_stored(found), 2, 0.1)}, found)
    assert kept is not None
    unit = kept.units["relu"]
    assert unit.maximum.tolist() == [1, *range(3, 2 * NEURONS)]
    assert len(unit.values) == len(unit.sample) == 2 * NEURONS - 2
    assert unit.typical.shape == (NEURONS, 3)


def test_many_strangers_spoil_everything() -> None:
    found = statistics()
    assert drop_strangers({"relu": changed(maps_as_stored(found), 5, 0.1)}, found) is None
