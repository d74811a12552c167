"""Connections of a run whose columns the user opens and whose clusters the user changes: always current, and calm."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

import cnnvis
from cnnvis.compose import linked
from cnnvis.compose.members import members_of
from cnnvis.compose.studio import Studio
from cnnvis.schema.connection_scene import ConnectionScene
from cnnvis.schema.connections import ConnectionMatrix, Connections, ContributionConnections, ContributionMatrix
from cnnvis.schema.edits import Create, Edit, Merge
from cnnvis.schema.worker import CheckJob, CheckResult, ConnectJob, ConnectResult
from cnnvis.store.contribution_connections import contribution_bytes
from cnnvis.store.reader import read_run
from tests.compose.test_cluster_links import make_run
from tests.compose.test_connecting import TwoSteps
from tests.making.recorded import begin, finish, snapshot


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(make_run(tmp_path / "run", stored=None))


def scene(studio: Studio, share: float | None = None, columns: tuple[str, ...] = ()) -> ConnectionScene:
    return msgspec.json.decode(studio.links.scene_bytes(columns, None, share=share), type=ConnectionScene)


def edits_of(studio: Studio) -> list[Edit]:
    """Return an edit that takes a neuron away from the largest cluster, and one that merges two."""
    clusters = sorted(studio.layer("relu").clusters, key=lambda cluster: -len(cluster.neurons))
    create = Create(layer="relu", neurons=clusters[0].neurons[:1])
    return [create, Merge(layer="relu", clusters=(clusters[0].id, clusters[1].id))]


def test_after_an_edit_they_are_those_of_the_new_clusters(studio: Studio) -> None:
    before = scene(studio)
    for edit in edits_of(studio):
        studio.edits.make(edit)
        shown = scene(studio)
        assert sorted(shown.orders[0]) == sorted(cluster.id for cluster in studio.layer("relu").clusters)
        assert shown != before
    for _ in range(2):
        studio.edits.undo()
    assert scene(studio) == before


def test_clusters_that_stay_keep_their_order(studio: Studio) -> None:
    before = scene(studio).orders[1]
    studio.edits.make(edits_of(studio)[0])
    assert scene(studio).orders[1] == before


def test_nothing_of_them_is_written_into_the_run(studio: Studio) -> None:
    scene(studio)
    files = sorted(path for path in studio.run.path.rglob("*") if path.is_file())
    for share in (0.1, 0.2, 0.3):
        scene(studio, share)
    assert sorted(path for path in studio.run.path.rglob("*") if path.is_file()) == files


def test_sliding_the_share_links_nothing_anew(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scene(studio).share == 0.8
    monkeypatch.setattr(linked, "link_columns", None)
    assert [scene(studio, share).share for share in (0.1, 0.9)] == [0.1, 0.9]


def test_a_check_is_used_at_once(studio: Studio) -> None:
    before = scene(studio)
    assert (before.agreement.weights, before.warning) == (None, "")
    members = members_of(studio.links.layers(()))
    found = CheckResult(images=5, pairs=(), weights=0.1, contribution=None, better="weights", weak=True, fill="zero")
    studio.links.measured.keep_check(members, found)
    after = scene(studio)
    assert (after.agreement.weights, after.agreement.images) == (0.1, 5)
    assert "ranked badly" in after.warning
    studio.edits.make(edits_of(studio)[0])
    assert scene(studio).agreement.weights is None


def test_opening_a_column_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (24, 10, 10, 3)).astype(np.uint8), np.arange(24) % 3
    studio = Studio(cnnvis.analyze(TwoSteps(), images, to=tmp_path / "run", contributions=False, progress=False))
    columns = tuple(unit.id for unit in studio.run.graph.units)
    assert set(studio.columns()) < set(columns)
    before = scene(studio)
    opened = scene(studio, columns=columns)
    assert opened.columns == columns
    assert opened.warning == ""
    known = dict(zip(before.columns, before.orders, strict=True))
    for column, order in zip(opened.columns, opened.orders, strict=True):
        assert column not in known or known[column] == order
    assert [(gap.source, gap.target) for gap in opened.gaps] == [(0, 1), (0, 3), (1, 2), (2, 3), (3, 4)]
    assert [len(gap.trunks) for gap in opened.gaps] == [0, 1, 0, 0, 0]


def connected(second: tuple[float, ...], third: tuple[float, ...]) -> Connections:
    """Return connections of two clusters of one neuron, with the classes 0 and 2 that are one cluster, and class 1."""
    values = np.zeros((5, 3), np.float32)
    values[2], values[3] = second, third
    return Connections(pairs={("relu", "fc"): ConnectionMatrix(source="relu", target="fc", values=values)})


def two_by_two(parallel: float, crossed: float) -> Connections:
    return connected((parallel, crossed, parallel), (crossed, parallel, crossed))


def record_two_steps(path: Path, earlier: Connections | None, newest: Connections | None = None) -> Path:
    """Record the same clusters at two steps, and weights of which now these and now those are hardly the greater."""
    recording = begin(path)
    snapshot(recording, 20, seed=40, connections=earlier)
    snapshot(recording, 40, connections=two_by_two(2.0, 1.98) if newest is None else newest)
    finish(recording, 40)
    return path


def test_clusters_of_the_edited_column_that_remain_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a neuron the first class cluster is hardly better off below the second: no reason to exchange them."""
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    weights = connected((2.04, 1.98, 1.96), (1.95, 2.0, 2.0))
    studio = Studio(read_run(record_two_steps(tmp_path / "run", None, weights)))
    before = scene(studio).orders[1]
    assert before == ("c1", "c2")
    studio.edits.make(Create(layer="fc", neurons=(0,)))
    after = scene(studio).orders[1]
    assert len(after) == 3
    assert tuple(each for each in after if each in before) == before


