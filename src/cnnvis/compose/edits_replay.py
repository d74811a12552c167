"""What the edits come to: replaying the log, in which undo is one edit fewer (design: edits are data)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from cnnvis.schema.edits import (
    ClusterEdit,
    ClusterState,
    Create,
    Import,
    KeptEdit,
    LayerClusters,
    Lock,
    LogEntry,
    Merge,
    Move,
    NeuronNote,
    Note,
    Part,
    Regroup,
    RemoveImages,
    Rename,
    RenameImages,
    SaveImages,
    Split,
)
from cnnvis.schema.images import ImageGroup


def cluster_number(identity: str) -> int:
    """Return the number in a cluster's id, 0 for one without."""
    return _number("c", identity)


def group_number(identity: str) -> int:
    """Return the number in an image group's id, 0 for one without."""
    return _number("g", identity)


def _number(letter: str, identity: str) -> int:
    found = re.fullmatch(rf"{letter}(\d{{1,18}})", identity, re.ASCII)
    return int(found[1]) if found else 0


def layers_of(edit: KeptEdit) -> tuple[str, ...]:
    """Return the layers that an edit changes."""
    match edit:
        case Import():
            return tuple(each.layer for each in edit.layers)
        case SaveImages() | RenameImages() | RemoveImages():
            return ()
        case _:
            return (edit.layer,)


def apply_to_groups(edit: KeptEdit, before: tuple[ImageGroup, ...]) -> tuple[ImageGroup, ...]:
    """Return the image groups after an edit that fits them."""
    match edit:
        case SaveImages():
            return (*before, ImageGroup(id=edit.id, name=edit.name, samples=edit.samples))
        case RenameImages():
            return tuple(replace(each, name=edit.name) if each.id == edit.group else each for each in before)
        case RemoveImages():
            return tuple(each for each in before if each.id != edit.group)
        case Import():
            return (*before, *edit.groups)
        case _:
            return before


def apply(edit: ClusterEdit, before: LayerClusters) -> LayerClusters:
    """Return the clusters of a layer after an edit that fits them (see `edits_resolve`).

    Every neuron stays in exactly one cluster, and no cluster is empty.
    """
    match edit:
        case Move():
            return _regrouped(before, {edit.to: edit.neurons})
        case Create():
            made = ClusterState(id=edit.id, neurons=(), name=edit.name)
            return _regrouped(replace(before, clusters=(*before.clusters, made)), {edit.id: edit.neurons})
        case Merge():
            first, *others = edit.clusters
            taken = [neuron for each in before.clusters if each.id in others for neuron in each.neurons]
            return _regrouped(before, {first: tuple(taken)})
        case Split():
            return _split(before, edit.cluster, edit.parts)
        case Regroup():
            return _whole(before, edit)
        case Lock():
            return _changed(before, edit.cluster, lambda each: replace(each, locked=edit.locked))
        case Rename():
            return _changed(before, edit.cluster, lambda each: replace(each, name=edit.name))
        case Note():
            return _noted(before, edit)


def _regrouped(before: LayerClusters, moved: dict[str, tuple[int, ...]]) -> LayerClusters:
    """Put neurons into the clusters named, out of all others; empty clusters are gone."""
    taken = {neuron for neurons in moved.values() for neuron in neurons}
    after: list[ClusterState] = []
    for each in before.clusters:
        kept = taken.isdisjoint(each.neurons)
        neurons = each.neurons if kept else tuple(neuron for neuron in each.neurons if neuron not in taken)
        if each.id in moved:
            neurons = tuple(sorted({*neurons, *moved[each.id]}))
        if neurons:
            after.append(each if neurons == each.neurons else replace(each, neurons=neurons))
    return replace(before, clusters=tuple(after))


def _split(before: LayerClusters, cluster: str, parts: Iterable[Part]) -> LayerClusters:
    after: list[ClusterState] = []
    for each in before.clusters:
        if each.id == cluster:
            first, *others = parts
            after += [replace(each, neurons=first.neurons)]
            after += [ClusterState(id=part.id, neurons=part.neurons) for part in others]
        else:
            after.append(each)
    return replace(before, clusters=tuple(after))


def _whole(before: LayerClusters, edit: Regroup) -> LayerClusters:
    """Locked clusters come first, then the parts; what keeps its id keeps its name and note."""
    known = {each.id: each for each in before.clusters}
    parts = [
        replace(known[part.id], neurons=part.neurons)
        if part.id in known
        else ClusterState(id=part.id, neurons=part.neurons)
        for part in edit.parts
    ]
    locked = [each for each in before.clusters if each.locked]
    return replace(before, clusters=(*locked, *parts), method=edit.method)


