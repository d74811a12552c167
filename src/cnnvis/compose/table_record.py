"""Tables of what was seen and done: predictions, probe images, edits, and a recorded training with its findings."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from cnnvis.compose.findings import find
from cnnvis.compose.studio import Studio
from cnnvis.compose.table import NEURON, TableKind, column, number
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.findings import Finding
from cnnvis.schema.series import QUANTITIES, Axis, Series
from cnnvis.schema.tables import Row


def _confusion(studio: Studio, _: Sequence[str]) -> Iterator[Row]:
    confusion = studio.run.statistics.confusion
    for index, predicted in np.argwhere(confusion > 0).tolist():
        images = int(confusion[index, predicted])
        yield index, _class(studio, index), predicted, _class(studio, predicted), images, index == predicted


def _is_labelled(studio: Studio) -> None:
    if not studio.run.file.data.labelled:
        raise AbsentError("The images of this run have no labels.", "Analyse labelled images.")


def _class(studio: Studio, index: int) -> str | None:
    """Return a class's name; None for an output that is no class, and without a label."""
    names = studio.run.file.classes
    return names[index] if 0 <= index < len(names) else None


def _probe(studio: Studio, _: Sequence[str]) -> Iterator[Row]:
    probe = studio.run.statistics.probe()
    for sample, label, predicted in zip(
        probe.samples.tolist(), probe.labels.tolist(), probe.predictions.tolist(), strict=True
    ):
        known = label if label >= 0 else None
        right = None if known is None else label == predicted
        yield sample, known, _class(studio, label), predicted, _class(studio, predicted), right


def _activations(studio: Studio, layers: Sequence[str]) -> Iterator[Row]:
    for layer in layers:
        probe = studio.run.statistics.probe(layer)
        for sample, values in zip(probe.samples.tolist(), probe.means.get(layer, ()), strict=False):
            for neuron, value in enumerate(values):
                yield f"{layer}:{neuron}", layer, neuron, sample, number(value)


def _image_groups(studio: Studio, _: Sequence[str]) -> Iterator[Row]:
    probe = studio.run.statistics.probe()
    outcome = dict(
        zip(probe.samples.tolist(), zip(probe.labels.tolist(), probe.predictions.tolist(), strict=True), strict=True)
    )
    for group in studio.edits.groups():
        for sample in group.samples:
            label, predicted = outcome.get(sample, (-1, -1))
            yield (
                group.id,
                group.name,
                sample,
                label if label >= 0 else None,
                _class(studio, label),
                predicted if predicted >= 0 else None,
                _class(studio, predicted),
            )


def _edits(studio: Studio, layers: Sequence[str]) -> Iterator[Row]:
    every = studio.run.statistics.units <= set(layers)
    for each in studio.edits.history().entries:
        # Edits of image groups are about no layer.
        if set(each.layers) & set(layers) or (every and not each.layers):
            yield each.revision, each.time, each.words, " ".join(each.layers), each.done


def _findings(studio: Studio, layers: Sequence[str]) -> Iterator[Row]:
    known = {unit.id for unit in studio.run.graph.units}
    # Those of the run as a whole, or of a batch norm, are left out only where some layers are asked for.
    every = known & studio.run.statistics.units <= set(layers)
    for finding, cause in _all_findings(find(studio.run).findings, ""):
        if every or {finding.layer, *finding.layers} & set(layers):
            yield (
                finding.rule,
                finding.title,
                finding.severity,
                finding.layer,
                " ".join(finding.layers),
                " ".join(map(str, finding.neurons)),
                finding.first_step,
                finding.last_step,
                "; ".join(f"{one.text}: {one.value}" for one in finding.evidence),
                finding.cause,
                finding.remedy,
                cause,
            )


def _all_findings(findings: Sequence[Finding], cause: str) -> Iterator[tuple[Finding, str]]:
    """Yield findings, and after each those that it explains, with the rule of the one that explains them."""
    for finding in findings:
        yield finding, cause
        yield from _all_findings(finding.symptoms, finding.rule)


def _series(studio: Studio, layers: Sequence[str]) -> Iterator[Row]:
    studio.run.series.update()
    series = studio.run.series.series()
    every = studio.run.statistics.units <= set(layers)
    if every:
        for name, curve in sorted(series.run.items()):
            for step, value in zip(curve.steps.tolist(), curve.values.tolist(), strict=True):
                yield name, "", step, _measured(value)
    for name, curves in sorted(series.lists.items()):
        places = _places(studio, series, name, curves.values.shape[1])
        for place, label in enumerate(places):
            values = curves.values[:, place]
            # A unit without weights has no gradient: nothing was measured there, at any step.
            if (every or label in layers) and not np.isnan(values).all():
                for step, value in zip(curves.steps.tolist(), values.tolist(), strict=True):
                    yield name, label, step, _measured(value)


