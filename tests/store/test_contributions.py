"""Contributions come back from disk as they were, and cost nothing for classes without images."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.schema.errors import RunError
from cnnvis.schema.statistics import Contributions, UnitContributions
from cnnvis.store.contributions import ContributionsReader, write_contributions
from cnnvis.store.layout import CONTRIBUTIONS_FILE
from cnnvis.store.reader import read_run
from cnnvis.store.writer import RunWriter
from tests import making
from tests.making.folder import write_run


def contributions(classes: int = 4, neurons: int = 3) -> Contributions:
    rng = np.random.default_rng(0)
    images = np.zeros(classes, np.int64)
    images[:3] = [2, 0, 5]
    confused = np.full((classes, 2), -1)
    confused[0], confused[1, 0] = [2, 1], 0
    units: dict[str, UnitContributions] = {}
    for unit in ("a", "b|c"):
        values = rng.standard_normal((classes, neurons)).astype(np.float32)
        values[images == 0] = np.nan
        others = rng.standard_normal((classes, 2, neurons)).astype(np.float32)
        others[(images == 0)[:, None] | (confused < 0)] = np.nan
        units[unit] = UnitContributions(values=values, confused_values=others)
    return Contributions(units=units, images=images, confused=confused)


def same(first: Contributions, second: Contributions) -> None:
    assert first.units.keys() == second.units.keys()
    np.testing.assert_array_equal(first.images, second.images)
    np.testing.assert_array_equal(first.confused, second.confused)
    for unit, values in first.units.items():
        np.testing.assert_array_equal(values.values, second.units[unit].values)
        np.testing.assert_array_equal(values.confused_values, second.units[unit].confused_values)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_contributions(tmp_path, contributions())
    reader = ContributionsReader(tmp_path)
    same(reader.all(), contributions())
    np.testing.assert_array_equal(reader.values("a"), contributions().units["a"].values)


def test_classes_without_images_take_no_space(tmp_path: Path) -> None:
    sizes: list[int] = []
    for classes in (4, 1000):
        write_contributions(tmp_path, contributions(classes, neurons=500))
        sizes.append((tmp_path / CONTRIBUTIONS_FILE).stat().st_size)
    assert sizes[1] - sizes[0] < 1000 * 3 * 8 + 1000


def test_a_unit_without_contributions_is_an_error(tmp_path: Path) -> None:
    write_contributions(tmp_path, contributions())
    with pytest.raises(RunError, match=r"has no array 'ghost\|"):
        ContributionsReader(tmp_path).unit("ghost")


def test_a_run_has_them_or_not(tmp_path: Path) -> None:
    assert read_run(write_run(tmp_path / "without", contributions=False)).contributions is None
    writer = RunWriter(tmp_path / "with")
    writer.write_model(making.run_file("with"), making.graph())
    writer.write_pictures(making.pictures())
    writer.write_contributions(contributions())
    writer.write_snapshot(making.snapshot_facts(), making.statistics(0))
    found = read_run(writer.finish()).contributions
    assert found is not None
    same(found.all(), contributions())


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    write_contributions(tmp_path, contributions())
    path = tmp_path / CONTRIBUTIONS_FILE
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(RunError, match=CONTRIBUTIONS_FILE):
        ContributionsReader(tmp_path)