def _changed(before: LayerClusters, cluster: str, change: Callable[[ClusterState], ClusterState]) -> LayerClusters:
    return replace(before, clusters=tuple(change(each) if each.id == cluster else each for each in before.clusters))


def _noted(before: LayerClusters, edit: Note) -> LayerClusters:
    if edit.cluster is not None:
        return _changed(before, edit.cluster, lambda each: replace(each, note=edit.text))
    if edit.neuron is None:
        return replace(before, note=edit.text)
    texts = {note.neuron: note.text for note in before.notes} | {edit.neuron: edit.text}
    kept = tuple(NeuronNote(neuron=neuron, text=texts[neuron]) for neuron in sorted(texts) if texts[neuron])
    return replace(before, notes=kept)


@dataclass(eq=False)
class History:
    """The log read so far, and what it comes to.

    Each edit that holds remembers what it made of its layers, so that undoing is taking the last one off.
    """

    revision: int = 0
    done: list[LogEntry] = field(default_factory=list)
    """The edits that hold, oldest first."""
    undone: list[LogEntry] = field(default_factory=list)
    """What can be redone, next one last. A new edit ends that."""
    _after: list[dict[str, LayerClusters]] = field(default_factory=list)
    """Beside each edit that holds: what it made of its layers."""
    _stacks: dict[str, list[LayerClusters]] = field(default_factory=dict)
    """Layer to its clusters after each edit of it that holds."""
    _highest: dict[str, int] = field(default_factory=dict)
    """Layer to the highest number that any cluster of it ever had, also in edits that were undone."""
    _groups: list[tuple[ImageGroup, ...]] = field(default_factory=list)
    """Beside each edit that holds: the image groups after it."""
    highest_group: int = 0
    """The highest number that any image group ever had, also in edits that were undone."""

    def read(self, rows: Iterable[LogEntry]) -> "History":
        """Go on with these rows, and return itself."""
        for row in rows:
            self._read(row)
        return self

    def _read(self, row: LogEntry) -> None:
        self.revision = row.revision
        if row.act == "undo" and self.done:
            self.undone.append(self.done.pop())
            self._groups.pop()
            for layer in self._after.pop():
                self._stacks[layer].pop()
        elif row.act == "redo" and self.undone:
            self._do(self.undone.pop())
        elif row.act == "edit" and row.edit is not None:
            self.undone.clear()
            self._do(row)

    def _do(self, row: LogEntry) -> None:
        edit = row.edit
        if edit is None:
            return
        starts = {start.layer: start for start in row.starts}
        for start in row.starts:
            self._count(start.layer, (each.id for each in start.clusters))
        after: dict[str, LayerClusters] = {}
        if isinstance(edit, Import):
            after = {each.layer: each for each in edit.layers}
            for each in edit.layers:
                self._count(each.layer, (cluster.id for cluster in each.clusters))
        elif not isinstance(edit, SaveImages | RenameImages | RemoveImages):
            after = {edit.layer: apply(edit, self.layer(edit.layer) or starts[edit.layer])}
            self._count(edit.layer, _given(edit))
        self._groups.append(apply_to_groups(edit, self.groups))
        self.highest_group = max(self.highest_group, *(group_number(each.id) for each in self.groups), 0)
        for layer, clusters in after.items():
            self._stacks.setdefault(layer, []).append(clusters)
        self.done.append(row)
        self._after.append(after)

    def _count(self, layer: str, ids: Iterable[str]) -> None:
        self._highest[layer] = max([self._highest.get(layer, 0), *map(cluster_number, ids)])

    def layer(self, layer: str) -> LayerClusters | None:
        """Return the clusters of a layer; None when no edit of it holds."""
        stack = self._stacks.get(layer)
        return stack[-1] if stack else None

    @property
    def layers(self) -> tuple[LayerClusters, ...]:
        """All layers of which an edit holds, by id."""
        return tuple(stack[-1] for _, stack in sorted(self._stacks.items()) if stack)

    @property
    def groups(self) -> tuple[ImageGroup, ...]:
        """The image groups, oldest first."""
        return self._groups[-1] if self._groups else ()

    def highest(self, layer: str) -> int:
        """Return the highest number that a cluster of the layer ever had; 0 when no edit of it was ever made."""
        return self._highest.get(layer, 0)


def _given(edit: ClusterEdit) -> tuple[str, ...]:
    """Return the ids that an edit gave to clusters."""
    if isinstance(edit, Create):
        return (edit.id,)
    return tuple(part.id for part in edit.parts) if isinstance(edit, Split | Regroup) else ()
