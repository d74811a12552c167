"""Tables of what the network has learned: layers, neurons, clusters, classes, and what lies between them."""

from collections.abc import Iterator, Sequence

import numpy as np

from cnnvis.compose.class_facts import class_facts
from cnnvis.compose.studio import Studio
from cnnvis.compose.table import CLASS, NEURON, TableKind, column, number
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.tables import Row


def _layers(studio: Studio, layers: Sequence[str]) -> Iterator[Row]:
    facts = {each.id: each for each in studio.scene.layers}
    for layer in layers:
        each = facts[layer]
        size = each.map or (None, None)
        yield each.id, each.neurons, size[0], size[-1], each.field, each.active, each.never_active


def _neurons(studio: Studio, layers: Sequence[str]) -> Iterator[Row]:
    for layer in layers:
        statistics = studio.run.statistics.unit(layer)
        cluster = {neuron: each.id for each in studio.edits.clusters(layer).clusters for neuron in each.neurons}
        for neuron in range(len(statistics.mean)):
            best = int(statistics.top_sample[neuron, 0])
            yield (
                f"{layer}:{neuron}",
                layer,
                neuron,
                cluster.get(neuron),
                number(statistics.mean[neuron]),
                number(statistics.std[neuron]),
                number(statistics.minimum[neuron]),
                number(statistics.maximum[neuron]),
                number(statistics.active[neuron]),
                best if best >= 0 else None,
                number(statistics.top_value[neuron, 0]),
            )


def _clusters(studio: Studio, layers: Sequence[str]) -> Iterator[Row]:
    for layer in layers:
        states = {each.id: each for each in studio.edits.clusters(layer).clusters}
        for each in studio.layer(layer).clusters:
            state = states[each.id]
            yield (
                layer,
                each.id,
                each.title,
                bool(state.name),
                state.locked,
                state.note,
                len(state.neurons),
                each.agreement,
                " ".join(map(str, state.neurons)),
            )


def _classes(studio: Studio, _: Sequence[str]) -> Iterator[Row]:
    place = {index: place for place, index in enumerate(studio.scene.class_order)}
    for each in class_facts(studio.run):
        yield each.index, each.name, each.images, each.recall, place[each.index]


def _profiles(studio: Studio, layers: Sequence[str]) -> Iterator[Row]:
    images = studio.run.statistics.class_images
    for layer in layers:
        statistics = studio.run.statistics.unit(layer)
        for neuron in range(len(statistics.mean)):
            for index, name in enumerate(studio.run.file.classes):
                if images[index] > 0:
                    yield (
                        f"{layer}:{neuron}",
                        layer,
                        neuron,
                        index,
                        name,
                        int(images[index]),
                        number(statistics.after_mean[index, neuron]),
                        number(statistics.after_std[index, neuron]),
                        number(statistics.before_mean[index, neuron]),
                    )


def _contributions(studio: Studio, layers: Sequence[str]) -> Iterator[Row]:
    kept = studio.run.contributions
    for layer in layers:
        if kept is None or layer not in kept.units:
            continue
        values = kept.values(layer)
        for neuron in range(values.shape[1]):
            for index, name in enumerate(studio.run.file.classes):
                if np.isfinite(values[index, neuron]):
                    yield f"{layer}:{neuron}", layer, neuron, index, name, number(values[index, neuron])


def _has_contributions(studio: Studio) -> None:
    if studio.run.contributions is None:
        raise AbsentError("The run has no contributions.", "Analyse again without --no-contributions.")


def _connections(studio: Studio, layers: Sequence[str]) -> Iterator[Row]:
    clusters = {layer: studio.edits.clusters(layer).clusters for layer in layers}
    ids = {layer: [each.id for each in found] for layer, found in clusters.items()}
    members = {layer: tuple(each.neurons for each in found) for layer, found in clusters.items()}
    for mode, pairs in studio.links.between(members):
        for (source, target), links in pairs.items():
            for row, one in enumerate(ids[layers[source]]):
                for place, other in enumerate(ids[layers[target]]):
                    excites, inhibits = number(links.positive[row, place]), number(links.negative[row, place])
                    yield mode, layers[source], one, layers[target], other, excites, inhibits


def _has_connections(studio: Studio) -> None:
    if studio.run.connections is None and studio.run.contribution_connections is None:
        raise AbsentError("The run holds no connections.", "Analyse again with this version of cnnvis.")


LAYERS = TableKind(
    about="One row per layer of neurons.",
    columns=(
        column("layer", "id of the layer"),
        column("neurons", "how many neurons it has", "whole"),
        column("height", "of a neuron's map; nothing without one", "whole"),
        column("width", "of a neuron's map", "whole"),
        column("receptive_field", "piece of the image that a neuron sees, in words"),
        column("active", "mean share of positions above 0", "number"),
        column("never_active", "neurons that never rise above 0", "whole"),
    ),
    rows=_layers,
)
NEURONS = TableKind(
    about="One row per neuron.",
    columns=(
        *NEURON,
        column("cluster", "id of its cluster, as you edited them"),
        column("mean", "mean activation over all images", "number"),
        column("deviation", "standard deviation of the activation over images", "number"),
        column("minimum", "smallest activation on any image", "number"),
        column("maximum", "largest activation on any image", "number"),
        column("active", "share of positions above 0", "number"),
        column("best_image", "id of the image with the greatest value before the non-linearity", "whole"),
        column("best_value", "that value", "number"),
    ),
    rows=_neurons,
)
CLUSTERS = TableKind(
    about="One row per cluster, as you edited them.",
    columns=(
        column("layer", "id of the layer"),
        column("cluster", "id of the cluster"),
        column("title", "its name, or the automatic title"),
        column("named", "whether you named it", "truth"),
        column("locked", "whether its neurons are kept as they are", "truth"),
        column("note", "what you wrote about it"),
        column("size", "how many neurons it has", "whole"),
        column("agreement", "mean correlation of a member's class profile with the cluster's", "number"),
        column("neurons", "channels of its neurons, with spaces between"),
    ),
    rows=_clusters,
)
CLASSES = TableKind(
    about="One row per class.",
    columns=(
        *CLASS,
        column("images", "images of it", "whole"),
        column("recall", "share of these predicted right", "number"),
        column("place", "its place in the order of the picture, from 0", "whole"),
    ),
    rows=_classes,
    by_layer=False,
)
PROFILES = TableKind(
    about="One row per neuron and class with images: the class profiles.",
    columns=(
        *NEURON,
        *CLASS,
        column("images", "images of the class", "whole"),
        column("mean", "mean activation, after the non-linearity", "number"),
        column("deviation", "standard deviation of the activation within the class", "number"),
        column("before", "mean before the non-linearity", "number"),
    ),
    rows=_profiles,
)
CONTRIBUTIONS = TableKind(
    about="One row per neuron and class with probe images: what the neuron contributes to the class.",
    columns=(*NEURON, *CLASS, column("contribution", "above 0 it speaks for the class, below against it", "number")),
    rows=_contributions,
    check=_has_contributions,
)
CONNECTIONS = TableKind(
    about="One row per pair of connected clusters, of the columns of the picture or the layers that are asked for.",
    columns=(
        column("mode", "what a connection means: weights or contribution"),
        column("source", "id of the earlier layer"),
        column("source_cluster", "id of a cluster of it"),
        column("target", "id of the later layer"),
        column("target_cluster", "id of a cluster of it"),
        column("excites", "sum of the positive connections, per pair of neurons", "number"),
        column("inhibits", "sum of the negative connections, per pair of neurons", "number"),
    ),
    rows=_connections,
    check=_has_connections,
)
