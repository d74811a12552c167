"""What a run holds as tables, for programs: one row per layer, neuron, cluster, class, or contribution."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cnnvis.compose.scene import class_facts
from cnnvis.compose.studio import Studio
from cnnvis.schema.errors import CnnvisError

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A table whose rows are made when they are asked for."""

    columns: tuple[str, ...]
    rows: Iterator[Row]


def table(studio: Studio, name: str, *, layers: Sequence[str] | None = None) -> Table:
    """Return a table of a run, clusters as its user has them.

    Args:
        studio: The run.
        name: One of `TABLES`.
        layers: Ids of the layers to tell about; None: all of them.

    Raises:
        CnnvisError: There is no such table or layer, or the run has no contributions.

    """
    if name not in _TABLES:
        raise CnnvisError(f"There is no table {name!r}.", f"The tables are {', '.join(TABLES)}.")
    recorded = [unit.id for unit in studio.run.graph.units if unit.id in studio.run.statistics.units]
    unknown = [layer for layer in layers or () if layer not in recorded]
    if unknown:
        raise CnnvisError(f"The run has no layer {unknown[0]!r}.", "The table layers lists them.")
    columns, rows = _TABLES[name]
    if name == "contributions" and studio.run.contributions is None:
        raise CnnvisError("The run has no contributions.", "Analyse again without --no-contributions.")
    chosen = recorded if layers is None else [layer for layer in recorded if layer in layers]
    return Table(columns, rows(studio, chosen))


def _layers(studio: Studio, layers: Iterable[str]) -> Iterator[Row]:
    facts = {each.id: each for each in studio.scene.layers}
    for layer in layers:
        each = facts[layer]
        size = each.map or (None, None)
        yield each.id, each.neurons, size[0], size[-1], each.field, each.active, each.never_active


def _neurons(studio: Studio, layers: Iterable[str]) -> Iterator[Row]:
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
                _number(statistics.mean[neuron]),
                _number(statistics.std[neuron]),
                _number(statistics.minimum[neuron]),
                _number(statistics.maximum[neuron]),
                _number(statistics.active[neuron]),
                best if best >= 0 else None,
                _number(statistics.top_value[neuron, 0]),
            )


def _clusters(studio: Studio, layers: Iterable[str]) -> Iterator[Row]:
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


def _classes(studio: Studio, _: Iterable[str]) -> Iterator[Row]:
    place = {index: place for place, index in enumerate(studio.scene.class_order)}
    for each in class_facts(studio.run):
        yield each.index, each.name, each.images, each.recall, place[each.index]


def _contributions(studio: Studio, layers: Iterable[str]) -> Iterator[Row]:
    kept = studio.run.contributions
    for layer in layers:
        if kept is None or layer not in kept.units:
            continue
        values = kept.values(layer)
        for neuron in range(values.shape[1]):
            for index, name in enumerate(studio.run.file.classes):
                if np.isfinite(values[index, neuron]):
                    yield f"{layer}:{neuron}", layer, neuron, index, name, _number(values[index, neuron])


def _number(value: np.floating) -> float | None:
    """Return a number as it is written: seven digits are all that single precision has; None for NaN and infinity."""
    return float(f"{float(value):.7g}") if np.isfinite(value) else None


_Rows = Callable[[Studio, Iterable[str]], Iterator[Row]]
_TABLES: dict[str, tuple[tuple[str, ...], _Rows]] = {
    "layers": (("layer", "neurons", "height", "width", "receptive_field", "active", "never_active"), _layers),
    "neurons": (
        tuple("neuron layer channel cluster mean deviation minimum maximum active best_image best_value".split()),
        _neurons,
    ),
    "clusters": (tuple("layer cluster title named locked note size agreement neurons".split()), _clusters),
    "classes": (("class", "name", "images", "recall", "place"), _classes),
    "contributions": (("neuron", "layer", "channel", "class", "name", "contribution"), _contributions),
}
TABLES = tuple(_TABLES)
