"""One run, ready for drawing: composes each scene once and keeps it."""

import threading
from collections.abc import Sequence
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from cnnvis.compose.atlas import Atlas, plan_atlas, render_atlas
from cnnvis.compose.cache import DerivedCache
from cnnvis.compose.edited_layers import EditedLayers, automatic_clusters
from cnnvis.compose.edits import EditBook
from cnnvis.compose.entry import run_entry
from cnnvis.compose.link_desk import Clusters, LinkDesk
from cnnvis.compose.matrix import FACETS, matrix_bytes
from cnnvis.compose.neuron_scene import build_neuron
from cnnvis.compose.patches import PatchFinder
from cnnvis.compose.recent import Recent
from cnnvis.compose.regrouping import regrouping
from cnnvis.compose.tile_choice import patches_of
from cnnvis.schema.edits import LayerClusters, Regroup, Regrouping
from cnnvis.schema.scene import BecomingScene, Facet, LayerScene, NeuronScene, RunEntry, Scene
from cnnvis.schema.typed import decode_json
from cnnvis.store.edits import EditLog
from cnnvis.store.reader import Run, read_run

if TYPE_CHECKING:
    from cnnvis.compose.looks import Looks

SCENES_KEPT = 32
"""Class orders of edited clusters that are kept in memory."""


