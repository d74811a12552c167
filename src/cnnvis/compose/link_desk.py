"""Connections of one run for whatever columns are shown: composed once for each choice, and kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from cnnvis.compose.members import Members, members_of
from cnnvis.compose.one_thread import on_one_thread
from cnnvis.compose.recent import Recent
from cnnvis.schema.connection_scene import SHARE, ConnectionMode, PathScene
from cnnvis.schema.edits import LayerClusters
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.scene import LayerScene
from cnnvis.schema.worker import (
    CheckJob,
    CheckResult,
    ClusterNeurons,
    ColumnClusters,
    ConnectJob,
    ConnectResult,
    Job,
    JobResult,
    PathJob,
    PathResult,
)
from cnnvis.store.contribution_connections import contribution_of_bytes
from cnnvis.store.reader import Run

if TYPE_CHECKING:
    from cnnvis.compose.cluster_links import ClusterLinks, Pairs
    from cnnvis.compose.linked import Linked
    from cnnvis.compose.measured import Measured

LINKS_KEPT, SCENES_KEPT = 12, 32
"""Sets of columns whose connections are kept in memory, and choices of what to draw of them."""


Now = dict[str, LayerClusters | None]
"""The user's clusters of some layers at one moment; None for a layer without edits."""


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """Where the clusters of layers come from."""

    now: Callable[[Sequence[str]], Now]
    """As the user has them."""
    scene: Callable[[str, LayerClusters | None], LayerScene]
    """A layer with these clusters; None: with those that were found."""
    name: Callable[[LayerClusters | None], str]
    """A name that changes with them; empty for those found."""


@dataclass(frozen=True, kw_only=True)
class WorkOrder:
    """Something to be asked of the network."""

    job: Job
    keep: Callable[[JobResult], JobResult]
    """Keeps the answer with the run; returns what of it is of use to others."""


