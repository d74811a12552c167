"""The user's edits of one run: made one at a time, kept before they are acknowledged, and replayed."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TypeVar

from cnnvis.compose.edited_layers import EditedLayers
from cnnvis.compose.edits_carry import Carried, carry_layer, check_file, export_edits
from cnnvis.compose.edits_images import carry_groups, images_footprint, resolve_images
from cnnvis.compose.edits_replay import History, apply, cluster_number, layers_of
from cnnvis.compose.edits_resolve import footprint, resolve
from cnnvis.compose.edits_words import edit_words
from cnnvis.schema.edits import (
    Act,
    CarryReport,
    ClusterEdit,
    Edit,
    EditsFile,
    EditsScene,
    HistoryEntry,
    HistoryPage,
    ImagesEdit,
    Import,
    LayerClusters,
    LogEntry,
    Method,
    Regroup,
    RemoveImages,
    RenameImages,
    SaveImages,
)
from cnnvis.schema.errors import CnnvisError, EditError
from cnnvis.schema.images import ImageGroup
from cnnvis.store.edits import EditLog
from cnnvis.store.reader import Run

Ground = TypeVar("Ground")
_LOOK = "Look at the clusters as they are now, and decide again."


class ConflictError(EditError):
    """What the edit builds on has changed since it was decided on."""


class TooLateError(CnnvisError):
    """Finding out what an edit comes to took longer than anybody waits; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What grouping a layer anew would come to."""

    revision: int
    before: LayerClusters
    edited: bool
    """Whether the clusters before are already the user's."""
    after: LayerClusters


def utc_now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(timezone.utc).replace(microsecond=0).isoformat().replace("+00:00", "Z")


