"""`cnnvis edit`: change the clusters and image groups of a run, undo and redo, and take edits along."""

import re
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import cast

from cnnvis.cli.console import Console
from cnnvis.cli.exit_codes import OK
from cnnvis.compose.editing import Edits
from cnnvis.compose.words import counted
from cnnvis.schema.edits import ClusterState, EditsScene, Method
from cnnvis.schema.errors import EditError

Words = list[str]
_LONGEST = 1_000_000
"""Numbers that a range may stand for."""


def run(options: Namespace, console: Console) -> int:
    """Do what was asked and say what was done.

    Raises:
        CnnvisError: The run cannot be opened, or the edit does not fit its clusters.

    """
    edits = Edits(cast("Path", options.run))
    _ACTIONS[cast("str", options.action)](edits, cast("Words", options.words), options, console)
    if edits.state.notice:
        console.remark(edits.state.notice)
    return OK


def neurons(text: str) -> tuple[int, ...]:
    """Read channels such as ``3,14,20-25``; EditError for anything else."""
    return _numbers(text, "neurons", "channels")


def images(text: str) -> tuple[int, ...]:
    """Read ids of images such as ``3,14,20-25``; EditError for anything else."""
    return _numbers(text, "images", "their ids in the data")


def _numbers(text: str, what: str, how: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in text.split(","):
        ends = re.fullmatch(r"(\d{1,15})(?:-(\d{1,15}))?", part.strip(), re.ASCII)
        if ends is None or int(ends[2] or ends[1]) - int(ends[1]) >= _LONGEST:
            raise EditError(f"{text!r} are no {what}.", f"Give {how}, like 3,14,20-25.")
        first, last = int(ends[1]), int(ends[2] or ends[1])
        if last < first:
            raise EditError(f"{part!r} ends before it begins.", "Give the smaller number first.")
        found += range(first, last + 1)
    return tuple(found)


def _taken(words: Words, names: str, *, more: bool = False) -> Words:
    """Return the words when they are as many as these names, or at least as many; EditError else."""
    wanted = names.split()
    if len(words) < len(wanted) or (len(words) > len(wanted) and not more):
        message = f"{counted(len(words), 'word')} came where {names or 'nothing'} was expected."
        raise EditError(message, "See cnnvis edit --help.")
    return words


def _said(scene: EditsScene, console: Console) -> None:
    """Say what was done last."""
    console.line(f"{scene.undo[:1].upper()}{scene.undo[1:]}." if scene.undo else "No edits.")


def _move(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    layer, channels, cluster = _taken(words, "LAYER NEURONS CLUSTER")
    _said(edits.move(layer, neurons(channels), to=cluster), console)


def _create(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    layer, channels, *name = _taken(words, "LAYER NEURONS", more=True)
    _said(edits.create(layer, neurons(channels), name=" ".join(name)), console)


def _merge(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    layer, *clusters = _taken(words, "LAYER CLUSTER CLUSTER", more=True)
    _said(edits.merge(layer, clusters), console)


def _split(edits: Edits, words: Words, options: Namespace, console: Console) -> None:
    layer, cluster = _taken(words, "LAYER CLUSTER")
    _said(edits.split(layer, cluster, k=cast("int | None", options.k) or 2), console)


def _regroup(edits: Edits, words: Words, options: Namespace, console: Console) -> None:
    (layer,) = _taken(words, "LAYER")
    method, k = cast("Method", options.method), cast("int | None", options.k)
    if not options.preview:
        _said(edits.regroup(layer, method=method, k=k), console)
        return
    found = edits.preview(layer, method=method, k=k)
    for title, scene in (("Now", found.before), ("Then", found.after)):
        apart = scene.clustering.silhouette
        console.line(f"{title}{'' if apart is None else f' (silhouette {apart:.2f})'}:")
        console.table(
            ("cluster", "neurons", "title"),
            [(each.id, f"{len(each.neurons):,}", each.title) for each in scene.clusters],
        )
    moved = counted(found.moved, "neuron")
    console.line(f"{moved} would change cluster; agreement of the two (adjusted Rand) {found.agreement:.2f}.")


def _lock(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    layer, cluster = _taken(words, "LAYER CLUSTER")
    _said(edits.lock(layer, cluster), console)


def _unlock(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    layer, cluster = _taken(words, "LAYER CLUSTER")
    _said(edits.lock(layer, cluster, locked=False), console)


def _rename(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    layer, cluster, *name = _taken(words, "LAYER CLUSTER NAME", more=True)
    _said(edits.rename(layer, cluster, " ".join(name)), console)


def _note(edits: Edits, words: Words, options: Namespace, console: Console) -> None:
    layer, *text = _taken(words, "LAYER TEXT", more=True)
    scene = edits.note(
        layer,
        " ".join(text),
        cluster=cast("str | None", options.cluster),
        neuron=cast("int | None", options.neuron),
    )
    _said(scene, console)


def _save_images(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    samples, *name = _taken(words, "IMAGES NAME", more=True)
    _said(edits.save_images(" ".join(name), images(samples)), console)


def _rename_images(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    group, *name = _taken(words, "GROUP NAME", more=True)
    _said(edits.rename_images(group, " ".join(name)), console)


def _remove_images(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    (group,) = _taken(words, "GROUP")
    _said(edits.remove_images(group), console)


def _images(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    _taken(words, "")
    rows = [(each.id, f"{len(each.samples):,}", each.name) for each in edits.image_groups]
    if rows:
        console.table(("group", "images", "name"), rows)
    else:
        console.line("No image groups.")


def _undo(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    _taken(words, "")
    console.line(f"Undone: {edits.undo().redo}.")


def _redo(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    _taken(words, "")
    console.line(f"Done again: {edits.redo().undo}.")


def _jump(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    (number,) = _taken(words, "NUMBER")
    if not (number.isascii() and number.isdecimal()) or len(number) > 18:
        raise EditError(f"{number!r} is no number of edits.", "Give how many are to hold, as in `history`.")
    scene = edits.jump(int(number))
    console.line(
        f"{counted(scene.done, 'edit')} of {scene.done + scene.undone} {'holds' if scene.done == 1 else 'hold'} now."
    )


def _history(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    _taken(words, "")
    rows = [
        (str(number), each.time, "" if each.done else "undone", each.words)
        for number, each in enumerate(edits.history, start=1)
    ]
    if rows:
        console.table(("number", "time", "", "edit"), rows)
    else:
        console.line("No edits.")


def _clusters(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    (layer,) = _taken(words, "LAYER")
    _show(edits.clusters(layer), console)


def _show(clusters: tuple[ClusterState, ...], console: Console) -> None:
    rows = [(each.id, f"{len(each.neurons):,}", "locked" if each.locked else "", each.name) for each in clusters]
    console.table(("cluster", "neurons", "", "name"), rows)


def _export(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    (file,) = _taken(words, "FILE")
    edits.save(file)
    state = edits.state
    groups = f" and {counted(len(state.groups), 'image group')}" if state.groups else ""
    console.line(f"Wrote {counted(len(state.layers), 'layer')}{groups} to {file}.")


def _import(edits: Edits, words: Words, _: Namespace, console: Console) -> None:
    (file,) = _taken(words, "FILE")
    report = edits.load(file)
    for each in report.layers:
        console.line(each.words)
    if report.groups:
        console.line(f"{counted(report.groups, 'image group')} taken over.")
    for sentence in report.missing:
        console.line(f"Left out: {sentence}")


_ACTIONS: dict[str, Callable[[Edits, Words, Namespace, Console], None]] = {
    "move": _move,
    "create": _create,
    "merge": _merge,
    "split": _split,
    "regroup": _regroup,
    "lock": _lock,
    "unlock": _unlock,
    "rename": _rename,
    "note": _note,
    "save-images": _save_images,
    "rename-images": _rename_images,
    "remove-images": _remove_images,
    "images": _images,
    "undo": _undo,
    "redo": _redo,
    "jump": _jump,
    "history": _history,
    "clusters": _clusters,
    "export": _export,
    "import": _import,
}
