"""What an edit did, as a line of the history list."""

from cnnvis.compose.words import counted
from cnnvis.schema.edits import Create, Import, KeptEdit, Lock, Merge, Move, Note, Regroup, Rename, Split

_METHODS = {"ward": "Ward", "kmeans": "K-Means", "meanshift": "MeanShift"}


def edit_words(edit: KeptEdit) -> str:
    """Return a sentence without its full stop, as in ``moved 3 neurons to c2 in layer1.0``."""
    if isinstance(edit, Import):
        return f"took over {counted(len(edit.layers), 'layer')} from {edit.source}"
    match edit:
        case Move():
            done = f"moved {_neurons(edit.neurons)} to {edit.to}"
        case Create():
            done = f"made {edit.id} of {_neurons(edit.neurons)}"
        case Merge():
            done = f"merged {' and '.join(edit.clusters[1:])} into {edit.clusters[0]}"
        case Split():
            done = f"split {edit.cluster} into {' and '.join(part.id for part in edit.parts)}"
        case Regroup():
            asked = "" if edit.k is None else f", {counted(edit.k, 'cluster')}"
            done = f"grouped anew by {_METHODS[edit.method]}{asked}"
        case Lock():
            done = f"{'locked' if edit.locked else 'unlocked'} {edit.cluster}"
        case Rename():
            done = f"named {edit.cluster} “{edit.name}”" if edit.name else f"took the name of {edit.cluster} away"
        case Note():
            about = edit.cluster or ("the layer" if edit.neuron is None else f"neuron {edit.neuron}")
            done = f"{'wrote a note on' if edit.text else 'removed the note on'} {about}"
    return f"{done} in {edit.layer}"


def _neurons(neurons: tuple[int, ...]) -> str:
    return f"neuron {neurons[0]}" if len(neurons) == 1 else counted(len(neurons), "neuron")
