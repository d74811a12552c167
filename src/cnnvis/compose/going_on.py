"""Clusters of a newer snapshot that go on with those of an older one keep their ids and their order."""

from msgspec.structs import replace

from cnnvis.analysis.match import match_clusters
from cnnvis.compose.edits_replay import cluster_number
from cnnvis.schema.scene import ClusterScene, LayerScene


def going_on(before: LayerScene, now: LayerScene) -> LayerScene:
    """Return a layer with the ids of another snapshot's clusters where these go on; new ones come last, newly numbered.

    Args:
        before: The layer in the older snapshot.
        now: The same layer in the newer one.

    """
    found = match_clusters(
        [cluster.neurons for cluster in before.clusters], [cluster.neurons for cluster in now.clusters]
    )
    highest = max((cluster_number(cluster.id) for cluster in before.clusters), default=0)
    placed: dict[int, ClusterScene] = {}
    for place, cluster in enumerate(now.clusters):
        known = int(found[place])
        if known < 0:
            highest += 1
        identity = f"c{highest}" if known < 0 else before.clusters[known].id
        order = len(before.clusters) + place if known < 0 else known
        placed[order] = replace(cluster, id=identity)
    return replace(now, clusters=tuple(placed[order] for order in sorted(placed)))
