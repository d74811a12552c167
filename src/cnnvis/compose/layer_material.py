"""What the clusters of a layer are made from: profiles, features, importances, patches and looks."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from cnnvis.analysis.cluster import has_profiles, probe_features, profile_features
from cnnvis.compose.importance import Importances, importances
from cnnvis.compose.looks import ImageLooks, Looks
from cnnvis.compose.packing_scene import references
from cnnvis.compose.patches import PatchFinder
from cnnvis.schema.scene import Importance
from cnnvis.schema.statistics import UnitStatistics
from cnnvis.store.reader import Run


@dataclass(frozen=True, eq=False)
class Material:
    """What the clusters of a layer are made from."""

    run: Run
    unit: str
    statistics: UnitStatistics
    profiles: Float[np.ndarray, "neurons classes"]
    """(class mean - neuron mean) / neuron deviation, NaN for classes without images."""
    never_active: Bool[np.ndarray, " neurons"]
    finder: PatchFinder
    looks: Looks
    features: Float[np.ndarray, "neurons features"]
    """What neurons are compared by, and how that is called."""
    compared_by: str
    importances: Importances
    typical: dict[Importance, float]
    """The layer's typical importance of each kind, so that tile sizes can be compared between its clusters."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes."""
        return self.run.file.classes

    @property
    def class_images(self) -> Int[np.ndarray, " classes"]:
        """Images per class."""
        return self.run.statistics.class_images

    @property
    def grouped(self) -> bool:
        """Whether images belong to classes, by label or by prediction."""
        return self.run.file.data.grouped

    @cached_property
    def patch_looks(self) -> Float[np.ndarray, "neurons words"]:
        """Share of each neuron's best patches that each word fits."""
        return self.looks.patches(self.unit)

    @property
    def image_looks(self) -> ImageLooks:
        """The qualities of probe images."""
        return self.looks.images()

    @cached_property
    def responses(self) -> Float[np.ndarray, "images neurons"] | None:
        """Standardised activations on the images of `image_looks`; None where they were not kept."""
        means = self.run.statistics.probe(self.unit).means.get(self.unit)
        if means is None or len(self.image_looks.rows) < 2:
            return None
        rows = means[self.image_looks.rows].astype(np.float64)
        deviation = rows.std(axis=0)
        return (rows - rows.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)


def layer_material(run: Run, unit: str, finder: PatchFinder, looks: Looks | None = None) -> Material:
    """Return what the clusters of a layer are made from.

    Args:
        run: The run.
        unit: Id of the unit.
        finder: The unit's patches.
        looks: Words for its patches and images; None: measured when asked for.

    """
    statistics = run.statistics.unit(unit)
    profiles = profile_features(statistics.after_mean, statistics.mean, statistics.std, run.statistics.class_images)
    features, compared_by = _features(run, unit, profiles)
    kept = run.contributions
    kinds = importances(statistics, kept.values(unit) if kept is not None and unit in kept.units else None)
    rectified = run.graph.unit(unit).rectified
    return Material(
        run=run,
        unit=unit,
        statistics=statistics,
        profiles=profiles,
        never_active=statistics.never_active if rectified else np.zeros(len(statistics.mean), np.bool_),
        finder=finder,
        looks=Looks(run) if looks is None else looks,
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
    named = "mean activation per predicted class" if run.file.data.by_prediction else "mean activation per class"
    if run.file.data.grouped and has_profiles(run.statistics.class_images):
        return by_class, named
    means = run.statistics.probe(unit).means.get(unit)
    if means is None or len(means) < 2:
        return by_class, named
    return probe_features(means.astype(np.float64)), f"activation on {len(means):,} probe images"
