"""Clusters of the newest snapshot in an earlier one: same clusters, ids and places, the earlier snapshot's content."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.analysis.match import clusters as matching
from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import Create
from cnnvis.store.reader import read_run
from tests.making.recorded import write_recorded

PLACES = ("id", "title", "neurons", "packings")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # The small run has three classes, which say nothing in earnest.
    monkeypatch.setattr(matching, "FEWEST_CLASSES", 3)
    return write_recorded(tmp_path / "run")


def at(path: Path, step: int, later: Studio) -> Studio:
    return Studio(read_run(path, step=step), later=later)


def test_places_stay_and_content_changes(path: Path) -> None:
    newest = Studio(read_run(path))
    own = Studio(read_run(path, step=20))
    then = at(path, 20, newest)
    for mine, later in zip(then.layer("relu").clusters, newest.layer("relu").clusters, strict=True):
        assert [getattr(mine, name) for name in PLACES] == [getattr(later, name) for name in PLACES]
        sprites = {n: s for each in own.layer("relu").clusters for n, s in zip(each.neurons, each.sprites, strict=True)}
        assert mine.sprites == tuple(sprites[neuron] for neuron in mine.neurons)
        assert mine.profile != later.profile or later.never_active
        assert later.alike is None
    assert then.scene.class_order == newest.scene.class_order
    assert then.scene.run.step == 20
    layer = then.layer("relu")
    assert layer.atlas is not None
    assert "step=20" in layer.atlas
    assert all("step=20" in matrix.address for matrix in layer.matrices)
    assert layer == at(path, 20, newest).layer("relu")  # from its cache


def test_neurons_are_alike_whose_profiles_correlate(path: Path) -> None:
    newest, then = Studio(read_run(path)), read_run(path, step=0)
    now, before = (run.statistics.array("relu", "after_mean") for run in (newest.run, then))
    silent = ~(then.statistics.array("relu", "top_value")[:, 0] > 0)
    scene = Studio(then, later=newest).layer("relu")
    for cluster in scene.clusters:
        alike = [np.corrcoef(now[:, n], before[:, n])[0, 1] >= 0.5 and not silent[n] for n in cluster.neurons]
        expected = sum(silent[n] for n in cluster.neurons) if silent[list(cluster.neurons)].all() else sum(alike)
        assert cluster.alike == expected


def test_how_clusters_came_to_be_ends_with_all_of_their_neurons(path: Path) -> None:
    studio = Studio(read_run(path))
    scene = studio.becoming("relu", studio.run.steps)
    assert scene.steps == (0, 20, 40)
    for each, cluster in zip(scene.clusters, studio.layer("relu").clusters, strict=True):
        assert each.neurons == len(cluster.neurons)
        assert each.alike[-1] == len(cluster.neurons)
        assert each.alike[:2] == tuple(
            next(c.alike for c in at(path, step, studio).layer("relu").clusters if c.id == each.cluster)
            for step in (0, 20)
        )
    with pytest.raises(KeyError):
        studio.becoming("ghost", (0,))


def test_the_users_clusters_hold_in_every_snapshot(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIS_DATA", str(path.parent / "data"))
    newest = Studio(read_run(path))
    then = at(path, 0, newest)
    key = then.clusters_key("relu")
    first = newest.layer("relu").clusters[0]
    newest.edits.make(Create(layer="relu", neurons=first.neurons[:1]))
    edited = newest.layer("relu").clusters
    assert [(each.id, each.neurons) for each in then.layer("relu").clusters] == [
        (each.id, each.neurons) for each in edited
    ]
    assert then.clusters_key("relu") != key
    assert then.neuron(f"relu:{first.neurons[0]}").cluster == next(
        each.id for each in edited if first.neurons[0] in each.neurons
    )


def test_a_cluster_goes_on_under_its_id(path: Path) -> None:
    before = Studio(read_run(path, step=20))
    after = Studio(read_run(path, step=40), before=before)
    known = {frozenset(each.neurons): each.id for each in before.layer("relu").clusters}
    same = [each for each in after.layer("relu").clusters if frozenset(each.neurons) in known]
    assert same, "the never active neuron is a cluster of its own in both"
    assert all(each.id == known[frozenset(each.neurons)] for each in same)
    assert after.scene.class_order == before.scene.class_order
    assert after.clusters_key("relu") != ""
