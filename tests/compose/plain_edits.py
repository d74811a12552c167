"""The user's edits on plain dictionaries: what every edit means, written as directly as possible."""

import copy
import random
from typing import Any

from cnnvis.schema.edits import (
    ClusterState,
    Create,
    Edit,
    Import,
    LayerClusters,
    Lock,
    LogEntry,
    Merge,
    Move,
    Note,
    Regroup,
    Rename,
    Split,
)

Plain = dict[str, Any]


def plain(clusters: LayerClusters) -> Plain:
    """Return clusters as dictionaries and sets."""
    return {
        "clusters": [
            {"id": c.id, "neurons": set(c.neurons), "name": c.name, "note": c.note, "locked": c.locked}
            for c in clusters.clusters
        ],
        "method": clusters.method,
        "note": clusters.note,
        "notes": {note.neuron: note.text for note in clusters.notes},
    }


def plain_apply(edit: Edit, state: Plain) -> Plain:  # noqa: C901, PLR0912 - one branch per kind of edit
    """Return what an edit makes of a layer."""
    state = copy.deepcopy(state)
    by_id = {each["id"]: each for each in state["clusters"]}
    if isinstance(edit, Move | Create):
        for each in state["clusters"]:
            each["neurons"] -= set(edit.neurons)
        if isinstance(edit, Create):
            made = {"id": edit.id, "neurons": set(), "name": edit.name, "note": "", "locked": False}
            state["clusters"].append(made)
            by_id[edit.id] = made
        by_id[edit.to if isinstance(edit, Move) else edit.id]["neurons"] |= set(edit.neurons)
    elif isinstance(edit, Merge):
        for name in edit.clusters[1:]:
            by_id[edit.clusters[0]]["neurons"] |= by_id[name]["neurons"]
            by_id[name]["neurons"] = set()
    elif isinstance(edit, Split):
        place = state["clusters"].index(by_id[edit.cluster])
        by_id[edit.cluster]["neurons"] = set(edit.parts[0].neurons)
        for offset, part in enumerate(edit.parts[1:], start=1):
            made = {"id": part.id, "neurons": set(part.neurons), "name": "", "note": "", "locked": False}
            state["clusters"].insert(place + offset, made)
    elif isinstance(edit, Regroup):
        nothing = {"name": "", "note": "", "locked": False}
        state["clusters"] = [each for each in state["clusters"] if each["locked"]] + [
            {**nothing, **by_id.get(part.id, {}), "id": part.id, "neurons": set(part.neurons)} for part in edit.parts
        ]
        state["method"] = edit.method
    elif isinstance(edit, Lock):
        by_id[edit.cluster]["locked"] = edit.locked
    elif isinstance(edit, Rename):
        by_id[edit.cluster]["name"] = edit.name
    elif edit.cluster is not None:
        by_id[edit.cluster]["note"] = edit.text
    elif edit.neuron is None:
        state["note"] = edit.text
    else:
        state["notes"][edit.neuron] = edit.text
        state["notes"] = {neuron: text for neuron, text in state["notes"].items() if text}
    state["clusters"] = [each for each in state["clusters"] if each["neurons"]]
    return state


def plain_fold(rows: list[LogEntry]) -> dict[str, Plain]:
    """Return all edited layers after a log, from the beginning: undone edits are simply left out."""
    done: list[LogEntry] = []
    undone: list[LogEntry] = []
    for row in rows:
        if row.act == "undo":
            undone.append(done.pop())
        elif row.act == "redo":
            done.append(undone.pop())
        else:
            done.append(row)
            undone = []
    layers: dict[str, Plain] = {}
    for row in done:
        for start in row.starts:
            layers[start.layer] = plain(start)
        if isinstance(row.edit, Import):
            layers |= {each.layer: plain(each) for each in row.edit.layers}
        elif row.edit is not None:
            layers[row.edit.layer] = plain_apply(row.edit, layers[row.edit.layer])
    return layers


def halves(members: Any, method: str, k: int | None) -> list[tuple[int, ...]]:
    """Group neurons without looking at them, in k parts of about equal size."""
    del method
    parts = [tuple(sorted(members)[place :: (k or 3)]) for place in range(k or 3)]
    return [part for part in parts if part]


def random_edit(rng: random.Random, now: LayerClusters, neurons: int) -> Edit:
    """Return an edit of a layer that may or may not fit."""
    layer = now.layer
    names = [each.id for each in now.clusters] + ["c99"] * (rng.random() < 0.05)
    one, two = rng.choice(names), rng.choice(names)
    some = tuple(rng.sample(range(neurons), rng.randint(1, 3)))
    edits: list[Edit] = [
        Move(layer=layer, neurons=some, to=one),
        Move(layer=layer, neurons=some[:1], to=two),
        Create(layer=layer, neurons=some, name=rng.choice(["", "new"])),
        Merge(layer=layer, clusters=(one, two)),
        Split(layer=layer, cluster=one, k=rng.randint(2, 3)),
        Regroup(layer=layer, method=rng.choice(("ward", "kmeans")), k=rng.randint(1, 4)),
        Lock(layer=layer, cluster=one, locked=rng.random() < 0.4),
        Rename(layer=layer, cluster=one, name=rng.choice(["", "wheels", "fur"])),
        Note(layer=layer, text=rng.choice(["", "hm"]), cluster=one),
        Note(layer=layer, text=rng.choice(["", "hm"]), neuron=some[0]),
        Note(layer=layer, text="about the layer"),
    ]
    return rng.choice(edits)


def some_clusters(layer: str = "relu", neurons: int = 12, clusters: int = 3) -> LayerClusters:
    """Return a layer in which neuron n is in cluster n modulo so many."""
    return LayerClusters(
        layer=layer,
        clusters=tuple(
            ClusterState(id=f"c{number + 1}", neurons=tuple(range(number, neurons, clusters)))
            for number in range(clusters)
        ),
    )