class Studio:
    """Composes the scenes of a run.

    Args:
        run: The run, opened at the snapshot to draw.
        identity: Its id on the server; the addresses of atlases and images begin with it.
        written: Whether the run was written just now, see `DerivedCache`.
        later: The same run at a later snapshot, whose clusters, places and class order are kept: the scene then shows
            how these came to be. None: this snapshot's own.
        before: The same run at an earlier snapshot, whose clusters give this one's their ids where they go on.

    """

    def __init__(
        self,
        run: Run,
        *,
        identity: str = "run",
        written: bool = False,
        later: "Studio | None" = None,
        before: "Studio | None" = None,
    ) -> None:
        self.run = run
        self._later = later
        self._before = before
        self._identity = identity
        self._address = f"api/runs/{quote(identity, safe='')}"
        self._cache = DerivedCache(run, written=written)
        self._edited = EditedLayers(run, self.automatic_layer, lambda: self._looks)
        self.edits: EditBook = EditBook(run, self._edited, EditLog(run)) if later is None else later.edits
        clusters = Clusters(now=self._now, scene=self._shown, name=_name)
        other = None if self._goes_by is None else self._goes_by.links
        self.links: LinkDesk = LinkDesk(run, clusters, columns=self.columns, titles=self._titles, other=other)
        self._scenes: Recent[bytes] = Recent(SCENES_KEPT)
        self._locks: dict[str, threading.Lock] = {}
        self._locks_lock = threading.Lock()

    def entry(self) -> RunEntry:
        """Return the run's line in the list of runs."""
        return run_entry(self.run, self._identity)

    @cached_property
    def scene(self) -> Scene:
        """The frame of the picture."""
        return decode_json(self.scene_bytes(), Scene)

    def scene_bytes(self) -> bytes:
        """Return the frame as JSON."""
        with self._lock("scene"):
            # What it says depends on the address too, so that is part of the name; its form is the second one.
            recorded = " recorded" if self.run.recorded else ""
            kept = self._cache.get(f"scene 2 {self._identity}{recorded}", self._compose_scene)
        if self._goes_by is None:
            return kept
        order = self._goes_by.scene
        scene = decode_json(kept, Scene)
        return msgspec.json.encode(replace(scene, class_order=order.class_order, class_groups=order.class_groups))

    @property
    def _goes_by(self) -> "Studio | None":
        """Another snapshot that clusters or their ids are taken from."""
        return self._before if self._later is None else self._later

    def _compose_scene(self) -> bytes:
        # Imported only when something must be analysed: SciPy takes half a second, and a run whose pictures are
        # all in its cache opens without it.
        from cnnvis.analysis.group import group_layers
        from cnnvis.compose.scene import build_scene

        return msgspec.json.encode(build_scene(self.run, group_layers(self.run.graph), self._identity, self._address))

    def layer(self, unit: str) -> LayerScene:
        """Return the clusters of one layer; KeyError when the run has no such layer."""
        self.run.graph.unit(unit)
        return self._shown(unit, self.edits.layer(unit))

    def layer_bytes(self, unit: str) -> bytes:
        """Return the clusters of one layer as JSON, as the user has them; KeyError when the run has no such layer."""
        return msgspec.json.encode(self.layer(unit))

    def _shown(self, unit: str, clusters: LayerClusters | None) -> LayerScene:
        """Return a layer with these clusters, None: those found automatically, and with addresses as it is served."""
        return self._addressed(self.composed(unit, clusters))

    def composed(self, unit: str, clusters: LayerClusters | None) -> LayerScene:
        """Return a layer with these clusters, None: those found automatically, without addresses."""
        if self._later is not None:
            return self._earlier_layer(unit, clusters, self._later)
        return self.automatic_layer(unit) if clusters is None else self._edited.scene(unit, clusters)

    def _earlier_layer(self, unit: str, clusters: LayerClusters | None, later: "Studio") -> LayerScene:
        """Return the clusters of a later snapshot with what this one holds."""

        def compose() -> bytes:
            from cnnvis.compose.earlier_layer import earlier_layer  # for the reason given above

            scene = earlier_layer(
                self.run, wanted, clusters_of=later.run, own=own, finder=PatchFinder(self.run, unit), looks=self._looks
            )
            return msgspec.json.encode(scene)

        # Not later.layer: without addresses the name is the same wherever the run is served.
        wanted = later.composed(unit, clusters)
        own = self.automatic_layer(unit)
        name = f"layer {unit} as {blake2b(msgspec.json.encode(wanted), digest_size=12).hexdigest()}"
        with self._lock(f"layer {unit}"):
            # Edited ones in memory only: the user goes on editing.
            kept = self._cache.get(name, compose) if clusters is None else self._scenes.get(name, compose)
        return decode_json(kept, LayerScene)

    def becoming(self, unit: str, steps: Sequence[int]) -> BecomingScene:
        """Return how the clusters of a layer came to be over earlier snapshots; KeyError for an unknown layer."""
        from cnnvis.compose.earlier_layer import becoming  # for the reason given above

        self.run.graph.unit(unit)
        earlier = [step for step in steps if step < self.run.snapshot.step]
        runs = [*(read_run(self.run.path, step=step) for step in earlier), self.run]
        return becoming(runs, self.composed(unit, self.edits.layer(unit)))

    def automatic_layer(self, unit: str) -> LayerScene:
        """Return the clusters of a layer as they are without edits."""
        with self._lock(f"layer {unit}"):
            # The address depends on how the run is served, the rest only on the run: it is put in afterwards.
            kept = self._cache.get(f"layer {unit}", lambda: msgspec.json.encode(self._compose_layer(unit)))
        found = decode_json(kept, LayerScene)
        if self._before is None:
            return found
        from cnnvis.compose.going_on import going_on  # for the reason given above

        return going_on(self._before.automatic_layer(unit), found)

    def get_ready(self) -> None:
        """Load what edits need, in the background: a page is open."""
        self._edited.get_ready()

    def preview(self, edit: Regroup) -> Regrouping:
        """Return a layer as it is and as it would be when grouped anew; EditError when that is not possible."""
        found = self.edits.preview(edit)
        before = self._shown(edit.layer, found.before if found.edited else None)
        return regrouping(before, self._shown(edit.layer, found.after), revision=found.revision)

    def image_address(self, sample: int) -> str:
        """Return the relative address of a stored image."""
        return f"{self._address}/image?sample={sample}"

    def clusters_key(self, unit: str) -> str:
        """Return a name for a layer's clusters that changes with them; empty for those found automatically."""
        clusters = self.edits.layer(unit)
        if clusters is None and self._goes_by is not None:
            clusters = automatic_clusters(self.composed(unit, None))
        return _name(clusters)

    def _addressed(self, scene: LayerScene) -> LayerScene:
        layer = f"layer={quote(scene.layer, safe='')}"
        # A recorded run gets further snapshots: the address says which one it is about.
        step = f"&step={self.run.snapshot.step}" if self.run.recorded else ""
        version = f"v={self._cache.version}{step}"
        return replace(
            scene,
            atlas=None if scene.atlas is None else f"{self._address}/atlas?{layer}&{version}",
            matrices=tuple(
                replace(facts, address=f"{self._address}/matrix?{layer}&facet={facts.facet}&{version}")
                for facts in scene.matrices
            ),
        )

    def _compose_layer(self, unit: str) -> LayerScene:
        from cnnvis.compose.layer_scene import build_layer  # for the reason given above

        finder = PatchFinder(self.run, unit)
        return build_layer(self.run, unit, finder, self._looks)

    @cached_property
    def _looks(self) -> "Looks":
        from cnnvis.compose.looks import Looks  # for the reason given above

        return Looks(self.run, self._cache)

    def _atlas(self, unit: str, finder: PatchFinder) -> Atlas:
        """Return where each neuron's patch lies: under edits, where it lies without them."""
        return plan_atlas(finder, patches_of(finder, self.run.statistics.unit(unit), self.automatic_layer(unit)))

    def atlas_bytes(self, unit: str) -> bytes:
        """Return the sprite atlas of one layer as PNG; KeyError when the run has no such layer."""
        finder = PatchFinder(self.run, unit)
        with self._lock(f"atlas {unit}"):
            return self._cache.get(f"atlas {unit}", lambda: render_atlas(self._atlas(unit, finder), finder))

    def matrix_bytes(self, unit: str, facet: str) -> bytes:
        """Return a layer's values, neurons by classes, as float16; KeyError when there are none."""
        if facet not in FACETS:
            raise KeyError(facet)
        self.run.graph.unit(unit)
        # Not cached: the statistics are on disk in nearly this form, and a copy of them would double the run.
        values = matrix_bytes(self.run, unit, facet)
        if values is None:
            raise KeyError(facet)
        return values

    def class_order_bytes(self, unit: str, cluster: str, facet: str) -> bytes:
        """Return the class order that suits one cluster best, as JSON; KeyError when there is no such cluster."""
        members = next((each.neurons for each in self.layer(unit).clusters if each.id == cluster), None)
        if members is None:
            raise KeyError(cluster)
        if facet not in FACETS:
            raise KeyError(facet)
        name = f"class order {unit} {cluster} {facet}"
        edited = self.clusters_key(unit)
        if edited:
            # In memory only: the user goes on editing.
            return self._scenes.get(f"{name} {edited}", lambda: self._compose_class_order(unit, members, facet))
        with self._lock(name):
            return self._cache.get(name, lambda: self._compose_class_order(unit, members, facet))

    def _compose_class_order(self, unit: str, members: tuple[int, ...], facet: Facet) -> bytes:
        from cnnvis.compose.class_order import cluster_order  # for the reason given above

        order = cluster_order(self.run, unit, members, facet)
        if order is None:
            raise KeyError(facet)
        return msgspec.json.encode(order)

    def neuron(self, identity: str) -> NeuronScene:
        """Return everything about the neuron ``<layer id>:<channel>``; KeyError when there is none."""
        unit, _, channel = identity.rpartition(":")
        count = next((each.neurons for each in self.run.graph.units if each.id == unit), 0)
        # No channel has more digits than that; reading thousands of them would take long, and fail.
        if not (channel.isascii() and channel.isdecimal()) or len(channel) > 9 or int(channel) >= count:
            raise KeyError(identity)
        neuron = int(channel)
        clusters = self.layer(unit).clusters
        cluster = next((each.id for each in clusters if neuron in each.neurons), "")
        return build_neuron(self.run, unit, neuron, cluster, self._address)

    def _now(self, layers: Sequence[str]) -> dict[str, LayerClusters | None]:
        """Return the user's clusters of these layers at this moment; None for a layer without edits."""
        return dict(zip(layers, self.edits.layers(layers), strict=True))

    def _titles(self) -> dict[str, str]:
        """Return what the columns that stand for groups and blocks are called."""
        titles = {block.layer: block.title for group in self.scene.groups for block in group.blocks}
        return titles | {group.layer: group.title for group in self.scene.groups}

    def columns(self) -> list[str]:
        """Return the units that are drawn first: the representatives of all groups."""
        return list(dict.fromkeys(group.layer for group in self.scene.groups))

    def fill_cache(self, unit: str) -> None:
        """Compose one layer and its atlas now, so that the page has them at once."""
        self.layer_bytes(unit)
        self.atlas_bytes(unit)

    def _lock(self, name: str) -> threading.Lock:
        """Return the lock under which one thing is composed: two requests for it do the work once."""
        with self._locks_lock:
            return self._locks.setdefault(name, threading.Lock())


def _name(clusters: LayerClusters | None) -> str:
    if clusters is None:
        return ""
    drawn = [(each.id, each.name, each.neurons) for each in clusters.clusters]
    return blake2b(msgspec.json.encode(drawn), digest_size=12).hexdigest()
