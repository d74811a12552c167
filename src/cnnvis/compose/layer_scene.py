"""The clusters of one layer: who belongs together, what they answer to, and how their patches are packed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from msgspec.structs import replace

from cnnvis.analysis.cluster import NeuronClusters, cluster_neurons, stability
from cnnvis.compose.atlas import plan_atlas
from cnnvis.compose.layer_material import Material, layer_material
from cnnvis.compose.looks import Looks
from cnnvis.compose.matrix import matrix_facts
from cnnvis.compose.packing_scene import Arranged, arrange
from cnnvis.compose.patches import PatchFinder
from cnnvis.compose.tile_choice import shown_patches
from cnnvis.compose.titles import Titler, mean_profile
from cnnvis.schema.scene import Clustering, ClusterScene, LayerScene, Sprite, TileSize
from cnnvis.store.reader import Run


@dataclass(frozen=True, kw_only=True)
class Tiles:
    """What the tile of each neuron of a layer shows, by channel; None without a patch."""

    sprites: tuple[Sprite | None, ...]
    """Place in the layer's atlas."""
    ranks: tuple[int | None, ...]
    """Which of the neuron's best patches it is, 1 for the best."""


def build_layer(run: Run, unit: str, finder: PatchFinder, looks: Looks | None = None) -> LayerScene:
    """Cluster, describe and pack the neurons of one layer.

    Args:
        run: The run.
        unit: Id of the unit.
        finder: The unit's patches.
        looks: Words for its patches and images; None: measured when asked for.

    """
    material = layer_material(run, unit, finder, looks)
    found = cluster_neurons(material.features, material.never_active)
    members = [np.flatnonzero(found.assignment == cluster) for cluster in range(found.assignment.max() + 1)]
    shown = shown_patches(finder, material.statistics, [rows.tolist() for rows in members])
    atlas = plan_atlas(finder, tuple(None if one is None else one.patch for one in shown))
    tiles = Tiles(sprites=atlas.sprites, ranks=tuple(None if one is None else one.rank for one in shown))
    scenes = [
        cluster_scene(material, f"c{number}", arranged(material, rows), tiles)
        for number, rows in enumerate(members, start=1)
    ]
    return LayerScene(
        layer=unit,
        clustering=_clustering(run, material, found),
        clusters=titled(Titler(material), scenes),
        matrices=matrix_facts(run, unit),
        sizes=tuple(TileSize(importance=kind, typical=float(value)) for kind, value in material.typical.items()),
        atlas="" if any(sprite is not None for sprite in atlas.sprites) else None,
        atlas_size=atlas.size,
    )


def titled(titler: Titler, clusters: Sequence[ClusterScene]) -> tuple[ClusterScene, ...]:
    """Return all clusters of a layer with titles that tell them apart."""
    titles = titler.titles([cluster.neurons for cluster in clusters])
    return tuple(
        replace(cluster, title=title.text, classes=title.classes)
        for cluster, title in zip(clusters, titles, strict=True)
    )


def _clustering(run: Run, material: Material, found: NeuronClusters) -> Clustering:
    probe = run.statistics.probe(material.unit)
    means = probe.means.get(material.unit)
    trust = None
    if means is not None:
        classes = len(material.class_names)
        groups = probe.groups(classes, by_prediction=run.file.data.by_prediction)
        trust = stability(means.astype(np.float64), groups, found, classes=classes)
    return Clustering(
        method=found.method,
        k=found.k,
        automatic=found.automatic,
        feature=material.compared_by,
        silhouette=found.silhouette,
        stability=trust,
    )


def arranged(
    material: Material,
    members: Int[np.ndarray, " members"],
    *,
    start: Arranged | None = None,
    apart: Float[np.ndarray, "neurons neurons"] | None = None,
    effort: float = 1.0,
) -> Arranged:
    """Return the neurons of one cluster in order, and packed.

    Args:
        material: What the clusters of the layer are made from.
        members: The cluster's neurons.
        start: A cluster as it was before an edit, most of whose neurons are these: their order and their tiles stay.
        apart: Distances of the layer's features where they are known.
        effort: For the order of the neurons, see `path_order`.

    """
    return arrange(
        members,
        profiles=material.profiles,
        features=material.features,
        kinds=material.importances,
        typical=material.typical,
        start=start,
        apart=apart,
        effort=effort,
    )


def cluster_scene(material: Material, identity: str, found: Arranged, tiles: Tiles) -> ClusterScene:
    """Return one cluster of a layer, without a title: titles depend on the other clusters, see `titled`.

    Args:
        material: What the clusters of the layer are made from.
        identity: The cluster's id.
        found: Its neurons in order, and packed.
        tiles: What the tile of each neuron of the layer shows.

    """
    answers = answers_of(material, found.neurons)
    return ClusterScene(
        id=identity,
        title="",
        classes=(),
        never_active=answers.never_active,
        agreement=answers.agreement,
        profile=answers.profile,
        neurons=tuple(found.neurons.tolist()),
        sprites=tuple(tiles.sprites[neuron] for neuron in found.neurons),
        ranks=tuple(tiles.ranks[neuron] for neuron in found.neurons),
        packings=found.scenes,
    )


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What some neurons have in common; the fields are those of `ClusterScene`."""

    never_active: bool
    agreement: float | None
    profile: tuple[float | None, ...]


def answers_of(material: Material, members: Int[np.ndarray, " members"]) -> Answers:
    """Return what some neurons of a layer answer to."""
    rows = material.profiles[members]
    dead = bool(material.never_active[members].all())
    return Answers(
        never_active=dead,
        agreement=None if dead else _agreement(rows),
        profile=tuple(None if math.isnan(value) else value for value in mean_profile(rows).round(4).tolist()),
    )


def tiles_of(layer: LayerScene, neurons: int) -> Tiles:
    """Return what the tile of each of a layer's neurons shows in a scene."""
    sprites: list[Sprite | None] = [None] * neurons
    ranks: list[int | None] = [None] * neurons
    for each in layer.clusters:
        for neuron, sprite, rank in zip(each.neurons, each.sprites, each.ranks, strict=True):
            sprites[neuron], ranks[neuron] = sprite, rank
    return Tiles(sprites=tuple(sprites), ranks=tuple(ranks))


def _agreement(rows: Float[np.ndarray, "members classes"]) -> float | None:
    """Return the mean correlation of the members' profiles with the mean profile; None where it is undefined."""
    present = np.isfinite(rows).all(axis=0)
    values = rows[:, present] - rows[:, present].mean(axis=1, keepdims=True) if present.any() else rows[:, present]
    if values.shape[1] < 2:
        return None
    centre = values.mean(axis=0)
    norms = np.linalg.norm(values, axis=1) * np.linalg.norm(centre)
    defined = norms > 0
    return float((values[defined] @ centre / norms[defined]).mean()) if defined.any() else None
