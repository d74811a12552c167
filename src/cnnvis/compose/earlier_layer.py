"""A layer's clusters as they are later in a training, looked at in an earlier snapshot."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from msgspec.structs import replace

from cnnvis.analysis.match import alike
from cnnvis.compose.layer_material import Material, layer_material
from cnnvis.compose.layer_scene import Tiles, answers_of, tiles_of
from cnnvis.compose.looks import Looks
from cnnvis.compose.matrix import matrix_facts
from cnnvis.compose.patches import PatchFinder
from cnnvis.schema.scene import Becoming, BecomingScene, ClusterScene, LayerScene
from cnnvis.store.reader import Run


def earlier_layer(
    run: Run, later: LayerScene, *, clusters_of: Run, own: LayerScene, finder: PatchFinder, looks: Looks
) -> LayerScene:
    """Return the scene of a layer in an earlier snapshot: same clusters, names and places, this snapshot's content.

    Args:
        run: The run, opened at the earlier snapshot.
        later: The layer as it is later.
        clusters_of: The run, opened at that later snapshot.
        own: The layer with the earlier snapshot's own clusters: tiles show the same patches, from the same atlas.
        finder: The layer's patches in the earlier snapshot.
        looks: Words for patches and images.

    """
    material = layer_material(run, later.layer, finder, looks)
    tiles = tiles_of(own, len(material.profiles))
    counts = _counts(run, clusters_of, later)
    return replace(
        later,
        clusters=tuple(_earlier(material, tiles, *each) for each in zip(later.clusters, counts, strict=True)),
        matrices=matrix_facts(run, later.layer),
        atlas=own.atlas,
        atlas_size=own.atlas_size,
    )


def _earlier(material: Material, tiles: Tiles, cluster: ClusterScene, count: int | None) -> ClusterScene:
    answers = answers_of(material, np.array(cluster.neurons, dtype=np.int64))
    return replace(
        cluster,
        never_active=answers.never_active,
        agreement=answers.agreement,
        profile=answers.profile,
        sprites=tuple(tiles.sprites[neuron] for neuron in cluster.neurons),
        ranks=tuple(tiles.ranks[neuron] for neuron in cluster.neurons),
        alike=count,
    )


def becoming(runs: Sequence[Run], later: LayerScene) -> BecomingScene:
    """Return how the clusters of a layer came to be.

    Args:
        runs: The run, opened at each snapshot up to that of the clusters.
        later: The layer as it is in the last of them.

    """
    counts = [_counts(run, runs[-1], later) for run in runs]
    return BecomingScene(
        layer=later.layer,
        steps=tuple(run.snapshot.step for run in runs),
        clusters=tuple(
            Becoming(
                cluster=cluster.id, neurons=len(cluster.neurons), alike=tuple(row[place] for row in counts)
            )
            for place, cluster in enumerate(later.clusters)
        ),
    )  # fmt: skip


def _counts(run: Run, clusters_of: Run, later: LayerScene) -> list[int | None]:
    """Return per cluster how many of its neurons answered as they do later, or were silent already."""
    same = alike(_profiles(run, later.layer), _profiles(clusters_of, later.layer))
    silent = _never_active(run, later.layer)
    return [_count(cluster, same, silent) for cluster in later.clusters]


def _count(
    cluster: ClusterScene, same: Bool[np.ndarray, " neurons"] | None, silent: Bool[np.ndarray, " neurons"]
) -> int | None:
    members = list(cluster.neurons)
    if cluster.never_active:
        return int(silent[members].sum())
    return None if same is None else int((same & ~silent)[members].sum())


def _profiles(run: Run, unit: str) -> Float[np.ndarray, "neurons classes"]:
    return run.statistics.array(unit, "after_mean").T.astype(np.float64)


def _never_active(run: Run, unit: str) -> Bool[np.ndarray, " neurons"]:
    top = run.statistics.array(unit, "top_value")
    return ~(top[:, 0] > 0) if run.graph.unit(unit).rectified else np.zeros(len(top), np.bool_)
