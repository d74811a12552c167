"""Activation maps come back from disk as they were, one unit at a time."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from cnnvis.schema.errors import RunError
from cnnvis.schema.maps import ActivationMaps, UnitMaps
from cnnvis.store.layout import MAPS_FILE
from cnnvis.store.maps import MapsReader, write_maps
from cnnvis.store.reader import read_run
from cnnvis.store.writer import RunWriter
from tests import making
from tests.making.folder import write_run


def unit_maps(seed: int = 0) -> UnitMaps:
    rng = np.random.default_rng(seed)
    return UnitMaps(
        neuron=np.array([0, 0, 2]),
        sample=np.array([3, 2**40, 3]),
        value=rng.random(3).astype(np.float32),
        y=np.array([0, 1, 1]),
        x=np.array([2, 0, 1]),
        mean=rng.random(3).astype(np.float32),
        maximum=np.array([1.5, 0.0, 2.0], np.float32),
        values=rng.integers(0, 256, (3, 2, 3)).astype(np.uint8),
        typical=np.array([[3, 2**40, -1], [-1, -1, -1], [3, -1, -1]]),
        least=np.full((3, 3), -1),
    )


def maps() -> ActivationMaps:
    return ActivationMaps(units={"a": unit_maps(), "b|c": unit_maps(1)})


def same(first: UnitMaps, second: UnitMaps) -> None:
    for field in fields(UnitMaps):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_maps(tmp_path, maps())
    reader = MapsReader(tmp_path)
    assert reader.units == {"a", "b|c"}
    for name, unit in maps().units.items():
        found = reader.unit(name)
        assert found is not None
        same(found, unit)
        assert reader.unit(name) is found
    assert reader.unit("ghost") is None


def test_an_entry_is_found_by_neuron_and_sample() -> None:
    unit = unit_maps()
    assert [unit.row(0, 3), unit.row(0, 2**40), unit.row(2, 3)] == [0, 1, 2]
    assert unit.row(1, 3) is None
    assert maps().samples.tolist() == [3, 2**40]
    assert ActivationMaps(units={}).samples.tolist() == []


def test_a_run_has_them_or_not(tmp_path: Path) -> None:
    assert read_run(write_run(tmp_path / "without")).maps is None
    writer = RunWriter(tmp_path / "with")
    writer.write_model(making.run_file("with"), making.graph())
    writer.write_pictures(making.pictures())
    writer.write_maps(maps())
    writer.write_snapshot(making.snapshot_facts(), making.statistics(0))
    reader = read_run(writer.finish()).maps
    assert reader is not None
    found = reader.unit("a")
    assert found is not None
    same(found, unit_maps())


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    write_maps(tmp_path, maps())
    path = tmp_path / MAPS_FILE
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(RunError, match=MAPS_FILE):
        MapsReader(tmp_path)