class EditBook:
    """What a user changed in a run.

    Several threads and several processes may use it at once: each edit is made on what is in the file at that moment.
    A refused edit writes nothing.

    Args:
        run: The run.
        layers: Its layers for edited clusters.
        log: Where edits are kept.
        clock: Returns the time that is written beside an edit.

    """

    def __init__(self, run: Run, layers: EditedLayers, log: EditLog, *, clock: Callable[[], str] = utc_now) -> None:
        self._run = run
        self._layers = layers
        self._log = log
        self._clock = clock
        self._history = History()
        self._lock = threading.RLock()

    def revision(self) -> int:
        """Return the number of the newest row of the log."""
        return self._log.revision()

    def layer(self, unit: str) -> LayerClusters | None:
        """Return the clusters of a layer; None when no edit of it holds."""
        with self._lock:
            return self._read().layer(unit)

    def layers(self, units: Sequence[str]) -> list[LayerClusters | None]:
        """Return the clusters of several layers at one moment; as `layer`."""
        with self._lock:
            history = self._read()
            return [history.layer(unit) for unit in units]

    def clusters(self, unit: str) -> LayerClusters:
        """Return the clusters of a layer, edited or not; EditError when the run has no such layer."""
        self._check_layer(unit)
        return self.layer(unit) or self._layers.start(unit)

    def groups(self) -> tuple[ImageGroup, ...]:
        """Return the saved image groups, oldest first."""
        with self._lock:
            return self._read().groups

    def scene(self) -> EditsScene:
        """Return the edits as they are now."""
        with self._lock:
            history = self._read()
            return EditsScene(
                revision=history.revision,
                undo=_words(history.done[-1]) if history.done else "",
                redo=_words(history.undone[-1]) if history.undone else "",
                done=len(history.done),
                undone=len(history.undone),
                layers=history.layers,
                groups=history.groups,
                notice=self._log.notice,
            )

    def history(self, first: int = 0, count: int | None = None) -> HistoryPage:
        """Return a part of the history list: some entries from a place on, or all."""
        with self._lock:
            history = self._read()
            rows = [*history.done, *reversed(history.undone)]
            chosen = rows[first:] if count is None else rows[first : first + count]
            entries = (
                HistoryEntry(
                    revision=row.revision,
                    time=row.time,
                    words=_words(row),
                    layers=layers_of(row.edit) if row.edit is not None else (),
                    done=place < len(history.done),
                )
                for place, row in enumerate(chosen, start=first)
            )
            return HistoryPage(revision=history.revision, first=first, entries=tuple(entries), total=len(rows))

    def make(self, edit: Edit, *, on: int | None = None, until: float | None = None) -> EditsScene:
        """Make an edit; it is on the disk when this returns.

        Args:
            edit: What the user asks for.
            on: The revision that the user looked at; None: the newest. An edit that was decided on while looking at
                an older one is made all the same where what it builds on is unchanged.
            until: Time of the monotonic clock after which nobody waits for the edit, so that it is not made.

        Raises:
            ConflictError: What it builds on has changed.
            EditError: It does not fit the clusters as they are.
            RunError: It cannot be written.
            TooLateError: It took too long.

        """
        if isinstance(edit, SaveImages | RenameImages | RemoveImages):
            return self._make_group(edit, on, until)
        return self._make_clusters(edit, on, until)

    def _make_group(self, edit: ImagesEdit, on: int | None, until: float | None) -> EditsScene:
        probe: list[int] = self._run.statistics.probe().samples.tolist()

        def look(history: History) -> tuple[tuple[ImageGroup, ...], int]:
            if on is not None and on != history.revision:
                then = History().read(row for row in self._log.rows() if row.revision <= on)
                same = images_footprint(edit, then.groups) == images_footprint(edit, history.groups)
                if on > history.revision or not same:
                    raise ConflictError("The image groups that this builds on have been changed meanwhile.", _LOOK)
            return history.groups, history.highest_group

        def decide(ground: tuple[tuple[ImageGroup, ...], int]) -> list[LogEntry]:
            groups, highest = ground
            resolved = resolve_images(edit, groups, highest=highest, probe=probe)
            return [LogEntry(time=self._clock(), edit=resolved)]

        self._settle(look, decide, until)
        return self.scene()

    def _make_clusters(self, edit: ClusterEdit, on: int | None, until: float | None) -> EditsScene:
        layer = edit.layer
        neurons = self._check_layer(layer)
        start = self._layers.start(layer)

        def look(history: History) -> tuple[LayerClusters | None, int]:
            if on is not None:
                self._check_same(edit, history, on, start)
            return history.layer(layer), max(history.highest(layer), _highest(start))

        def decide(ground: tuple[LayerClusters | None, int]) -> list[LogEntry]:
            now, highest = ground
            resolved = self._resolved(edit, now or start, neurons=neurons, highest=highest)
            return [LogEntry(time=self._clock(), edit=resolved, starts=() if now is not None else (start,))]

        self._settle(look, decide, until)
        return self.scene()

    def preview(self, edit: Regroup) -> Preview:
        """Return what grouping a layer anew would come to, without keeping it; errors as for `make`."""
        neurons = self._check_layer(edit.layer)
        start = self._layers.start(edit.layer)
        with self._lock:
            edited = self._read().layer(edit.layer)
            highest = max(self._history.highest(edit.layer), _highest(start))
            revision = self._history.revision
        before = edited or start
        after = apply(self._resolved(edit, before, neurons=neurons, highest=highest), before)
        return Preview(revision=revision, before=before, edited=edited is not None, after=after)

    def undo(self, *, on: int | None = None) -> EditsScene:
        """Take the newest edit back.

        Raises:
            ConflictError: Another edit was made since the revision that the user looked at.
            EditError: There is nothing to undo.
            RunError: It cannot be written.

        """
        return self._step("undo", on)

    def redo(self, *, on: int | None = None) -> EditsScene:
        """Make the edit again that was undone last; errors as for `undo`."""
        return self._step("redo", on)

    def jump(self, done: int, *, on: int | None = None) -> EditsScene:
        """Undo or redo until this many edits hold, all at once; errors as for `undo`."""

        def look(history: History) -> tuple[int, int, int]:
            _check_nothing_new(history, on, "gone to another point of the history")
            return history.revision, len(history.done), len(history.undone)

        def decide(ground: tuple[int, int, int]) -> list[LogEntry]:
            _, now, undone = ground
            if not 0 <= done <= now + undone:
                message = f"There are {now + undone} edits in the history: {done} of them cannot hold."
                raise EditError(message, f"Give a number from 0 to {now + undone}.")
            return [LogEntry(act="undo" if done < now else "redo", time=self._clock())] * abs(done - now)

        self._settle(look, decide, None)
        return self.scene()

    def export(self) -> EditsFile:
        """Return all edited layers in a form that can be taken to another run."""
        with self._lock:
            return export_edits(self._run, self._read())

    def take_over(self, file: EditsFile, *, until: float | None = None) -> CarryReport:
        """Take over the edited layers and image groups of a file, as one edit; they replace the clusters of the layers.

        Args:
            file: What was exported.
            until: As for `make`.

        Raises:
            EditError: The file is damaged or of a newer version, or nothing in it can be taken over.
            RunError: It cannot be written.
            TooLateError: It took too long.

        """
        check_file(file)
        units = {unit.id for unit in self._run.graph.units} & self._run.statistics.units
        there = [each for each in file.layers if each.clusters.layer in units]
        absent = [f"This run has no layer {name!r}." for name in _names(file) if name not in units]
        starts = {each.clusters.layer: self._layers.start(each.clusters.layer) for each in there}
        carried: list[Carried] = []
        groups: tuple[ImageGroup, ...] = ()
        ungrouped: list[str] = []

        def look(history: History) -> tuple[list[tuple[LayerClusters | None, int]], tuple[ImageGroup, ...], int]:
            layers = [(history.layer(name), max(history.highest(name), _highest(starts[name]))) for name in starts]
            return layers, history.groups, history.highest_group

        def decide(
            ground: tuple[list[tuple[LayerClusters | None, int]], tuple[ImageGroup, ...], int],
        ) -> list[LogEntry]:
            nonlocal groups, ungrouped
            known = dict(zip(starts, ground[0], strict=True))
            groups, ungrouped = carry_groups(self._run, file, ground[1], highest=ground[2])
            carried.clear()
            for each in there:
                name = each.clusters.layer
                now, highest = known[name]
                highest = max(highest, _highest(each.clusters))
                carried.append(carry_layer(self._run, file, each, now or starts[name], highest=highest))
            kept = [each for each in carried if each.facts.neurons]
            if not kept and not groups:
                remedy = " ".join([*absent, *_missing(carried), *ungrouped]) or "There is nothing new in the file."
                raise EditError("Nothing of these edits fits this run.", remedy)
            edit = Import(layers=tuple(each.clusters for each in kept), source=file.run, groups=groups)
            fresh = tuple(starts[name] for name in layers_of(edit) if known[name][0] is None)
            return [LogEntry(time=self._clock(), edit=edit, starts=fresh)]

        self._settle(look, decide, until)
        missing = (*absent, *_missing(carried), *ungrouped)
        layers = tuple(each.facts for each in carried)
        return CarryReport(layers=layers, groups=len(groups), missing=missing, edits=self.scene())

    def _resolved(self, edit: ClusterEdit, now: LayerClusters, *, neurons: int, highest: int) -> ClusterEdit:
        def group(members: Sequence[int], method: Method, k: int | None) -> list[tuple[int, ...]]:
            return self._layers.group(edit.layer, members, method, k)

        return resolve(edit, now, neurons=neurons, highest=highest, group=group)

    def _step(self, act: Act, on: int | None) -> EditsScene:
        def look(history: History) -> int:
            _check_nothing_new(history, on, f"{act}ne")
            if not (history.done if act == "undo" else history.undone):
                raise EditError(f"There is nothing to {act}.", "Make an edit first.")
            return history.revision

        self._settle(look, lambda _: [LogEntry(act=act, time=self._clock())], None)
        return self.scene()

    def _settle(
        self, look: Callable[[History], Ground], decide: Callable[[Ground], list[LogEntry]], until: float | None
    ) -> None:
        """Add rows to the log, all or none, that were decided on looking at what the log comes to.

        Deciding may take long and may refuse, so the log is not held meanwhile, and is not even made for a refusal.
        When others have written since, look again, and decide again if that is something else.
        """
        seen: Ground | None = None
        rows: list[LogEntry] | None = None
        while True:
            with self._lock:
                history = self._read()
                newest, ground = history.revision, look(history)
            if rows is None or ground != seen:
                seen, rows = ground, decide(ground)
            if not rows:
                return
            with self._lock:
                if until is not None and time.monotonic() > until:
                    raise TooLateError("This edit took too long to work out.", "Choose fewer neurons, or another way.")
                kept = self._log.extend(rows, after=newest)
                if kept is None:
                    continue
                if self._history.revision == newest:
                    self._history.read(kept)
                return

    def _check_same(self, edit: ClusterEdit, history: History, on: int, start: LayerClusters) -> None:
        if on == history.revision:
            return
        then = History().read(row for row in self._log.rows() if row.revision <= on)
        now = history.layer(edit.layer) or start
        if on > history.revision or footprint(edit, then.layer(edit.layer) or start) != footprint(edit, now):
            raise ConflictError(f"What this edit of {edit.layer} builds on has been changed meanwhile.", _LOOK)

    def _check_layer(self, unit: str) -> int:
        """Return the number of neurons of a layer; EditError when the run has no such layer."""
        count = next((each.neurons for each in self._run.graph.units if each.id == unit), None)
        if count is None or unit not in self._run.statistics.units:
            raise EditError(f"The run has no layer {unit!r}.", "`cnnvis query RUN layers` lists them.")
        return count

    def _read(self) -> History:
        """Read what others have written since; from the beginning when the file is another one now."""
        newest = self._log.revision()
        if newest < self._history.revision:
            self._history = History()
        if newest > self._history.revision:
            self._history.read(self._log.rows(self._history.revision))
        return self._history


def _check_nothing_new(history: History, on: int | None, what: str) -> None:
    if on is not None and on != history.revision:
        raise ConflictError(f"Another edit was made before this could be {what}.", _LOOK)


def _words(row: LogEntry) -> str:
    return edit_words(row.edit) if row.edit is not None else ""


def _names(file: EditsFile) -> list[str]:
    return [each.clusters.layer for each in file.layers]


def _missing(carried: Sequence[Carried]) -> list[str]:
    return [sentence for each in carried for sentence in each.missing]


def _highest(clusters: LayerClusters) -> int:
    """Return the highest number of a cluster."""
    return max((cluster_number(each.id) for each in clusters.clusters), default=0)