def test_another_step_of_a_training_leaves_the_order_as_it_was(tmp_path: Path) -> None:
    """Both steps were once put in order anew, so that clusters jumped whose connections had hardly changed."""
    path = record_two_steps(tmp_path / "run", two_by_two(1.98, 2.0))
    newest, alone = Studio(read_run(path)), Studio(read_run(path, step=20))
    assert [cluster.neurons for cluster in alone.layer("fc").clusters] == [(0, 2), (1,)]
    assert scene(alone).orders != scene(newest).orders, "each has an order of its own"
    then = Studio(read_run(path, step=20), later=newest)
    assert scene(then).orders == scene(newest).orders
    assert scene(then, columns=("relu", "fc")).orders == scene(newest).orders
    newer_data = Studio(read_run(path), before=alone)
    assert scene(newer_data).orders == scene(alone).orders


def test_an_edit_at_another_step_is_in_the_order_of_that_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    path = record_two_steps(tmp_path / "run", two_by_two(1.98, 2.0))
    newest = Studio(read_run(path))
    then = Studio(read_run(path, step=20), later=newest)
    then.edits.make(Create(layer="relu", neurons=(0,)))
    assert scene(then).orders == scene(newest).orders


def test_beside_a_snapshot_without_connections_the_order_is_found_anew(tmp_path: Path) -> None:
    path = record_two_steps(tmp_path / "run", None)
    without = Studio(read_run(path, step=20))
    assert scene(Studio(read_run(path), before=without)).orders == scene(Studio(read_run(path))).orders


def test_an_order_for_a_check_names_the_living_clusters_and_keeps_the_answer(studio: Studio) -> None:
    order = studio.links.check_order((), 20)
    assert isinstance(order.job, CheckJob)
    layers = studio.links.layers(())
    named = [
        [(scene.layer, tuple(sorted(cluster.neurons))) for cluster in scene.clusters if not cluster.never_active]
        for scene in layers
    ]
    assert order.job.columns == ("relu", "fc")
    assert [(one.unit, one.neurons) for one in order.job.sources] == named[0]
    assert [(one.unit, one.neurons) for one in order.job.targets] == named[1]
    assert order.job.images == 20
    found = CheckResult(images=5, pairs=(), weights=0.6, contribution=None, better="weights", weak=False, fill="zero")
    assert order.keep(found) == found
    assert scene(studio).agreement.weights == 0.6


def test_an_order_for_contributions_names_all_clusters_and_their_connections_are_shown(studio: Studio) -> None:
    before = scene(studio)
    assert (before.modes, [one.mode for one in before.absent]) == (("weights",), ["contribution"])
    order = studio.links.connect_order(("fc", "relu"), 7)
    assert isinstance(order.job, ConnectJob)
    shown = members_of(studio.links.layers(()))
    assert {one.unit: {frozenset(each) for each in one.clusters} for one in order.job.columns} == {
        layer: {frozenset(each) for each in clusters} for layer, clusters in shown.items()
    }
    targets = order.job.columns[1].clusters
    matrix = ContributionMatrix(
        source="relu", target="fc", clusters=targets, values=np.ones((5, len(targets)), np.float32)
    )
    found = ContributionConnections(pairs={("relu", "fc"): matrix}, images=7)
    result = ConnectResult(images=7, pairs=1, seconds=1.0, data=contribution_bytes(found))
    assert order.keep(result) == ConnectResult(images=7, pairs=1, seconds=1.0)
    after = scene(studio)
    assert (after.mode, after.modes, after.absent, after.images) == ("contribution", ("weights", "contribution"), (), 7)
    studio.edits.make(edits_of(studio)[0])
    assert [one.mode for one in scene(studio).absent] == ["contribution"]


def test_an_unknown_column_is_named(studio: Studio) -> None:
    with pytest.raises(KeyError, match="nowhere"):
        scene(studio, columns=("nowhere",))
