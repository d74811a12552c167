"""The clusters of one layer: who belongs together, what they answer to, and how their patches are packed."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float, Int

from cnnvis.analysis.cluster import (
    NeuronClusters,
    cluster_neurons,
    has_profiles,
    probe_features,
    profile_features,
    stability,
)
from cnnvis.analysis.describe import PatchLook, describe_cluster, describe_looks, patch_look
from cnnvis.compose.atlas import Atlas
from cnnvis.compose.importance import Importances, importances
from cnnvis.compose.matrix import matrix_facts
from cnnvis.compose.packing_scene import arrange, references
from cnnvis.compose.patches import PatchFinder
from cnnvis.schema.scene import Clustering, ClusterScene, Importance, LayerScene
from cnnvis.schema.statistics import UnitStatistics
from cnnvis.store.reader import Run

PATCHES_DESCRIBED = 24
SELECTIVE = 0.5
UNDESCRIBED = "mixed"


@dataclass(frozen=True, eq=False)
class Material:
    """What the clusters of a layer are made from."""

    unit: str
    statistics: UnitStatistics
    profiles: Float[np.ndarray, "neurons classes"]
    """(class mean - neuron mean) / neuron deviation, NaN for classes without images."""
    never_active: Bool[np.ndarray, " neurons"]
    class_names: tuple[str, ...]
    finder: PatchFinder
    atlas: Atlas
    selective: float
    """Standard deviations above the average from which a class is worth naming."""
    features: Float[np.ndarray, "neurons features"]
    """What neurons are compared by, and how that is called."""
    compared_by: str
    importances: Importances
    typical: dict[Importance, float]
    """The layer's typical importance of each kind, so that tile sizes can be compared between its clusters."""
    looks: dict[int, PatchLook] = field(default_factory=dict)
    """Words for the patches that were looked at so far: an edited cluster mostly has those it had before."""

    def look(self, neuron: int) -> PatchLook:
        """Return the words for a neuron's best patch, which there is."""
        if neuron not in self.looks:
            patch = self.atlas.patches[neuron]
            if patch is None:
                raise KeyError(neuron)
            self.looks[neuron] = patch_look(self.finder.pixels(patch))
        return self.looks[neuron]


def build_layer(run: Run, unit: str, finder: PatchFinder, atlas: Atlas) -> LayerScene:
    """Cluster, describe and pack the neurons of one layer.

    Args:
        run: The run.
        unit: Id of the unit.
        finder: The unit's patches.
        atlas: Where each neuron's best patch lies in the layer's atlas.

    """
    material = layer_material(run, unit, finder, atlas)
    found = cluster_neurons(material.features, material.never_active)
    members = [np.flatnonzero(found.assignment == cluster) for cluster in range(found.assignment.max() + 1)]
    return LayerScene(
        layer=unit,
        clustering=_clustering(run, material, found),
        clusters=tuple(cluster_scene(material, f"c{number}", rows) for number, rows in enumerate(members, start=1)),
        matrices=matrix_facts(run, unit),
        atlas="" if any(sprite is not None for sprite in atlas.sprites) else None,
        atlas_size=atlas.size,
    )


def layer_material(run: Run, unit: str, finder: PatchFinder, atlas: Atlas) -> Material:
    """Return what the clusters of a layer are made from; arguments as for `build_layer`."""
    statistics = run.statistics.unit(unit)
    rectified = run.graph.unit(unit).rectified
    profiles = profile_features(statistics.after_mean, statistics.mean, statistics.std, run.statistics.class_images)
    features, compared_by = _features(run, unit, profiles)
    kept = run.contributions
    contributions = kept.values(unit) if kept is not None and unit in kept.units else None
    kinds = importances(statistics, contributions)
    return Material(
        unit=unit,
        statistics=statistics,
        profiles=profiles,
        never_active=statistics.never_active if rectified else np.zeros(len(statistics.mean), np.bool_),
        class_names=run.file.classes,
        finder=finder,
        atlas=atlas,
        selective=_selective(run.statistics.class_images),
        features=features,
        compared_by=compared_by,
        importances=kinds,
        typical=references(kinds),
    )


