"""Whether an edit fits the clusters as they are, and what it comes to: the ids and parts that it makes."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from jaxtyping import Bool, Float, Int
from msgspec.structs import replace

from cnnvis.schema.edits import (
    ClusterEdit,
    ClusterState,
    Create,
    LayerClusters,
    Lock,
    Merge,
    Method,
    Move,
    Note,
    Part,
    Regroup,
    Rename,
    Split,
)
from cnnvis.schema.errors import EditError

Grouper = Callable[[Sequence[int], Method, "int | None"], "list[tuple[int, ...]]"]
"""Groups these neurons of a layer by a method into k clusters (None: found), largest first, never-active ones last."""
Footprint = tuple[object, ...]


def resolve(edit: ClusterEdit, now: LayerClusters, *, neurons: int, highest: int, group: Grouper) -> ClusterEdit:
    """Return the edit with the ids and parts that it makes.

    Args:
        edit: What the user asks for.
        now: The layer's clusters as they are.
        neurons: How many neurons the layer has.
        highest: Highest number that a cluster of the layer ever had: new ones get higher ones.
        group: Groups neurons of the layer.

    Raises:
        EditError: It names what is not there, would change a locked cluster, or would change nothing.

    """
    known = {each.id: each for each in now.clusters}
    match edit:
        case Move():
            return _move(edit, known, neurons)
        case Create():
            return _create(edit, known, neurons, highest)
        case Merge():
            return _merge(edit, known)
        case Split():
            return _split(edit, _cluster(known, edit.layer, edit.cluster), highest, group)
        case Regroup():
            return _regroup(edit, now, highest, group)
        case Lock():
            return _lock(edit, _cluster(known, edit.layer, edit.cluster))
        case Rename():
            _cluster(known, edit.layer, edit.cluster)
            return edit
        case Note():
            return _note(edit, known, neurons)


def _create(edit: Create, known: dict[str, ClusterState], neurons: int, highest: int) -> Create:
    _check_neurons(edit.layer, edit.neurons, neurons)
    _check_unlocked(_holders(known.values(), edit.neurons), edit.layer)
    return replace(edit, neurons=tuple(sorted(set(edit.neurons))), id=f"c{highest + 1}")


def _merge(edit: Merge, known: dict[str, ClusterState]) -> Merge:
    names = tuple(dict.fromkeys(edit.clusters))
    _check_unlocked([_cluster(known, edit.layer, name) for name in names], edit.layer)
    if len(names) < 2:
        raise EditError(f"Merging needs two clusters, but only {', '.join(names)} was named.", "Name another one.")
    return replace(edit, clusters=names)


def _note(edit: Note, known: dict[str, ClusterState], neurons: int) -> Note:
    if edit.cluster is not None and edit.neuron is not None:
        raise EditError("A note was given for a cluster and for a neuron at once.", "Give two notes.")
    if edit.cluster is not None:
        _cluster(known, edit.layer, edit.cluster)
    if edit.neuron is not None:
        _check_neurons(edit.layer, (edit.neuron,), neurons)
    return edit


def _lock(edit: Lock, cluster: ClusterState) -> Lock:
    if edit.locked == cluster.locked:
        raise EditError(f"{cluster.id} is {'locked' if edit.locked else 'not locked'} already.", "Nothing is to do.")
    return edit


def _move(edit: Move, known: dict[str, ClusterState], neurons: int) -> Move:
    _check_neurons(edit.layer, edit.neurons, neurons)
    target = _cluster(known, edit.layer, edit.to)
    from_where = _holders(known.values(), edit.neurons)
    if set(edit.neurons) <= set(target.neurons):
        raise EditError(f"These neurons are in {edit.to} already.", "Choose another cluster.")
    _check_unlocked([target, *from_where], edit.layer)
    return replace(edit, neurons=tuple(sorted(set(edit.neurons))))


def _split(edit: Split, cluster: ClusterState, highest: int, group: Grouper) -> Split:
    _check_unlocked([cluster], edit.layer)
    if len(cluster.neurons) < edit.k:
        message = f"{cluster.id} has {len(cluster.neurons)} neurons, which are too few for {edit.k} clusters."
        raise EditError(message, "Ask for fewer.")
    found = group(cluster.neurons, "ward", edit.k)
    if len(found) < 2:
        raise EditError(
            f"The neurons of {cluster.id} are all alike: there is nothing to split by.", "Move some of them."
        )
    ids = [cluster.id, *(f"c{highest + number}" for number in range(1, len(found)))]
    return replace(edit, parts=tuple(Part(name, part) for name, part in zip(ids, found, strict=True)))


def _regroup(edit: Regroup, now: LayerClusters, highest: int, group: Grouper) -> Regroup:
    if edit.method == "meanshift" and edit.k is not None:
        raise EditError(f"{edit.k} clusters were asked of MeanShift, which finds their number.", "Leave k out.")
    free = [each for each in now.clusters if not each.locked]
    if not free:
        raise EditError(f"All clusters of {edit.layer} are locked.", "Unlock some of them first.")
    members = sorted(neuron for each in free for neuron in each.neurons)
    found = group(members, edit.method, edit.k)
    return replace(edit, parts=tuple(keep_ids(found, free, highest)))


def keep_ids(found: Sequence[tuple[int, ...]], old: Sequence[ClusterState], highest: int) -> list[Part]:
    """Give each group of neurons the id of the cluster that it mostly is, else a new one.

    Mostly: they share more than half of all neurons that are in one of them, which holds for at most one cluster.
    """
    parts: list[Part] = []
    for neurons in found:
        mine = set(neurons)
        same = [each.id for each in old if 2 * len(mine & set(each.neurons)) > len(mine | set(each.neurons))]
        if not same:
            highest += 1
        parts.append(Part(same[0] if same else f"c{highest}", neurons))
    return parts


def _check_neurons(layer: str, asked: Iterable[int], neurons: int) -> None:
    absent = [neuron for neuron in asked if not 0 <= neuron < neurons]
    if absent:
        message = f"{layer} has no neuron {absent[0]}; its neurons are 0 to {neurons - 1}."
        raise EditError(message, "Name neurons by their channel.")


def _check_unlocked(clusters: Iterable[ClusterState], layer: str) -> None:
    locked = [each.id for each in clusters if each.locked]
    if locked:
        raise EditError(f"{locked[0]} of {layer} is locked.", "Unlock it first.")


def _cluster(known: dict[str, ClusterState], layer: str, name: str) -> ClusterState:
    if name not in known:
        message = f"{layer} has no cluster {name!r}; it has {', '.join(known)}."
        raise EditError(message, "Choose one of these.")
    return known[name]


def _holders(clusters: Iterable[ClusterState], neurons: Iterable[int]) -> list[ClusterState]:
    asked = set(neurons)
    return [each for each in clusters if not asked.isdisjoint(each.neurons)]


def footprint(edit: ClusterEdit, clusters: LayerClusters | None) -> Footprint:
    """Return all that an edit builds on: it still means the same where this is the same as when it was decided on.

    Args:
        edit: What the user asks for.
        clusters: The layer's clusters; None where the layer is not edited.

    """
    if clusters is None:
        return ()
    known = {each.id: each for each in clusters.clusters}
    match edit:
        case Move() | Create():
            holders = _holders(clusters.clusters, edit.neurons)
            to = known.get(edit.to) if isinstance(edit, Move) else None
            held = tuple((each.id, each.locked, tuple(sorted({*each.neurons} & {*edit.neurons}))) for each in holders)
            return (held, to and (to.id, to.locked))
        case Merge():
            return tuple(_neurons_of(known.get(name)) for name in edit.clusters)
        case Split():
            return _neurons_of(known.get(edit.cluster))
        case Regroup():
            return tuple(_neurons_of(each) for each in clusters.clusters)
        case Lock():
            return _neurons_of(known.get(edit.cluster))
        case Rename():
            each = known.get(edit.cluster)
            return (each and each.name,)
        case Note():
            each = known.get(edit.cluster or "")
            texts = {note.neuron: note.text for note in clusters.notes}
            about_layer = clusters.note if edit.cluster is None and edit.neuron is None else None
            return (each and each.note, texts.get(-1 if edit.neuron is None else edit.neuron, ""), about_layer)


def _neurons_of(cluster: ClusterState | None) -> Footprint:
    return () if cluster is None else (cluster.id, cluster.neurons, cluster.locked)


def groups_of(assignment: Int[np.ndarray, " members"], members: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the neurons of each cluster, clusters by number, neurons ascending."""
    of = np.asarray(members)
    return [
        tuple(int(neuron) for neuron in np.sort(of[assignment == number])) for number in range(assignment.max() + 1)
    ]


def grouper(features: Float[np.ndarray, "neurons features"], never_active: Bool[np.ndarray, " neurons"]) -> Grouper:
    """Return what groups neurons of a layer.

    Args:
        features: What neurons are compared by.
        never_active: Neurons that never rise above 0: they stay together.

    """

    def group(members: Sequence[int], method: Method, k: int | None) -> list[tuple[int, ...]]:
        from cnnvis.analysis.cluster import cluster_neurons  # SciPy takes half a second, renaming needs none of it

        of = np.asarray(members)
        found = cluster_neurons(features[of], never_active[of], method=method, k=k)
        return groups_of(found.assignment, members)

    return group
