"""What an edit did, as a line of the history list."""

from cnnvis.compose.words import counted
from cnnvis.schema.edits import (
    ClusterEdit,
    Create,
    Import,
    KeptEdit,
    Lock,
    Merge,
    Move,
    Note,
    Regroup,
    RemoveImages,
    Rename,
    RenameImages,
    SaveImages,
    Split,
)

_METHODS = {"ward": "Ward", "kmeans": "K-Means", "meanshift": "MeanShift"}


def edit_words(edit: KeptEdit) -> str:
    """Return a sentence without its full stop, as in ``moved 3 neurons to c2 in layer1.0``."""
    match edit:
        case Import():
            return _import_words(edit)
        case SaveImages():
            return f"saved {counted(len(edit.samples), 'image')} as the group “{edit.name}”"
        case RenameImages():
            return f"named the image group {edit.group} “{edit.name}”"
        case RemoveImages():
            return f"removed the image group {edit.group}"
        case _:
            return f"{_cluster_words(edit)} in {edit.layer}"


def _import_words(edit: Import) -> str:
    layers = [counted(len(edit.layers), "layer")] if edit.layers or not edit.groups else []
    groups = [counted(len(edit.groups), "image group")] if edit.groups else []
    return f"took over {' and '.join([*layers, *groups])} from {edit.source}"


def _cluster_words(edit: ClusterEdit) -> str:
    match edit:
        case Move():
            return f"moved {_neurons(edit.neurons)} to {edit.to}"
        case Create():
            return f"made {edit.id} of {_neurons(edit.neurons)}"
        case Merge():
            return f"merged {' and '.join(edit.clusters[1:])} into {edit.clusters[0]}"
        case Split():
            return f"split {edit.cluster} into {' and '.join(part.id for part in edit.parts)}"
        case Regroup():
            asked = "" if edit.k is None else f", {counted(edit.k, 'cluster')}"
            return f"grouped anew by {_METHODS[edit.method]}{asked}"
        case Lock():
            return f"{'locked' if edit.locked else 'unlocked'} {edit.cluster}"
        case Rename():
            return f"named {edit.cluster} “{edit.name}”" if edit.name else f"took the name of {edit.cluster} away"
        case Note():
            about = edit.cluster or ("the layer" if edit.neuron is None else f"neuron {edit.neuron}")
            return f"{'wrote a note on' if edit.text else 'removed the note on'} {about}"


def _neurons(neurons: tuple[int, ...]) -> str:
    return f"neuron {neurons[0]}" if len(neurons) == 1 else counted(len(neurons), "neuron")
