"""The scene of a layer whose clusters the user changed: only what an edit touches is described and packed anew."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from jaxtyping import Int
from msgspec.structs import replace

from cnnvis.analysis.cluster.silhouette import distances, silhouettes
from cnnvis.compose.edits_resolve import Grouper, grouper
from cnnvis.compose.layer_material import Material, layer_material
from cnnvis.compose.layer_scene import Tiles, arranged, cluster_scene, tiles_of, titled
from cnnvis.compose.looks import Looks
from cnnvis.compose.one_thread import on_one_thread
from cnnvis.compose.packing_scene import Arranged, most_shared, packed
from cnnvis.compose.patches import PatchFinder
from cnnvis.compose.recent import Recent
from cnnvis.compose.titles import Titler
from cnnvis.schema.edits import ClusterState, LayerClusters, Method
from cnnvis.schema.scene import Clustering, ClusterScene, LayerScene
from cnnvis.store.reader import Run

KEPT = 256
"""Clusters of one layer that are remembered, so that undoing and redoing compute nothing."""
KEPT_WHOLE = 8
"""Whole scenes of one layer: the card and the connections ask for the same one after every edit."""

EFFORT = 0.0
"""The first search alone: a tenth of the time, and an order one or two per cent longer."""


class EditedLayer:
    """Composes the scene of one layer for any clusters of its neurons.

    Args:
        run: The run.
        automatic: The layer's scene without edits.
        finder: The layer's patches.
        looks: Words for the run's patches and images.

    """

    def __init__(self, run: Run, automatic: LayerScene, finder: PatchFinder, looks: Looks) -> None:
        self._run = run
        self._automatic = automatic
        self._finder = finder
        self._looks = looks
        self._whole: Recent[LayerScene] = Recent(KEPT_WHOLE)
        self._scenes: OrderedDict[tuple[int, ...], ClusterScene] = OrderedDict()
        for each in automatic.clusters:
            self._scenes[tuple(sorted(each.neurons))] = each
        self._starts: dict[int, Arranged] = {}

    @cached_property
    def _material(self) -> Material:
        return layer_material(self._run, self._automatic.layer, self._finder, self._looks)

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

    @cached_property
    def _titler(self) -> Titler:
        return Titler(self._material)

    @cached_property
    def _tiles(self) -> Tiles:
        """What each neuron's tile shows: the same as without edits, so that no picture is drawn anew."""
        return tiles_of(self._automatic, len(self._material.profiles))

    def scene(self, clusters: LayerClusters) -> LayerScene:
        """Return the scene for these clusters."""
        return self._whole.get(clusters, lambda: self._composed(clusters))

    def _composed(self, clusters: LayerClusters) -> LayerScene:
        with on_one_thread():  # products of small matrices: to wake other threads takes longer
            found = titled(self._titler, [self._cluster(each) for each in clusters.clusters])
            named = tuple(
                replace(scene, title=each.name, found=scene.title) if each.name else scene
                for scene, each in zip(found, clusters.clusters, strict=True)
            )
            return replace(self._automatic, clusters=named, clustering=self._clustering(clusters, named))

    def _cluster(self, state: ClusterState) -> ClusterScene:
        scene = self._scenes.get(state.neurons)
        if scene is None:
            members = np.array(state.neurons, dtype=np.int64)
            start = self._start(state.neurons)
            found = arranged(self._material, members, start=start, apart=self._apart, effort=EFFORT)
            scene = cluster_scene(self._material, state.id, found, self._tiles)
            self._scenes[state.neurons] = scene
            if len(self._scenes) > KEPT:
                self._scenes.popitem(last=False)
        else:
            self._scenes.move_to_end(state.neurons)
        return replace(scene, id=state.id)

    def _start(self, neurons: Sequence[int]) -> Arranged | None:
        """Return the automatic cluster that most of these neurons are in, for their tiles to stay where they are there.

        Not the clusters before the last edit: what is drawn depends on the clusters, not on how they came about.
        """
        place = most_shared(neurons, [each.neurons for each in self._automatic.clusters])
        if place is None:
            return None
        if place not in self._starts:
            material = self._material
            self._starts[place] = packed(
                np.array(self._automatic.clusters[place].neurons, dtype=np.int64),
                features=material.features,
                kinds=material.importances,
                typical=material.typical,
            )
        return self._starts[place]

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
