"""Blocks: which units belong together by module path."""

from dataclasses import dataclass
from itertools import pairwise

from cnnvis.analysis.group.gate import is_product
from cnnvis.analysis.group.order import Order
from cnnvis.analysis.group.stride import Stride
from cnnvis.schema.graph import LayerGraph, Unit


@dataclass(frozen=True, kw_only=True)
class UnitBlock:
    """Neighbouring units of one module, in the order in which they ran."""

    path: str
    """Module path of the block: a residual block, Fire, inverted residual, ..., or of its only unit."""
    units: tuple[Unit, ...]
    is_module: bool
    """Whether the block is a module that joins branches, not just one unit of a plain chain."""
    times: int = 1
    """How often the same modules run in it, one call after the other."""


def path_of(unit: Unit, order: Order) -> str:
    """Return the module path under which a unit is known: that of its first member."""
    return order.layers[unit.members[0]].path


def is_vector(unit: Unit, order: Order) -> bool:
    """Whether this is a linear layer on whole vectors, not one applied at every position or token."""
    return unit.role == "linear" and len(order.layers[unit.id].shape) == 1


def blocks_of(graph: LayerGraph, order: Order, *, strides: dict[str, Stride], gates: frozenset[str]) -> list[UnitBlock]:
    """Cut the units, in running order, into blocks.

    A module is a block when its own forward joins branches (add or concatenate), or when a module of the same make
    does. It is opened instead when it is the whole network, holds a chain of such modules, crosses more than one
    change of stride, or holds a linear layer. In a plain chain every unit is a block of its own. Gates go with the
    block they weigh.
    """
    chosen = _block_modules(graph, order, strides=strides, gates=gates)
    found: list[tuple[str, list[Unit], bool]] = []
    seen: set[str] = set()
    for unit in graph.units:
        module = next((path for path in ancestry(path_of(unit, order)) if path in chosen), None)
        base = _call(unit)
        joins = found and (unit.id in gates or (module is not None and module == found[-1][0] and base not in seen))
        if joins:
            found[-1][1].append(unit)
        else:
            found.append((path_of(unit, order) if module is None else module, [unit], module is not None))
            seen = set()
        seen.add(base)
    holds = _units_below(graph, order)
    return [
        UnitBlock(path=_outermost(path, units, holds), units=tuple(units), is_module=module)
        for path, units, module in found
    ]


def _call(unit: Unit) -> str:
    """Return what repeats when a module runs again: its first layer, without the number of the call."""
    first = unit.members[0]
    return first if "/" in first or unit.role == "merge" else first.split("#", 1)[0]


def _units_below(graph: LayerGraph, order: Order) -> dict[str, list[Unit]]:
    """Return the units inside each module, by module path."""
    inside: dict[str, list[Unit]] = {}
    for unit in graph.units:
        for path in ancestry(path_of(unit, order)):
            inside.setdefault(path, []).append(unit)
    return inside


def _outermost(path: str, units: list[Unit], inside: dict[str, list[Unit]]) -> str:
    """Return the outermost module that holds these units alone: ``conv1`` for ``conv1.conv``."""
    alone = [outer for outer in ancestry(path) if inside.get(outer) == units]
    return alone[0] if alone else path


def _block_modules(
    graph: LayerGraph, order: Order, *, strides: dict[str, Stride], gates: frozenset[str]
) -> frozenset[str]:
    inside = _units_below(graph, order)
    whole = {path for path, units in inside.items() if len(units) == len(graph.units)}
    joining = {
        _owner(layer.path, inside) for layer in graph.layers if layer.kind == "merge" and not is_product(layer.op)
    }
    makes = {path: _make(path, inside) for path in inside}
    known = {makes[path] for path in joining & set(makes) if not _all_digits(makes[path])}

    def allowed(path: str) -> bool:
        if path in whole or (path not in joining and makes[path] not in known):
            return False
        trunk = [unit for unit in inside[path] if unit.id not in gates]
        if any(is_vector(unit, order) for unit in trunk) or len({strides[unit.id] for unit in trunk}) > 2:
            return False
        return len({_call(unit) for unit in inside[path]}) > 1 and not _is_chain(path, inside, order)

    candidates = {path for path in inside if allowed(path)}
    return frozenset(path for path in candidates if not any(outer in candidates for outer in ancestry(path)[:-1]))


def ancestry(path: str) -> list[str]:
    """All module paths from the outermost to this one, the network itself left out."""
    parts = path.split(".") if path else []
    return [".".join(parts[: index + 1]) for index in range(len(parts))]


def _owner(path: str, inside: dict[str, list[Unit]]) -> str:
    """Return the module that joins branches here: the caller when adding is a little module of its own."""
    is_leaf = not any(other.startswith(f"{path}.") for other in inside)
    merge_only = path not in inside or all(unit.role == "merge" for unit in inside[path])
    return path.rpartition(".")[0] if path and is_leaf and merge_only else path


def _children(path: str, inside: dict[str, list[Unit]]) -> list[str]:
    start = f"{path}."
    return [other for other in inside if other.startswith(start) and "." not in other[len(start) :]]


def _make(path: str, inside: dict[str, list[Unit]]) -> frozenset[str]:
    return frozenset(child[len(path) + 1 :] for child in _children(path, inside))


def _all_digits(names: frozenset[str]) -> bool:
    return all(name.isdigit() for name in names)


def _is_chain(path: str, inside: dict[str, list[Unit]], order: Order) -> bool:
    """Whether a module is a row of alike modules, each reading the one before (a dense block's layers)."""
    rows: dict[frozenset[str], list[str]] = {}
    large = [child for child in _children(path, inside) if len({_call(unit) for unit in inside[child]}) > 1]
    for child in large:
        rows.setdefault(_make(child, inside), []).append(child)
    for children in rows.values():
        pairs = list(pairwise(children))
        if pairs and all(order.leads_to(inside[a][-1].id, inside[b][-1].id) for a, b in pairs):
            return True
    # The row may lie in a list inside the module.
    return len(large) == 1 and _is_chain(large[0], inside, order)
