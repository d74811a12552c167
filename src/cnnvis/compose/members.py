"""The clusters of columns as their neurons."""

from collections.abc import Iterable

from cnnvis.schema.scene import LayerScene

Members = tuple[tuple[int, ...], ...]
"""The clusters of a unit as neurons."""


def members_of(layers: Iterable[LayerScene]) -> dict[str, Members]:
    """Return the neurons of every cluster, rising, by column: what is computed from them depends on no other order."""
    return {scene.layer: tuple(tuple(sorted(cluster.neurons)) for cluster in scene.clusters) for scene in layers}
