"""Contributions for edited clusters: kept by one process, seen by another, and no loss when they are gone."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.compose.cache import DerivedCache
from cnnvis.compose.recomputed import Recomputed
from cnnvis.schema.connections import ContributionConnections, ContributionMatrix
from cnnvis.schema.errors import RunError
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


def made(value: float) -> ContributionConnections:
    values = np.full((5, 1), value, np.float32)
    matrix = ContributionMatrix(source="relu", target="fc", clusters=((0, 1, 2),), values=values)
    return ContributionConnections(pairs={("relu", "fc"): matrix}, images=3)


def test_who_reads_sees_what_another_keeps(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    one, other = Recomputed(DerivedCache(run)), Recomputed(DerivedCache(run))
    assert (one.version, one.read()) == (0, None)
    other.keep(made(1.0))
    found = one.read()
    assert found is not None
    assert found.pairs["relu", "fc"].values[0, 0] == 1.0
    assert one.read() is found
    version = one.version
    other.keep(made(2.0))
    assert one.version != version


def test_a_damaged_file_is_as_none(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    recomputed = Recomputed(DerivedCache(run))
    recomputed.keep(made(1.0))
    for file in DerivedCache(run).folder.glob("*.safetensors"):
        file.write_bytes(b"x")
    assert recomputed.read() is None


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    cache = DerivedCache(run)
    cache.folder.parent.mkdir(parents=True)
    cache.folder.write_text("in the way")
    with pytest.raises(RunError):
        Recomputed(cache).keep(made(1.0))
