"""Tables of a run: the stored numbers, and the clusters as the user has them."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import msgspec
import numpy as np
import pytest

from cnnvis.compose.findings import find
from cnnvis.compose.studio import Studio
from cnnvis.compose.tables import TABLES, table
from cnnvis.schema.edits import Create, Lock, SaveImages
from cnnvis.schema.errors import AbsentError, CnnvisError
from cnnvis.schema.findings import Finding
from cnnvis.schema.series import Event, SeriesHead, StepLine
from cnnvis.schema.tables import TableName
from cnnvis.store.reader import Run, read_run
from tests.compose.test_cluster_links import make_run
from tests.making.folder import write_run


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return Studio(read_run(write_run(tmp_path / "run")))


def rows(studio: Studio, name: str, **options: list[str]) -> list[dict[str, object]]:
    found = table(studio, name, **options)
    return [dict(zip(found.names, row, strict=True)) for row in found.rows]


COUNTS = {"layers": 2, "neurons": 8, "classes": 3, "contributions": 15, "profiles": 24, "probe": 12, "edits": 0}


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_every_thing_has_one_row(studio: Studio, name: str, count: int) -> None:
    assert len(rows(studio, name)) == count


KINDS = {"text": str, "whole": int, "number": float, "truth": bool}


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_is_of_its_columns_kind(tmp_path: Path, name: TableName) -> None:
    studio = Studio(whole_run(tmp_path))
    studio.edits.make(Lock(layer="relu", cluster="c1"))
    studio.edits.make(SaveImages(name="odd", samples=(studio.run.statistics.probe().samples.tolist()[0],)))
    kind, found = TABLES[name], table(studio, name)
    assert found.columns == kind.columns
    assert len(set(found.names)) == len(found.names)
    assert kind.about.endswith(".")
    made = list(found.rows)
    assert made
    for row in made:
        for cell, column in zip(row, found.columns, strict=True):
            assert cell is None or type(cell) is KINDS[column.kind] or (column.kind == "number" and cell == 0)


def whole_run(folder: Path) -> Run:
    """A run with connections and a recorded training."""
    make_run(folder / "run", stored=None)
    path = folder / "run" / "series" / "0.jsonl"
    path.parent.mkdir()
    units = tuple(unit.id for unit in read_run(folder / "run").graph.units)
    lines = [
        SeriesHead(units=units, weights=tuple("" for _ in units)),
        *(
            StepLine(
                step=step,
                time=float(step),
                run={"loss": "nan" if step == 3 else 1.0 / (step + 1)},
                lists={"after/zero": [0.25] * len(units), "gradient/norm": ["nan"] * len(units)},
            )
            for step in range(1, 5)
        ),
        Event(step=2, time=2.0, name="nonfinite", layer=units[0], message="It has NaN."),
    ]
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return read_run(folder / "run")


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


def test_profiles_are_the_stored_ones(studio: Studio) -> None:
    statistics = studio.run.statistics.unit("relu")
    for row in rows(studio, "profiles", layers=["relu"]):
        place = row["class"], row["channel"]
        assert row["mean"] == pytest.approx(statistics.after_mean[place], rel=1e-6)
        assert row["before"] == pytest.approx(statistics.before_mean[place], rel=1e-6)
        assert row["images"] == studio.run.statistics.class_images[place[0]]


def test_the_confusion_adds_up_and_the_probe_set_agrees_with_it(studio: Studio) -> None:
    confusion = studio.run.statistics.confusion
    found = rows(studio, "confusion")
    assert {(row["class"], row["predicted"]): row["images"] for row in found} == {
        (index, predicted): confusion[index, predicted] for index, predicted in np.argwhere(confusion > 0).tolist()
    }
    assert sum(row["images"] for row in found) == confusion.sum()
    assert all(row["right"] == (row["name"] == row["predicted_name"]) for row in found)
    probe = studio.run.statistics.probe()
    assert [(row["image"], row["class"], row["predicted"]) for row in rows(studio, "probe")] == list(
        zip(probe.samples.tolist(), probe.labels.tolist(), probe.predictions.tolist(), strict=True)
    )


def test_activations_are_the_kept_ones(studio: Studio) -> None:
    probe = studio.run.statistics.probe("relu", "fc")
    found = {(row["layer"], row["image"], row["channel"]): row["activation"] for row in rows(studio, "activations")}
    assert len(found) == sum(values.size for values in probe.means.values()) > 0
    for layer, values in probe.means.items():
        for place, sample in enumerate(probe.samples.tolist()):
            for neuron in range(values.shape[1]):
                assert found[layer, sample, neuron] == pytest.approx(float(values[place, neuron]), rel=1e-6)


def test_connections_are_means_over_the_pairs_of_neurons(tmp_path: Path) -> None:
    """Straight from the stored matrix, pair by pair."""
    run = whole_run(tmp_path)
    studio = Studio(run)
    assert run.connections is not None
    found = rows(studio, "connections", layers=["relu", "fc"])
    values = run.connections.values("relu", "fc")
    members = {
        layer: {each.id: list(each.neurons) for each in studio.edits.clusters(layer).clusters}
        for layer in ("relu", "fc")
    }
    assert {(row["source_cluster"], row["target_cluster"]) for row in found} == {
        (one, other) for one in members["relu"] for other in members["fc"]
    }
    for row in found:
        part = values[np.ix_(members["relu"][row["source_cluster"]], members["fc"][row["target_cluster"]])]
        assert row["excites"] == pytest.approx(np.maximum(part, 0).mean(), abs=1e-6)
        assert row["inhibits"] == pytest.approx(np.minimum(part, 0).mean(), abs=1e-6)


def test_edits_are_the_history(studio: Studio) -> None:
    studio.edits.make(Create(layer="relu", neurons=(0,)))
    studio.edits.make(Lock(layer="fc", cluster="c1"))
    studio.edits.undo()
    history = studio.edits.history().entries
    assert [(row["revision"], row["edit"], row["done"]) for row in rows(studio, "edits")] == [
        (each.revision, each.words, each.done) for each in history
    ]
    assert [row["layers"] for row in rows(studio, "edits", layers=["fc"])] == ["fc"]


def test_a_recording_comes_as_numbers_and_findings(tmp_path: Path) -> None:
    studio = Studio(whole_run(tmp_path))
    loss = [row for row in rows(studio, "series") if row["quantity"] == "loss"]
    assert [row["step"] for row in loss] == [1, 2, 3, 4]
    assert [row["place"] for row in loss] == [""] * 4
    assert math.isnan(loss[2]["value"])
    units = [unit.id for unit in studio.run.graph.units]
    zero = [row for row in rows(studio, "series") if row["quantity"] == "after/zero"]
    assert [(row["place"], row["step"], row["value"]) for row in zero] == [
        (unit, step, 0.25) for unit in units for step in (1, 2, 3, 4)
    ]
    # Nothing was measured there at any step.
    assert {row["quantity"] for row in rows(studio, "series")} == {"loss", "after/zero"}
    assert {row["place"] for row in rows(studio, "series", layers=["relu"])} == {"relu"}

    def count(findings: Sequence[Finding]) -> int:
        return sum(1 + count(finding.symptoms) for finding in findings)

    diagnosis = find(studio.run)
    found = rows(studio, "findings")
    assert len(found) == count(diagnosis.findings) > 0
    assert [row["rule"] for row in found if not row["explained_by"]] == [each.rule for each in diagnosis.findings]


def test_what_is_not_there_is_said(studio: Studio, tmp_path: Path) -> None:
    assert tuple(TABLES) == get_args(TableName)
    with pytest.raises(AbsentError, match="The run has no layer 'ghost'"):
        table(studio, "neurons", layers=["ghost"])
    with pytest.raises(CnnvisError, match=r"The table classes is not about layers\. Leave the layer out"):
        table(studio, "classes", layers=["relu"])
    without = Studio(read_run(write_run(tmp_path / "without", contributions=False)))
    for name, sentence in {
        "contributions": "has no contributions. Analyse again",
        "connections": "holds no connections",
        "series": "holds no recorded training",
        "findings": "holds no recorded training",
    }.items():
        with pytest.raises(AbsentError, match=sentence):
            table(without, name)
