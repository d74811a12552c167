"""The scene of a layer whose clusters the user changed: only what an edit touches is described and packed anew."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from jaxtyping import Int
from msgspec.structs import replace

from cnnvis.analysis.cluster.silhouette import distances, silhouettes
from cnnvis.compose.atlas import Atlas
from cnnvis.compose.edits_resolve import Grouper, grouper
from cnnvis.compose.layer_scene import Material, cluster_scene, layer_material
from cnnvis.compose.patches import PatchFinder
from cnnvis.schema.edits import ClusterState, LayerClusters, Method
from cnnvis.schema.scene import Clustering, ClusterScene, LayerScene
from cnnvis.store.reader import Run

KEPT = 256
"""Clusters of one layer that are remembered, so that undoing and redoing compute nothing."""

EFFORT = 0.0
"""The first search alone: a tenth of the time, and an order one or two per cent longer."""


class EditedLayer:
    """Composes the scene of one layer for any clusters of its neurons.

    Args:
        run: The run.
        automatic: The layer's scene without edits.
        finder: The layer's patches.
        atlas: Where each neuron's best patch lies.

    """

    def __init__(self, run: Run, automatic: LayerScene, finder: PatchFinder, atlas: Atlas) -> None:
        self._run = run
        self._automatic = automatic
        self._finder = finder
        self._atlas = atlas
        self._lock = threading.Lock()
        self._scenes: OrderedDict[tuple[int, ...], ClusterScene] = OrderedDict()
        for each in automatic.clusters:
            self._scenes[tuple(sorted(each.neurons))] = each

    @cached_property
    def _material(self) -> Material:
        return layer_material(self._run, self._automatic.layer, self._finder, self._atlas)

    def group(self, members: Sequence[int], method: Method, k: int | None) -> list[tuple[int, ...]]:
        """Group some neurons of this layer, see `edits_resolve.Grouper`."""
        return self._grouper(members, method, k)

    @cached_property
    def _grouper(self) -> Grouper:
        return grouper(self._material.features, self._material.never_active)

    @cached_property
    def _apart(self) -> np.ndarray:
        features = np.asarray(self._material.features, dtype=np.float64)
        return distances(features[:, np.isfinite(features).all(axis=0)])

    def scene(self, clusters: LayerClusters) -> LayerScene:
        """Return the scene for these clusters."""
        with self._lock:
            found = tuple(self._cluster(each) for each in clusters.clusters)
            return replace(self._automatic, clusters=found, clustering=self._clustering(clusters, found))

    def _cluster(self, state: ClusterState) -> ClusterScene:
        scene = self._scenes.get(state.neurons)
        if scene is None:
            scene = cluster_scene(self._material, state.id, np.array(state.neurons, dtype=np.int64), effort=EFFORT)
            self._scenes[state.neurons] = scene
            if len(self._scenes) > KEPT:
                self._scenes.popitem(last=False)
        else:
            self._scenes.move_to_end(state.neurons)
        if not state.name:
            return replace(scene, id=state.id)
        return replace(scene, id=state.id, title=state.name, found=scene.title)

    def _clustering(self, clusters: LayerClusters, scenes: tuple[ClusterScene, ...]) -> Clustering:
        """Return what the clusters are as a whole; how stable they are under resampling is not asked of the user's."""
        firing = [each for each in scenes if not each.never_active]
        return Clustering(
            method=clusters.method,
            k=len(firing),
            automatic=False,
            feature=self._automatic.clustering.feature,
            silhouette=self._silhouette(firing),
            stability=None,
        )

    def _silhouette(self, firing: list[ClusterScene]) -> float | None:
        if len(firing) < 2:
            return None
        members = np.concatenate([each.neurons for each in firing])
        assignment: Int[np.ndarray, " members"] = np.repeat(
            np.arange(len(firing)), [len(each.neurons) for each in firing]
        )
        order = np.argsort(members)
        apart = self._apart[np.ix_(members[order], members[order])]
        return float(silhouettes(apart, assignment[order][None])[0])
