"""Clusters as neurons: whatever order a picture has them in."""

from cnnvis.compose.members import members_of
from tests.making.clusters import layer


def test_neurons_rise_and_clusters_stay_in_their_order() -> None:
    layers = [layer("relu", [(2, 0), (1,), (4, 3)]), layer("fc", [(2,), (0, 1)])]
    assert members_of(layers) == {"relu": ((0, 2), (1,), (3, 4)), "fc": ((2,), (0, 1))}
