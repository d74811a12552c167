"""Taking edits to another run: clusters go with the neurons that answer to the same classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float
from msgspec.structs import replace

from cnnvis.compose.edits_replay import History
from cnnvis.compose.edits_resolve import keep_ids
from cnnvis.compose.words import counted
from cnnvis.schema.edits import (
    EDITS_VERSION,
    CarriedLayer,
    ClusterState,
    EditsFile,
    ExportedLayer,
    LayerClusters,
    NeuronNote,
)
from cnnvis.schema.errors import EditError
from cnnvis.store.reader import Run

if TYPE_CHECKING:
    from cnnvis.analysis.match import NeuronMatch

WITHOUT = "without counterpart"
"""Name of the cluster of neurons that nothing was said about where the edits come from."""
_NAMED = 8


@dataclass(frozen=True, kw_only=True)
class Carried:
    """One layer as it was taken over."""

    clusters: LayerClusters
    facts: CarriedLayer
    missing: tuple[str, ...]


def export_edits(run: Run, history: History) -> EditsFile:
    """Return the edited layers of a run, with what their neurons can be recognised by in another run."""
    layers = [
        ExportedLayer(clusters=each, neurons=len(profiles), profiles=profiles.astype("<f2").tobytes())
        for each in history.layers
        for profiles in [_profiles(run, each.layer)]
    ]
    return EditsFile(
        run=run.file.id,
        model=run.file.model.name,
        classes=run.file.classes,
        layers=tuple(layers),
        data=run.file.data.name,
        groups=history.groups,
        history=tuple(history.done),
    )


def _profiles(run: Run, layer: str) -> Float[np.ndarray, "neurons classes"]:
    values = run.statistics.array(layer, "after_mean").T.astype(np.float32)
    # Only the course over the classes counts, and half-precision numbers end at 65,504.
    largest = np.nanmax(np.abs(values), initial=0.0)
    return values / largest if largest > 0 else values


def check_file(file: EditsFile) -> None:
    """Refuse a file whose parts do not fit together.

    Raises:
        EditError: It is of a newer version, or damaged.

    """
    if file.version > EDITS_VERSION:
        message = f"The edits are of version {file.version}, this cnnvis knows {EDITS_VERSION}."
        raise EditError(message, "Update: pip install --upgrade cnnvis.")
    for each in file.layers:
        neurons = [neuron for cluster in each.clusters.clusters for neuron in cluster.neurons]
        ids = [cluster.id for cluster in each.clusters.clusters]
        fits = len(each.profiles) == 2 * each.neurons * len(file.classes)
        inside = all(
            0 <= neuron < each.neurons for neuron in [*neurons, *(note.neuron for note in each.clusters.notes)]
        )
        if not fits or not inside or len(set(neurons)) < len(neurons) or len(set(ids)) < len(ids):
            message = f"The edits of {each.clusters.layer} are damaged: their neurons do not fit together."
            raise EditError(message, "Export them anew.")


def carry_layer(run: Run, file: EditsFile, exported: ExportedLayer, now: LayerClusters, *, highest: int) -> Carried:
    """Return a layer's clusters as they are in this run.

    Neurons without counterpart form a cluster of their own. Clusters keep their ids in the run that they come from;
    elsewhere one takes over the id of the cluster that it mostly replaces, and others get new ones.

    Args:
        run: The run to take them to; it has the layer.
        file: Where they come from, checked.
        exported: The layer there.
        now: The layer's clusters here.
        highest: Highest number that a cluster of the layer ever had here.

    """
    from cnnvis.analysis.match import match_neurons  # SciPy takes half a second

    theirs = exported.clusters
    stored = np.frombuffer(exported.profiles, "<f2").reshape(exported.neurons, len(file.classes)).astype(np.float64)
    source, target = _over_common_classes(stored, file.classes, _profiles(run, theirs.layer), run.file.classes)
    found = match_neurons(source, target)
    to = {neuron: int(other) for neuron, other in enumerate(found.target) if other >= 0}
    kept = [
        replace(each, neurons=neurons)
        for each in theirs.clusters
        if (neurons := tuple(sorted(to[neuron] for neuron in each.neurons if neuron in to)))
    ]
    said = {neuron for each in kept for neuron in each.neurons}
    left = tuple(neuron for neuron in range(len(target)) if neuron not in said)
    if left:
        kept.append(ClusterState(id="", neurons=left, name=WITHOUT))
    renamed = _with_ids(kept, now, highest=highest, own=file.run == run.file.id)
    notes = sorted((to[note.neuron], note.text) for note in theirs.notes if note.neuron in to)
    clusters = replace(
        theirs, clusters=renamed, notes=tuple(NeuronNote(neuron=neuron, text=text) for neuron, text in notes)
    )
    facts = CarriedLayer(
        layer=theirs.layer,
        by="identity" if found.identity else "profiles",
        neurons=len(to),
        total=exported.neurons,
        agreement=found.agreement,
        words=carry_words(found, theirs.layer, len(to), exported.neurons),
    )
    return Carried(clusters=clusters, facts=facts, missing=tuple(_missing(theirs, to, exported.neurons)))


def carry_words(found: "NeuronMatch", layer: str, neurons: int, total: int) -> str:
    """Say how much of a layer was taken over, by what, and how sure that is."""
    taken = f"{layer}: {neurons:,} of {counted(total, 'neuron')} taken over, matched"
    if found.identity:
        unsure = "" if found.agreement is not None else " (too few classes are known in both runs to compare by)"
        return f"{taken} by number{unsure}."
    if found.least is None:
        return f"{layer}: nothing taken over. No neuron answers to the same classes as one there better than by chance."
    return f"{taken} by class profile (correlation {found.least:.2f} or more, which chance hardly gives)."


def _over_common_classes(
    source: Float[np.ndarray, "source their_classes"],
    their_names: Sequence[str],
    target: Float[np.ndarray, "target classes"],
    names: Sequence[str],
) -> tuple[Float[np.ndarray, "source common"], Float[np.ndarray, "target common"]]:
    """Return the columns of the classes that both know, paired by name."""
    here = {name: index for index, name in enumerate(names)}
    there = {name: index for index, name in enumerate(their_names)}
    common = [name for name in there if name in here]
    return (
        source[:, [there[name] for name in common]],
        target[:, [here[name] for name in common]].astype(np.float64),
    )


def _with_ids(kept: Sequence[ClusterState], now: LayerClusters, *, highest: int, own: bool) -> tuple[ClusterState, ...]:
    if own:
        return tuple(each if each.id else replace(each, id=f"c{highest + 1}") for each in kept)
    parts = keep_ids([each.neurons for each in kept], now.clusters, highest)
    return tuple(replace(each, id=part.id) for each, part in zip(kept, parts, strict=True))


def _missing(theirs: LayerClusters, to: dict[int, int], neurons: int) -> list[str]:
    said: list[str] = []
    lost = [neuron for neuron in range(neurons) if neuron not in to]
    if lost:
        listed = ", ".join(map(str, lost[:_NAMED])) + (" and others" if len(lost) > _NAMED else "")
        said.append(f"{counted(len(lost), 'neuron')} of {theirs.layer} without counterpart here: {listed}.")
    for each in theirs.clusters:
        if not any(neuron in to for neuron in each.neurons):
            named = f" “{each.name}”" if each.name else ""
            said.append(f"Cluster {each.id}{named} of {theirs.layer}: none of its neurons has a counterpart here.")
    dropped = [note.neuron for note in theirs.notes if note.neuron not in to]
    said += [f"The note on neuron {neuron} of {theirs.layer}." for neuron in dropped]
    return said
