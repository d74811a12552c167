"""Tables of a run: the stored numbers, and the clusters as the user has them."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.compose.studio import Studio
from cnnvis.compose.tables import TABLES, table
from cnnvis.schema.edits import Create, Lock
from cnnvis.schema.errors import CnnvisError
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return Studio(read_run(write_run(tmp_path / "run")))


def rows(studio: Studio, name: str, **options: list[str]) -> list[dict[str, object]]:
    found = table(studio, name, **options)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


@pytest.mark.parametrize(("name", "count"), [("layers", 2), ("neurons", 8), ("classes", 3), ("contributions", 15)])
def test_every_thing_has_one_row(studio: Studio, name: str, count: int) -> None:
    assert len(rows(studio, name)) == count


def test_neurons_hold_the_stored_numbers_and_their_cluster(studio: Studio) -> None:
    statistics = studio.run.statistics.unit("relu")
    studio.edits.make(Create(layer="relu", neurons=(1,)))
    made = studio.edits.clusters("relu").clusters[-1].id
    found = rows(studio, "neurons", layers=["relu"])
    assert [row["neuron"] for row in found] == [f"relu:{number}" for number in range(5)]
    np.testing.assert_allclose([row["mean"] for row in found], statistics.mean, rtol=1e-6)
    np.testing.assert_allclose([row["best_value"] for row in found], statistics.top_value[:, 0], rtol=1e-6)
    assert [row["channel"] for row in found if row["cluster"] == made] == [1]


def test_clusters_are_the_edited_ones(studio: Studio) -> None:
    made = studio.edits.make(Create(layer="relu", neurons=(0, 3), name="pair")).layers[0].clusters[-1].id
    studio.edits.make(Lock(layer="relu", cluster=made))
    row = rows(studio, "clusters", layers=["relu"])[-1]
    expected = (made, "pair", True, True, 2, "0 3")
    assert tuple(row[name] for name in ("cluster", "title", "named", "locked", "size", "neurons")) == expected


def test_contributions_and_classes_are_the_stored_ones(studio: Studio) -> None:
    assert studio.run.contributions is not None
    values = studio.run.contributions.values("relu")
    for row in rows(studio, "contributions"):
        assert row["contribution"] == pytest.approx(values[row["class"], row["channel"]], rel=1e-6)
    assert [row["name"] for row in rows(studio, "classes")] == ["ant", "bee", "cat"]
    assert sorted(row["place"] for row in rows(studio, "classes")) == [0, 1, 2]


def test_what_is_not_there_is_said(studio: Studio, tmp_path: Path) -> None:
    assert set(TABLES) == {"layers", "neurons", "clusters", "classes", "contributions"}
    with pytest.raises(CnnvisError, match="There is no table 'chairs'. The tables are layers, neurons"):
        table(studio, "chairs")
    with pytest.raises(CnnvisError, match="The run has no layer 'ghost'"):
        table(studio, "neurons", layers=["ghost"])
    without = Studio(read_run(write_run(tmp_path / "without", contributions=False)))
    with pytest.raises(CnnvisError, match="has no contributions. Analyse again"):
        table(without, "contributions")
