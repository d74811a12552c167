"""The frame of the picture: run, classes, columns and the facts of every layer."""

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from cnnvis.compose.class_facts import class_facts
from cnnvis.compose.class_order import OrderedClasses, ordered_classes
from cnnvis.compose.entry import run_facts
from cnnvis.compose.logits import logits_unit
from cnnvis.compose.telling import telling_facts
from cnnvis.compose.words import counted, field_words, map_size, map_words, neurons_line, operations
from cnnvis.schema.graph import LayerGraph, Unit
from cnnvis.schema.grouping import Block, Grouping, LayerGroup
from cnnvis.schema.scene import BlockFacts, Example, GroupFacts, LayerFacts, Scene
from cnnvis.store.reader import Run

EXAMPLES = 10
"""Images in the input column."""


def build_scene(run: Run, grouping: Grouping, identity: str, address: str) -> Scene:
    """Return the frame of a run's picture; the clusters come layer by layer, see `layer_scene`.

    Args:
        run: The run.
        grouping: Its layer groups.
        identity: The run's id where it is served.
        address: The run's relative address, for the images.

    """
    if not run.has_snapshot:
        return Scene(
            run=run_facts(run, identity), classes=(), class_order=(), groups=(), flow=(), layers=(), connected=False
        )
    recorded = run.statistics.units
    groups = [kept for group in grouping.groups if (kept := _recorded_group(group, recorded)) is not None]
    places = {group.id: place for place, group in enumerate(groups)}
    classes = _classes(run, groups)
    flow = [(grouping.groups[a].id, grouping.groups[b].id) for a, b in grouping.flow]
    return Scene(
        run=run_facts(run, identity),
        classes=class_facts(run),
        class_order=classes.order,
        class_groups=classes.groups,
        groups=tuple(_group_facts(run.graph, group) for group in groups),
        flow=tuple((places[a], places[b]) for a, b in flow if a in places and b in places),
        layers=tuple(_layer_facts(run, unit) for unit in run.graph.units if unit.id in recorded),
        examples=_examples(run, address),
        telling=telling_facts(run, groups, output=_output(run, groups)),
        connected=_connected(run),
    )


def _connected(run: Run) -> bool:
    """Tell whether the analysis or the recorder wrote connections, in either meaning."""
    contribution = run.contribution_connections
    return run.connections is not None or (contribution is not None and len(contribution.pairs) > 0)


def _output(run: Run, groups: Sequence[LayerGroup]) -> str | None:
    """Return the column with a neuron per class."""
    logits = logits_unit(run.graph)
    return next((group.representative for group in groups if logits in group.units), None)


def _examples(run: Run, address: str) -> tuple[Example, ...]:
    """Return stored images, the first of each class in turn."""
    by_class: dict[int, list[int]] = {}
    for sample in run.pictures.samples:
        by_class.setdefault(run.pictures.facts(sample).label, []).append(sample)
    rounds = [column for row in zip_longest(*by_class.values()) for column in row if column is not None]
    chosen = [run.pictures.facts(sample) for sample in rounds[:EXAMPLES]]
    return tuple(
        Example(
            sample=facts.sample,
            image=f"{address}/image?sample={facts.sample}",
            size=(facts.width, facts.height),
            label=facts.label if facts.label >= 0 else None,
        )
        for facts in chosen
    )


def _recorded_group(group: LayerGroup, recorded: frozenset[str]) -> LayerGroup | None:
    """Return the group with the units that the run has statistics of; None when there are none.

    A unit can lack statistics when data-dependent control flow never reached it.
    """
    units = tuple(unit for unit in group.units if unit in recorded)
    if not units:
        return None
    blocks = tuple(kept for block in group.blocks if (kept := _recorded_block(block, recorded)) is not None)
    representative = group.representative if group.representative in recorded else units[-1]
    return LayerGroup(
        id=group.id, title=group.title, layers=group.layers, units=units, representative=representative, blocks=blocks
    )


def _recorded_block(block: Block, recorded: frozenset[str]) -> Block | None:
    units = tuple(unit for unit in block.units if unit in recorded)
    if not units:
        return None
    representative = block.representative if block.representative in recorded else units[-1]
    return Block(id=block.id, title=block.title, units=units, representative=representative)


def _classes(run: Run, groups: Sequence[LayerGroup]) -> OrderedClasses:
    """Return the one class order of the scene and its groups, from the class profiles before the classifier."""
    logits = logits_unit(run.graph)
    inner = [group for group in groups if logits not in group.units] or list(groups)
    hierarchy = run.file.class_groups
    if not inner or (len(run.file.classes) < 3 and not hierarchy):
        return OrderedClasses(order=tuple(range(len(run.file.classes))))
    profiles = run.statistics.array(inner[-1].representative, "after_mean").astype(np.float64)
    return ordered_classes(profiles, run.file.classes, hierarchy)


def _group_facts(graph: LayerGraph, group: LayerGroup) -> GroupFacts:
    units = [graph.unit(unit) for unit in group.units]
    return GroupFacts(
        id=group.id,
        title=group.title,
        detail=neurons_line(graph, units, graph.unit(group.representative)),
        layer=group.representative,
        layers=group.units,
        blocks=tuple(_block_facts(graph, block) for block in group.blocks),
        output=logits_unit(graph) in group.units,
    )


def _block_facts(graph: LayerGraph, block: Block) -> BlockFacts:
    units = [graph.unit(unit) for unit in block.units]
    detail = neurons_line(graph, units, graph.unit(block.representative))
    return BlockFacts(id=block.id, title=block.title, detail=detail, layer=block.representative, layers=block.units)


def _layer_facts(run: Run, unit: Unit) -> LayerFacts:
    layer = run.graph.layer(unit.id)
    active, top = run.statistics.array(unit.id, "active"), run.statistics.array(unit.id, "top_value")
    detail = [operations(run.graph, unit), counted(unit.neurons, "neuron"), map_words(layer)]
    return LayerFacts(
        id=unit.id,
        title=unit.id.strip("/"),
        detail=" · ".join(part for part in detail if part),
        neurons=unit.neurons,
        map=map_size(layer),
        field=field_words(run.graph.layer(unit.before).field, run.file.model.input_shape),
        active=float(np.nan_to_num(active).mean()) if active.size else 0.0,
        never_active=int((~(top[:, 0] > 0)).sum()) if unit.rectified else 0,
    )
