"""The order of the classes, and the groups that many classes are shown in (design: classes)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.reorder import ClassGroup, class_groups, class_order, class_tree, leaf_order
from cnnvis.compose.class_hierarchy import hierarchy_tree
from cnnvis.compose.matrix import matrix_values
from cnnvis.compose.words import counted
from cnnvis.schema.run import NamedGroup
from cnnvis.schema.scene import ClassGroupFacts, Facet
from cnnvis.store.reader import Run

MOST_VISIBLE = 40
"""Above so many columns the matrix shows class groups."""
MOST_NAMED = 2
"""Typical classes that a group is named by."""


@dataclass(frozen=True, kw_only=True)
class OrderedClasses:
    """The one class order of a scene, and its groups."""

    order: tuple[int, ...]
    groups: tuple[ClassGroupFacts, ...] = ()


def ordered_classes(
    columns: Float[np.ndarray, "classes neurons"], names: Sequence[str], hierarchy: Sequence[NamedGroup] = ()
) -> OrderedClasses:
    """Order the classes and group them: by the user's hierarchy, else by the class tree when there are many.

    Args:
        columns: Each class's mean activations at the last layer; NaN for a class without images.
        names: The classes.
        hierarchy: The user's groups; groups and what they hold become runs of the order.

    """
    if hierarchy:
        return _by_hierarchy(columns, names, hierarchy)
    known = np.isfinite(columns).all(axis=1)
    present, absent = np.flatnonzero(known), np.flatnonzero(~known)
    tree = class_tree(columns[present])
    leaves = leaf_order(tree, columns[present])
    order = np.concatenate([present[leaves], absent]).astype(np.int64)
    if len(names) <= MOST_VISIBLE:
        return OrderedClasses(order=tuple(order.tolist()))
    naming = _Naming(columns, names, order)
    groups = [naming.group(group) for group in _cut(tree, leaves)]
    if len(absent):
        title = f"{counted(len(absent), 'class', 'classes')} without images"
        groups.append(ClassGroupFacts(start=len(present), stop=len(order), title=title))
    return OrderedClasses(order=tuple(order.tolist()), groups=tuple(groups))


def cluster_order(run: Run, unit: str, members: Sequence[int], facet: Facet) -> list[int] | None:
    """Return the class order that suits some neurons of one layer; None where the facet is not known."""
    values = matrix_values(run, unit, facet)
    if values is None:
        return None
    return class_order(values[list(members)].T.astype(np.float64)).tolist()


def _cut(tree: Float[np.ndarray, "merges 4"], leaves: Int[np.ndarray, " present"]) -> tuple[ClassGroup, ...]:
    if len(leaves) < 2:
        return tuple(ClassGroup(start=place, stop=place + 1) for place in range(len(leaves)))
    return class_groups(tree, leaves, visible=MOST_VISIBLE)


def _by_hierarchy(
    columns: Float[np.ndarray, "classes neurons"], names: Sequence[str], hierarchy: Sequence[NamedGroup]
) -> OrderedClasses:
    tree, filled = hierarchy_tree(columns, hierarchy)
    order = leaf_order(tree, filled)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    facts = [_named(group, place, names) for group in hierarchy]
    placed = {index for group in hierarchy for index in group.all_classes}
    loose = [_single(index, place, names) for index in range(len(names)) if index not in placed]
    groups = tuple(sorted([*facts, *loose], key=lambda group: group.start))
    return OrderedClasses(order=tuple(order.tolist()), groups=groups)


def _named(group: NamedGroup, place: Int[np.ndarray, " classes"], names: Sequence[str]) -> ClassGroupFacts:
    """Return a user's group as a run of the order."""
    places = place[list(group.all_classes)]
    parts: list[ClassGroupFacts] = []
    if group.groups:
        parts = [_named(inner, place, names) for inner in group.groups]
        parts += [_single(index, place, names) for index in group.classes]
    return ClassGroupFacts(
        start=int(places.min()),
        stop=int(places.max()) + 1,
        title=group.name,
        parts=tuple(sorted(parts, key=lambda part: part.start)),
    )


def _single(index: int, place: Int[np.ndarray, " classes"], names: Sequence[str]) -> ClassGroupFacts:
    at = int(place[index])
    return ClassGroupFacts(start=at, stop=at + 1, title=names[index])


class _Naming:
    """Names groups by their most typical classes, those nearest to the group's mean."""

    def __init__(
        self, columns: Float[np.ndarray, "classes neurons"], names: Sequence[str], order: Int[np.ndarray, " classes"]
    ) -> None:
        self._names = names
        self._order = order
        known = columns[np.isfinite(columns).all(axis=1)]
        # A neuron with large values does not decide alone; one that does not vary does not decide at all.
        deviation = known.std(axis=0) if len(known) else np.ones(columns.shape[1])
        self._columns = columns / np.where(deviation > 0, deviation, 1.0)

    def group(self, group: ClassGroup) -> ClassGroupFacts:
        """Return a group and what it opens into."""
        parts = tuple(self.group(part) for part in group.groups)
        return ClassGroupFacts(start=group.start, stop=group.stop, title=self._title(group), parts=parts)

    def _title(self, group: ClassGroup) -> str:
        members = self._order[group.start : group.stop]
        rows = self._columns[members]
        away = np.linalg.norm(rows - rows.mean(axis=0), axis=1)
        # Ties: the class that comes first in the data.
        typical = members[np.lexsort((members, np.round(away, 9)))[:MOST_NAMED]]
        named = [self._names[int(index)] for index in typical]
        more = len(members) - len(named)
        if more:
            return f"{', '.join(named)} and {more} more"
        return " and ".join(named)
