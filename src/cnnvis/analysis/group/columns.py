"""Layer groups: the columns of the picture (design: grouping)."""

from dataclasses import dataclass, field, replace

from cnnvis.analysis.group.block import UnitBlock, ancestry, blocks_of, is_vector
from cnnvis.analysis.group.fold import fold_repeats
from cnnvis.analysis.group.gate import gate_units
from cnnvis.analysis.group.order import Order, order_of
from cnnvis.analysis.group.stride import Stride, strides_of
from cnnvis.analysis.group.title import Column, block_titles, column_titles
from cnnvis.schema.graph import LayerGraph, Unit
from cnnvis.schema.grouping import Block, Grouping, LayerGroup


@dataclass(kw_only=True)
class _Draft:
    """A column while it grows."""

    stride: Stride
    is_linear: bool = False
    blocks: list[UnitBlock] = field(default_factory=list[UnitBlock])
    layers: list[str] = field(default_factory=list[str])

    @property
    def units(self) -> list[Unit]:
        return [unit for block in self.blocks for unit in block.units]


def group_layers(graph: LayerGraph) -> Grouping:
    """Merge neighbouring layers of equal cumulative stride into columns, and say how tensors flow between them.

    A new column starts where the cumulative stride changes, and at each linear layer on whole vectors; the layer that
    gives the logits is always a column; layers without neurons join the column before them unless they already have
    the stride of the next; a block belongs to the column of its output. Columns are neighbours in running order, so
    encoder and decoder stages of equal stride stay apart. Source: the design's grouping, the paper's layer clustering.

    Args:
        graph: The traced network; a partial graph gives the columns as far as it reached.

    Returns:
        The columns from input to output. ``flow`` holds the pairs of columns with a tensor path that passes no third
        column. A column's representative is its last unit with a non-linearity (gates left out), else its last unit.

    """
    order = order_of(graph)
    strides = strides_of(order)
    gates = gate_units(graph, order, strides)
    blocks = fold_repeats(blocks_of(graph, order, strides=strides, gates=gates), order, strides=strides)
    drafts = _draft(blocks, order, strides=strides, gates=gates, logits=_logits_unit(graph, order))
    home = _place_layers(graph, order, drafts=drafts, strides=strides)
    titles = column_titles([_column(draft) for draft in drafts])
    groups = tuple(_finish(index, draft, title=titles[index], gates=gates) for index, draft in enumerate(drafts))
    flow = {(home[edge.source], home[edge.target]) for edge in graph.edges} if groups else set[tuple[int, int]]()
    return Grouping(groups=groups, flow=tuple(sorted(pair for pair in flow if pair[0] < pair[1])))


def _logits_unit(graph: LayerGraph, order: Order) -> str | None:
    """Return the last unit from which the logits come, if the network got that far."""
    if graph.output is None or graph.output not in order.layers:
        return None
    reaching = [unit.id for unit in graph.units if unit.id == graph.output or order.leads_to(unit.id, graph.output)]
    return reaching[-1] if reaching else None


def _draft(
    blocks: list[UnitBlock],
    order: Order,
    *,
    strides: dict[str, Stride],
    gates: frozenset[str],
    logits: str | None,
) -> list[_Draft]:
    drafts: list[_Draft] = []
    apart = False
    for block in _with_logits_apart(blocks, logits):
        trunk = [unit for unit in block.units if unit.id not in gates] or list(block.units)
        is_linear = is_vector(trunk[-1], order) and trunk[-1].id not in gates
        starts = is_linear or block.units[-1].id == logits
        if starts or apart or not drafts or strides[trunk[-1].id] != drafts[-1].stride:
            drafts.append(_Draft(stride=strides[trunk[-1].id], is_linear=is_linear))
        drafts[-1].blocks.append(block)
        apart = block.units[-1].id == logits
    return drafts


def _with_logits_apart(blocks: list[UnitBlock], logits: str | None) -> list[UnitBlock]:
    """Take the unit of the logits out of its block: it is always a column of its own."""
    apart: list[UnitBlock] = []
    for block in blocks:
        if len(block.units) == 1 or all(unit.id != logits for unit in block.units):
            apart.append(block)
            continue
        before = tuple(unit for unit in block.units if unit.id != logits)
        last = next(unit for unit in block.units if unit.id == logits)
        apart.append(replace(block, units=before))
        apart.append(UnitBlock(path=last.id.split("/")[0], units=(last,), is_module=False))
    return apart


def _place_layers(
    graph: LayerGraph, order: Order, *, drafts: list[_Draft], strides: dict[str, Stride]
) -> dict[str, int]:
    """Give every layer a column, also pooling, merging and reshaping ones, and return its index by layer id."""
    home: dict[str, int] = {}
    if not drafts:
        return home
    member = {layer: index for index, draft in enumerate(drafts) for unit in draft.units for layer in unit.members}
    inside = {block.path: index for index, draft in enumerate(drafts) for block in draft.blocks if block.is_module}
    for layer in graph.layers:
        before = max((home[source] for source in order.predecessors[layer.id]), default=0)
        after = min(before + 1, len(drafts) - 1)
        moves_on = strides[layer.id] != drafts[before].stride and strides[layer.id] == drafts[after].stride
        # A vector is flattened, dropped out or pooled for the linear layer behind it, but shown with what it came from.
        index = after if moves_on and strides[layer.id] else before
        home[layer.id] = member.get(layer.id, max(index, _column_around(layer.path, inside)))
        drafts[home[layer.id]].layers.append(layer.id)
    return home


def _column_around(path: str, inside: dict[str, int]) -> int:
    """Return the column of the block that a module lies in, 0 outside of all blocks."""
    return next((inside[outer] for outer in ancestry(path) if outer in inside), 0)


def _column(draft: _Draft) -> Column:
    return Column(
        paths=tuple(block.path for block in draft.blocks),
        is_linear=draft.is_linear,
        is_plain=not any(block.is_module for block in draft.blocks),
    )


def _finish(index: int, draft: _Draft, *, title: str, gates: frozenset[str]) -> LayerGroup:
    paths = [block.path for block in draft.blocks]
    names = block_titles(title, paths)
    counts: dict[str, int] = {}
    blocks: list[Block] = []
    for block, name in zip(draft.blocks, names, strict=True):
        counts[block.path] = counts.get(block.path, 0) + 1
        suffix = f"#{counts[block.path]}" if counts[block.path] > 1 else ""
        blocks.append(
            Block(
                id=f"{block.path or block.units[0].id}{suffix}",
                title=(name or block.units[0].id) + (f" ×{block.times}" if block.times > 1 else ""),
                units=tuple(unit.id for unit in block.units),
                representative=_representative(block.units, gates),
            )
        )
    return LayerGroup(
        id=f"g{index + 1}",
        title=title or draft.units[0].id,
        layers=tuple(draft.layers),
        units=tuple(unit.id for unit in draft.units),
        representative=_representative(draft.units, gates),
        blocks=tuple(blocks),
    )


def _representative(units: tuple[Unit, ...] | list[Unit], gates: frozenset[str]) -> str:
    trunk = [unit for unit in units if unit.id not in gates] or list(units)
    active = [unit for unit in trunk if unit.activation is not None]
    return (active or trunk)[-1].id