def _measured(value: float) -> float:
    """Return a measured number; NaN and infinity are what was measured."""
    return float(f"{value:.7g}") if math.isfinite(value) else value


def _places(studio: Studio, series: Series, quantity: str, count: int) -> list[str]:
    """Return what the values of a quantity belong to."""
    head = series.head
    names: dict[Axis, Callable[[], Sequence[str]]] = {
        "unit": lambda: head.units,
        "norm": lambda: head.norms,
        "group": lambda: [f"{group.optimizer} {place}" for place, group in enumerate(head.groups)],
        "class": lambda: studio.run.file.classes,
    }
    known = QUANTITIES.get(quantity)
    found = list(names[known.axis]()) if known is not None and known.axis in names else []
    return found if len(found) == count else [str(place) for place in range(count)]


def _is_recorded(studio: Studio) -> None:
    if not studio.run.recorded:
        message = "The run holds no recorded training, only an analysis of a finished network."
        raise AbsentError(message, "Record one with `with cnnvis.Recorder(model, optimizer, to=...) as rec:`.")


CONFUSION = TableKind(
    about="One row per class and prediction that occur: how often images of the class were predicted so.",
    columns=(
        column("class", "index of the images' class", "whole"),
        column("name", "its name"),
        column("predicted", "output that was greatest", "whole"),
        column("predicted_name", "the class of that output"),
        column("images", "how many", "whole"),
        column("right", "whether that is right", "truth"),
    ),
    rows=_confusion,
    by_layer=False,
    check=_is_labelled,
)
PROBE = TableKind(
    about="One row per probe image, with its prediction.",
    columns=(
        column("image", "id of the image in the data", "whole"),
        column("class", "index of its class; nothing without a label", "whole"),
        column("name", "its name"),
        column("predicted", "output that was greatest", "whole"),
        column("predicted_name", "the class of that output"),
        column("right", "whether that is right", "truth"),
    ),
    rows=_probe,
    by_layer=False,
)
ACTIVATIONS = TableKind(
    about="One row per neuron and probe image, for the layers that stand for columns.",
    columns=(
        *NEURON,
        column("image", "id of the image in the data", "whole"),
        column("activation", "mean over the neuron's map, after the non-linearity", "number"),
    ),
    rows=_activations,
)
IMAGE_GROUPS = TableKind(
    about="One row per image of a saved image group.",
    columns=(
        column("group", "id of the group"),
        column("group_name", "the user's name for it"),
        column("image", "id of the image in the data", "whole"),
        column("class", "index of its class; nothing without a label", "whole"),
        column("name", "its name"),
        column("predicted", "output that was greatest", "whole"),
        column("predicted_name", "the class of that output"),
    ),
    rows=_image_groups,
    by_layer=False,
)
EDITS = TableKind(
    about="One row per edit of clusters and image groups, oldest first; undone ones that can be made again at the end.",
    columns=(
        column("revision", "number of the edit", "whole"),
        column("time", "UTC time"),
        column("edit", "what was done, in words"),
        column("layers", "ids of the layers it changed; nothing for image groups"),
        column("done", "whether it holds; else it was undone", "truth"),
    ),
    rows=_edits,
)
FINDINGS = TableKind(
    about="One row per finding of a recorded training, each followed by those that it explains.",
    columns=(
        column("rule", "name of the rule"),
        column("title", "what is wrong"),
        column("severity", "hint, warning or error"),
        column("layer", "first layer it shows at; nothing: the whole run"),
        column("layers", "all layers it shows at"),
        column("neurons", "channels of the layer's neurons it is about, where they are known"),
        column("first_step", "step at which it began to show", "whole"),
        column("last_step", "last step at which it showed", "whole"),
        column("evidence", "measured numbers"),
        column("cause", "what most likely lies behind it"),
        column("remedy", "what to do"),
        column("explained_by", "rule of the finding that explains it"),
    ),
    rows=_findings,
    check=_is_recorded,
)
SERIES = TableKind(
    about="One row per measured number of a recorded training.",
    columns=(
        column("quantity", "what was measured, see the page on recording"),
        column("place", "layer, batch norm, parameter group, channel or class it belongs to; nothing: the run"),
        column("step", "optimizer steps done", "whole"),
        column("value", "the number; nan and inf are what was measured", "number"),
    ),
    rows=_series,
    check=_is_recorded,
)
