"""Layer scenes and connections made by hand."""

from collections.abc import Sequence

import numpy as np

from cnnvis.analysis.arrange import arrange
from cnnvis.compose.cluster_links import Links, Pairs
from cnnvis.compose.connection_modes import Modes
from cnnvis.compose.linked import Linked, columns_of
from cnnvis.schema.scene import Clustering, ClusterScene, LayerScene, PackingScene


def cluster(identity: str, neurons: Sequence[int]) -> ClusterScene:
    """Return a cluster of a packing of one row."""
    count = len(neurons)
    packing = PackingScene(
        importance="activation",
        width=count,
        height=1,
        smallest=1,
        x=tuple(range(count)),
        y=(0,) * count,
        side=(1,) * count,
    )
    return ClusterScene(
        id=identity,
        title=f"title of {identity}",
        classes=(),
        never_active=False,
        agreement=None,
        profile=(),
        neurons=tuple(neurons),
        sprites=(None,) * count,
        packings=(packing,),
    )


def layer(identity: str, clusters: Sequence[Sequence[int]]) -> LayerScene:
    """Return a layer with clusters c1, c2, ..."""
    return LayerScene(
        layer=identity,
        clustering=Clustering(
            method="ward", k=len(clusters), automatic=True, feature="", silhouette=None, stability=None
        ),
        clusters=tuple(cluster(f"c{number}", members) for number, members in enumerate(clusters, start=1)),
        atlas=None,
    )


def pairs(seed: int, sizes: Sequence[int], *, density: float = 0.7, skips: bool = True) -> Pairs:
    """Return random connections between columns of so many clusters."""
    rng = np.random.default_rng(seed)
    found: Pairs = {}
    for left in range(len(sizes)):
        for right in range(left + 1, len(sizes) if skips else min(left + 2, len(sizes))):
            values = rng.lognormal(size=(2, sizes[left], sizes[right])) * (
                rng.random((2, sizes[left], sizes[right])) < density
            )
            found[left, right] = Links(positive=values[0], negative=-values[1])
    return found


def linked(found: Pairs, sizes: Sequence[int]) -> Linked:
    """Return columns l0, l1, ... of clusters of one neuron each, connected by weight, with few crossings."""
    layers = [layer(f"l{number}", [(place,) for place in range(size)]) for number, size in enumerate(sizes)]
    columns = tuple(columns_of(layers, {}))
    weights = {place: links.positive - links.negative for place, links in found.items()}
    arrangement = arrange([column.heights for column in columns], weights)
    modes = Modes(available=("weights",), stored=("weights",), absent=(), contribution=None, check=None)
    return Linked(
        columns=columns,
        mode="weights",
        modes=modes,
        pairs=found,
        arrangement=arrangement,
        shared=tuple(column.named(order) for column, order in zip(columns, arrangement.orders, strict=True)),
        warning="",
    )
