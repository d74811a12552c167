"""Which probe images a choice comes to, and what they are called."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float64, Int

from cnnvis.compose.words import counted
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.images import ImageChoice, ImageGroup
from cnnvis.schema.statistics import ProbeSet
from cnnvis.store.reader import Run

MOST_OF_NEURON = 24
"""Images of a neuron: as many as one looks through."""


def choose(run: Run, choice: ImageChoice, group: ImageGroup | None = None) -> Int[np.ndarray, " chosen"]:
    """Return the places in the probe set of the images for which everything holds, by class, then id.

    Args:
        run: The run.
        choice: What has to hold.
        group: The saved group that the choice names.

    Raises:
        KeyError: The run has no such class or neuron.
        AbsentError: The images have no labels, or the run keeps no answers of that neuron.

    """
    probe = run.statistics.probe()
    chosen = _by_class(run, choice, probe)
    for samples in (choice.samples, None if group is None else group.samples):
        if samples is not None:
            chosen &= np.isin(probe.samples, np.array(samples, np.int64))
    places = np.flatnonzero(chosen)
    if choice.neuron is not None:
        values = _values_of(run, choice.neuron)[places]
        # Ties: the lower id, as everywhere.
        places = places[np.lexsort((probe.samples[places], -values))[:MOST_OF_NEURON]]
    return places[np.lexsort((probe.samples[places], probe.labels[places]))]


def _by_class(run: Run, choice: ImageChoice, probe: ProbeSet) -> Bool[np.ndarray, " images"]:
    chosen = np.ones(len(probe.samples), np.bool_)
    if (choice.label is not None or choice.wrong) and not (run.file.data.labelled and (probe.labels >= 0).any()):
        raise AbsentError("The images of this run have no labels to choose them by.", "Analyse labelled images.")
    for label, found in ((choice.label, probe.labels), (choice.answered, probe.predictions)):
        if label is not None:
            if label >= len(run.file.classes):
                raise KeyError(str(label))
            chosen &= found == label
    return chosen & (probe.labels >= 0) & (probe.labels != probe.predictions) if choice.wrong else chosen


def _values_of(run: Run, neuron: str) -> Float64[np.ndarray, " images"]:
    """Return a neuron's activation on every probe image; what is not finite excites it least."""
    layer, _, channel = neuron.rpartition(":")
    count = next((unit.neurons for unit in run.graph.units if unit.id == layer), 0)
    if not (channel.isascii() and channel.isdecimal()) or len(channel) > 9 or int(channel) >= count:
        raise KeyError(neuron)
    means = run.statistics.probe(layer).means.get(layer)
    if means is None:
        message = (
            f"The run keeps the answers of {layer} for no single image, only for the layers that stand for columns."
        )
        raise AbsentError(message, "Choose a neuron of the layer that the column shows.")
    return np.nan_to_num(means[:, int(channel)].astype(np.float64), nan=-np.inf)


def choice_title(classes: Sequence[str], choice: ImageChoice, group: ImageGroup | None, images: int) -> str:
    """Return what the images are called: ``cat answered as dog``."""
    if group is not None:
        return group.name
    if choice.neuron is not None:
        layer, _, channel = choice.neuron.rpartition(":")
        return f"Images that excite neuron {channel} of {layer} most"
    if choice.samples is not None:
        return f"{counted(images, 'image')} chosen by hand"
    of = "" if choice.label is None else classes[choice.label]
    as_ = "" if choice.answered is None else f"answered as {classes[choice.answered]}"
    wrongly = "answered wrongly" if choice.wrong and choice.answered is None else ""
    if choice.wrong and choice.answered is not None and choice.label is None:
        as_ = f"wrongly {as_}"
    words = " ".join(word for word in (of, as_, wrongly) if word)
    return words[:1].upper() + words[1:] if words and not of else words or "All probe images"
