"""Clusters that go on keep id and place; what is born comes last under a new number."""

from msgspec.structs import replace

from cnnvis.compose.going_on import going_on
from cnnvis.schema.scene import Clustering, ClusterScene, LayerScene


def layer(**clusters: tuple[int, ...]) -> LayerScene:
    found = tuple(
        ClusterScene(
            id=name, title=name, classes=(), never_active=False, agreement=None, profile=(), neurons=neurons,
            sprites=(None,) * len(neurons), packings=(),
        )
        for name, neurons in clusters.items()
    )  # fmt: skip
    how = Clustering(method="ward", k=len(found), automatic=True, feature="", silhouette=None, stability=None)
    return LayerScene(layer="relu", clustering=how, clusters=found, atlas=None)


def test_ids_and_order_stay_whatever_the_new_order_is() -> None:
    before = layer(c2=(0, 1, 2), c7=(3, 4))
    now = layer(c1=(3, 4, 5), c2=(6, 7), c3=(0, 1, 2))
    found = going_on(before, now)
    assert [(cluster.id, cluster.neurons) for cluster in found.clusters] == [
        ("c2", (0, 1, 2)),
        ("c7", (3, 4, 5)),
        ("c8", (6, 7)),
    ]
    assert [cluster.title for cluster in found.clusters] == ["c3", "c1", "c2"]
    assert replace(found, clusters=()) == replace(now, clusters=())


def test_over_several_snapshots_an_id_lasts_and_is_not_given_again_while_its_cluster_lives() -> None:
    one = layer(c1=(0, 1, 2, 3), c2=(4, 5, 6, 7))
    two = going_on(one, layer(c1=(4, 5, 6, 7), c2=(0, 1), c3=(2, 3)))
    assert {cluster.id: cluster.neurons for cluster in two.clusters}["c2"] == (4, 5, 6, 7)
    assert sorted(cluster.id for cluster in two.clusters) == ["c1", "c2", "c3"]
    three = going_on(two, layer(c1=(4, 5, 6, 7), c2=(0, 1, 2, 3)))
    assert {cluster.id for cluster in three.clusters} >= {"c2"}
    assert len({cluster.id for cluster in three.clusters}) == 2