class LinkDesk:
    """Composes the connections between columns of a run.

    Args:
        run: The run.
        clusters: Where the clusters of a layer come from.
        columns: Returns the units of the columns when nothing is opened, from left to right.
        titles: Returns what columns are called.
        other: The desk of another snapshot, whose picture the user looks at before or after this one. None: no other.

    """

    def __init__(
        self,
        run: Run,
        clusters: Clusters,
        *,
        columns: Callable[[], list[str]],
        titles: Callable[[], Mapping[str, str]],
        other: "LinkDesk | None" = None,
    ) -> None:
        self._run = run
        self._clusters = clusters
        self._columns = columns
        self._titles = titles
        self._other = other
        self._links: "Recent[Linked]" = Recent(LINKS_KEPT)
        self._scenes: Recent[bytes] = Recent(SCENES_KEPT)
        self._ways: list[PathScene] = []
        """Those found on chosen images; each is some hundred bytes."""

    @cached_property
    def measured(self) -> "Measured":
        """What the network itself was asked about the run."""
        from cnnvis.compose.measured import Measured  # imported only when something must be analysed

        return Measured(self._run)

    @cached_property
    def _found(self) -> "ClusterLinks":
        from cnnvis.compose.cluster_links import ClusterLinks  # SciPy takes half a second

        return ClusterLinks(self._run)

    def scene_bytes(
        self,
        columns: Sequence[str],
        mode: ConnectionMode | None,
        *,
        share: float | None = None,
        everything: bool = False,
    ) -> bytes:
        """Return the connections between some columns as JSON; KeyError when the run has no such layer.

        Args:
            columns: Ids of units; none takes the representatives of all groups.
            mode: What connections mean; None takes the better one there is.
            share: Part of the weight to draw; None: the default.
            everything: Whether to draw all that this asks for, however much it is.

        Raises:
            AbsentError: The run holds no connections, or not in this mode.

        """
        # Imported only when something must be analysed: SciPy takes half a second.
        from cnnvis.compose.connection_scene import draw_connections
        from cnnvis.compose.drawn_items import MOST_ITEMS

        now = self._clusters.now(self.in_order(columns))
        asked = SHARE if share is None else share
        linked = self._linked(now, mode)
        name = (mode, round(asked, 4), everything, self._name(now), self.measured.version)

        def draw() -> bytes:
            with on_one_thread():
                return msgspec.json.encode(
                    draw_connections(linked, share=asked, most=None if everything else MOST_ITEMS)
                )

        # In memory only: a user slides the share, and edits.
        return self._scenes.get(name, draw)

    def path(self, columns: Sequence[str], mode: ConnectionMode | None, start: int | tuple[str, str]) -> PathScene:
        """Return the strongest way backwards from a class, or from a cluster of a layer.

        Args:
            columns: As for `scene_bytes`.
            mode: As there.
            start: Index of a class, or ids of a layer and its cluster.

        Raises:
            KeyError: The run has no such layer, cluster or class.
            AbsentError: The run holds no connections, or not in this mode.

        """
        from cnnvis.compose.strongest_path import build_path  # for the reason given above

        now = self._clusters.now(self.in_order(columns))
        return build_path(self._run, self._linked(now, mode), start=start)

    def between(self, clusters: Mapping[str, Members]) -> "Iterator[tuple[ConnectionMode, Pairs]]":
        """Yield each meaning that there is for these columns and clusters, with the connections between them.

        Args:
            clusters: The clusters of each column, by its layer, from left to right.

        """
        from cnnvis.compose.connection_modes import connection_modes  # for the reason given above

        modes = connection_modes(self._run, clusters, self.measured)
        for mode in modes.available:
            yield mode, self._found.between(clusters, modes.contribution if mode == "contribution" else None)

    def check_order(self, columns: Sequence[str], images: int) -> WorkOrder:
        """Return what the worker is to do to check the connections between some columns, and where it is kept.

        Every cluster of the columns is removed once, but for those that are never active.
        """
        scenes = self.layers(columns)
        living = [
            tuple(
                ClusterNeurons(scene.layer, tuple(sorted(cluster.neurons)))
                for cluster in scene.clusters
                if not cluster.never_active
            )
            for scene in scenes
        ]
        job = CheckJob(
            columns=tuple(scene.layer for scene in scenes),
            sources=tuple(cluster for column in living[:-1] for cluster in column),
            targets=tuple(cluster for column in living[1:] for cluster in column),
            images=images,
        )
        shown = members_of(scenes)

        def keep(result: JobResult) -> JobResult:
            if isinstance(result, CheckResult):
                self.measured.keep_check(shown, result)
            return result

        return WorkOrder(job=job, keep=keep)

    def connect_order(self, columns: Sequence[str], images: int) -> WorkOrder:
        """Return what the worker is to do to find out the connections by contribution between some columns."""
        shown = members_of(self.layers(columns))
        job = ConnectJob(
            columns=tuple(ColumnClusters(layer, clusters) for layer, clusters in shown.items()), images=images
        )

        def keep(result: JobResult) -> JobResult:
            if not isinstance(result, ConnectResult):
                return result
            self.measured.keep_contribution(shown, contribution_of_bytes(result.data))
            return msgspec.structs.replace(result, data=b"")

        return WorkOrder(job=job, keep=keep)

    def path_order(self, columns: Sequence[str], label: int, samples: Sequence[int], images: int) -> WorkOrder:
        """Return what the worker is to do to find the way back from a class on some probe images alone.

        Args:
            columns: As for `scene_bytes`.
            label: Index of the class.
            samples: Ids of probe images.
            images: Of them at most.

        Raises:
            AbsentError: No column comes before the answers.
            KeyError: The run has no such class or layer.

        """
        from cnnvis.compose.strongest_path import build_path_of_images, last_before_answers  # as above

        if label >= len(self._run.file.classes):
            raise KeyError(str(label))
        scenes = self.layers(columns)
        last = last_before_answers(self._run, [scene.layer for scene in scenes])
        if last is None:
            raise AbsentError("No column comes before the answers.", "Show another column.")
        shown, titles = members_of(scenes), self._titles()
        job = PathJob(
            columns=tuple(ColumnClusters(layer, clusters) for layer, clusters in shown.items()),
            last=scenes[last].layer,
            label=label,
            samples=tuple(samples),
            images=images,
        )

        def keep(result: JobResult) -> JobResult:
            from cnnvis.compose.linked import columns_of

            if not isinstance(result, PathResult):
                return result
            pairs = self._found.between(shown, contribution_of_bytes(result.data))
            given = np.array(result.given, np.float64)
            path = build_path_of_images(
                self._run, columns_of(scenes, titles), pairs, label=label, given=given, images=result.images
            )
            self._ways.append(path)
            return PathResult(number=len(self._ways), images=result.images)

        return WorkOrder(job=job, keep=keep)

    def path_of_images(self, number: int) -> PathScene:
        """Return a way that was found on chosen images alone; KeyError when it is not kept any more."""
        if not 0 < number <= len(self._ways):
            raise KeyError(str(number))
        return self._ways[number - 1]

    def in_order(self, columns: Sequence[str]) -> list[str]:
        """Return columns in running order, those of all groups when none is given; KeyError for an unknown one."""
        for column in columns:
            self._run.graph.unit(column)
        place = {unit.id: number for number, unit in enumerate(self._run.graph.units)}
        return sorted(set(columns), key=place.__getitem__) if columns else self._columns()

    def layers(self, columns: Sequence[str]) -> list[LayerScene]:
        """Return the clusters of some columns as the user has them, in running order."""
        return self._scenes_of(self._clusters.now(self.in_order(columns)))

    def _scenes_of(self, now: Now) -> list[LayerScene]:
        return [self._clusters.scene(layer, clusters) for layer, clusters in now.items()]

    def _linked(self, now: Now, mode: ConnectionMode | None) -> "Linked":
        """Return the connections between columns.

        All begin with the order of another snapshot, so that another step moves little. Without one, opened columns
        begin with that of the picture before, edited clusters with that of those found.
        """
        return self._link(now, mode, earlier=self._in_other(list(now)) or self._before(now))

    def _in_other(self, columns: Sequence[str]) -> Mapping[str, Sequence[str]] | None:
        """Return the order of the same columns in the other snapshot, None where that holds no connections."""
        if self._other is None:
            return None
        try:
            return self._other.shared(columns)
        except AbsentError:
            return None

    def shared(self, columns: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Return the order that all meanings begin with: ids of the clusters of each column, by its layer.

        Raises:
            AbsentError: The run holds no connections.

        """
        return self._linked(self._clusters.now(columns), None).shared_by_layer

    def _before(self, now: Now) -> Mapping[str, Sequence[str]] | None:
        """Return the order of what was shown before columns were opened and clusters edited; None: all as found."""
        whole, unedited = dict.fromkeys(self._columns()), dict.fromkeys(now)
        before = None if list(now) == list(whole) else self._link(whole, None).shared_by_layer
        return self._link(unedited, None, earlier=before).shared_by_layer if any(now.values()) else before

    def _link(
        self, now: Now, mode: ConnectionMode | None, *, earlier: Mapping[str, Sequence[str]] | None = None
    ) -> "Linked":
        from cnnvis.compose.linked import link_columns  # for the reason given above

        def link() -> "Linked":
            scenes, titles = self._scenes_of(now), self._titles()
            with on_one_thread():
                return link_columns(self._found, scenes, titles, mode=mode, measured=self.measured, earlier=earlier)

        return self._links.get((mode, self._name(now), self.measured.version), link)

    def _name(self, now: Now) -> tuple[tuple[str, str], ...]:
        return tuple((layer, self._clusters.name(clusters)) for layer, clusters in now.items())