def _features(
    run: Run, unit: str, profiles: Float[np.ndarray, "neurons classes"]
) -> tuple[Float[np.ndarray, "neurons features"], str]:
    """Return what neurons are compared by, and its name."""
    by_class = profiles[:, run.statistics.class_images > 0]
    if run.file.data.labelled and has_profiles(run.statistics.class_images):
        return by_class, "mean activation per class"
    means = run.statistics.probe(unit).means.get(unit)
    if means is None or len(means) < 2:
        return by_class, "mean activation per class"
    return probe_features(means.astype(np.float64)), f"activation on {len(means):,} probe images"


def _clustering(run: Run, material: Material, found: NeuronClusters) -> Clustering:
    probe = run.statistics.probe(material.unit)
    means = probe.means.get(material.unit)
    trust = None
    if means is not None:
        trust = stability(means.astype(np.float64), probe.labels, found, classes=len(material.class_names))
    return Clustering(
        method=found.method,
        k=found.k,
        automatic=found.automatic,
        feature=material.compared_by,
        silhouette=found.silhouette,
        stability=trust,
    )


def cluster_scene(
    material: Material, identity: str, members: Int[np.ndarray, " members"], *, effort: float = 1.0
) -> ClusterScene:
    """Return one cluster of a layer: described by what its neurons answer to, ordered and packed.

    Args:
        material: What the clusters of the layer are made from.
        identity: The cluster's id.
        members: Its neurons, ascending.
        effort: For the order of its neurons, see `path_order`.

    """
    rows = material.profiles[members]
    dead = bool(material.never_active[members].all())
    title, classes = _title(material, members, dead=dead)
    arranged = arrange(
        members,
        profiles=material.profiles,
        features=material.features,
        kinds=material.importances,
        typical=material.typical,
        effort=effort,
    )
    return ClusterScene(
        id=identity,
        title=title,
        classes=classes,
        never_active=dead,
        agreement=None if dead else _agreement(rows),
        profile=tuple(None if np.isnan(value) else round(float(value), 4) for value in _mean_profile(rows)),
        neurons=tuple(arranged.neurons.tolist()),
        sprites=tuple(material.atlas.sprites[neuron] for neuron in arranged.neurons),
        packings=arranged.packings,
    )


def _title(material: Material, members: Int[np.ndarray, " members"], *, dead: bool) -> tuple[str, tuple[int, ...]]:
    """Return what the cluster answers to: its classes when it is selective, else what its patches look like.

    Neurons that see little of the image cannot know a class: theirs is always what the patches look like.
    """
    if dead:
        return "never active", ()
    profiles, names = material.profiles[members], material.class_names
    described = describe_cluster(profiles, names, threshold=material.selective)
    if described.classes and not material.finder.sees_little:
        return described.title, described.classes
    shown = [int(neuron) for neuron in members if material.atlas.patches[neuron] is not None]
    words = describe_looks([material.look(neuron) for neuron in shown[:PATCHES_DESCRIBED]])
    # A weak preference is no name, but it tells clusters apart whose patches look alike.
    leaning = describe_cluster(profiles, names, threshold=material.selective / 2)
    if not leaning.classes:
        return words, ()
    towards = names[leaning.classes[0]]
    return f"leans to {towards}" if words == UNDESCRIBED else f"{words} · {towards}", leaning.classes[:1]


def _selective(class_images: Int[np.ndarray, " classes"]) -> float:
    """Return half a deviation, or three standard errors where classes have so few images that more is chance."""
    present = class_images[class_images > 0]
    return max(SELECTIVE, 3.0 / float(np.median(present)) ** 0.5) if present.size else SELECTIVE


def _mean_profile(rows: Float[np.ndarray, "members classes"]) -> Float[np.ndarray, " classes"]:
    finite = np.isfinite(rows)
    counts = finite.sum(axis=0)
    total = np.where(finite, rows, 0.0).sum(axis=0)
    return np.divide(total, counts, out=np.full(rows.shape[1], np.nan), where=counts > 0)


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
