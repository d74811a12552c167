"""Connections of a run whose clusters the user changes: always those of the clusters shown, and calm."""

from pathlib import Path

import msgspec
import pytest

from cnnvis.compose import connection_scene
from cnnvis.compose.studio import Studio
from cnnvis.schema.connection_scene import ConnectionScene
from cnnvis.schema.edits import Create, Edit, Merge
from tests.compose.test_cluster_links import make_run


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(make_run(tmp_path / "run", stored=None))


def scene(studio: Studio, share: float = 0.8) -> ConnectionScene:
    return msgspec.json.decode(studio.connections_bytes([], None, share), type=ConnectionScene)


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
    scene(studio)
    monkeypatch.setattr(connection_scene, "link_columns", None)
    assert [scene(studio, share).share for share in (0.1, 0.9)] == [0.1, 0.9]
