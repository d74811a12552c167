"""The user's hierarchy of the classes: read, checked, and turned into a tree."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.reorder import class_tree
from cnnvis.schema.errors import DataError
from cnnvis.schema.run import NamedGroup

_LISTED = 5
_FORM = 'Write {"animals": ["cat", {"birds": ["owl", "wren"]}], "vehicles": ["car"]}.'


def read_class_groups(path: Path) -> object:
    """Return what a JSON file says; DataError when it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"The class groups {path} cannot be read ({error.strerror})."
        raise DataError(message, "Give a JSON file with --class-groups.") from error
    except ValueError as error:
        raise DataError(f"The class groups {path} are not JSON ({error}).", _FORM) from error


def named_groups(described: object, names: Sequence[str]) -> tuple[NamedGroup, ...]:
    """Return a hierarchy with classes by index.

    Args:
        described: Groups by name, each a list of class names and of further groups, or groups by name again.
        names: The classes of the run.

    Raises:
        DataError: It has another form, names a class that there is not, names one twice, or has an empty group.

    """
    if not isinstance(described, Mapping):
        raise DataError(f"Class groups came as {type(described).__name__}, not as groups by name.", _FORM)
    places: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        places.setdefault(name, []).append(index)
    groups = _groups(cast("Mapping[str, object]", described), places)
    _refuse_unknown(list(_mentioned(described)), places)
    taken = [index for group in groups for index in group.all_classes]
    twice = sorted({names[index] for index in taken if taken.count(index) > 1})
    if twice:
        raise DataError(f"The class groups hold {_listed(twice)} more than once.", "Keep each class in one group.")
    return groups


def _groups(described: Mapping[str, object], places: Mapping[str, list[int]]) -> tuple[NamedGroup, ...]:
    return tuple(_group(str(name), inside, places) for name, inside in described.items())


def _group(name: str, inside: object, places: Mapping[str, list[int]]) -> NamedGroup:
    if isinstance(inside, str) or not isinstance(inside, Mapping | Sequence) or not inside:
        raise DataError(f"The class group {name!r} came as {inside!r}, not as a list of classes.", _FORM)
    classes: list[int] = []
    groups: list[NamedGroup] = []
    parts = [inside] if isinstance(inside, Mapping) else inside
    for part in cast("Sequence[object]", parts):
        if isinstance(part, Mapping):
            groups.extend(_groups(cast("Mapping[str, object]", part), places))
        elif isinstance(part, str):
            classes.extend(places.get(part, ()))
        else:
            raise DataError(f"The class group {name!r} holds {part!r}, neither a class nor a group.", _FORM)
    return NamedGroup(name=name, classes=tuple(classes), groups=tuple(groups))


def _mentioned(described: object) -> Iterator[str]:
    """Yield every class name."""
    if isinstance(described, str):
        yield described
    elif isinstance(described, Mapping):
        for inside in cast("Mapping[str, object]", described).values():
            yield from _mentioned(inside)
    elif isinstance(described, Iterable):
        for part in cast("Iterable[object]", described):
            yield from _mentioned(part)


def _refuse_unknown(mentioned: Sequence[str], places: Mapping[str, list[int]]) -> None:
    unknown = list(dict.fromkeys(name for name in mentioned if name not in places))
    if unknown:
        message = f"The class groups name {_listed(unknown)}, which the data do not have."
        raise DataError(message, f"The classes are {_listed(list(places))}.")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown


def hierarchy_tree(
    columns: Float[np.ndarray, "classes neurons"], hierarchy: Sequence[NamedGroup]
) -> tuple[Float[np.ndarray, "merges 4"], Float[np.ndarray, "classes neurons"]]:
    """Return a binary tree over all classes in SciPy's linkage format, of which every group is a branch.

    What a group holds, and the groups themselves, are merged by Ward's method on their mean activations.

    Returns:
        The tree; and the columns with those of classes without images filled by the mean of their group.

    """
    grower = _Grower(np.asarray(columns, dtype=np.float64))
    placed = {index for group in hierarchy for index in group.all_classes}
    loose = [index for index in range(len(columns)) if index not in placed]
    everything = NamedGroup(name="", classes=tuple(loose), groups=tuple(hierarchy))
    grower.grow(everything, np.zeros(columns.shape[1]))
    return np.array(grower.merges, dtype=np.float64).reshape(-1, 4), grower.columns


class _Grower:
    """Grows a tree from the leaves."""

    def __init__(self, columns: Float[np.ndarray, "classes neurons"]) -> None:
        self.columns = columns.copy()
        self.merges: list[tuple[float, float, float, float]] = []
        self._present = np.asarray(np.isfinite(columns).all(axis=1))

    def grow(self, group: NamedGroup, outside: Float[np.ndarray, " neurons"]) -> int:
        """Merge what a group holds; return the number of its branch."""
        members = np.array(group.all_classes, dtype=np.int64)
        known = members[self._present[members]]
        mean = self.columns[known].mean(axis=0) if len(known) else outside
        parts = [(self.grow(inner, mean), inner.all_classes) for inner in group.groups]
        for index in group.classes:
            if not self._present[index]:
                self.columns[index] = mean
            parts.append((index, (index,)))
        rows = np.stack([self.columns[list(inside)].mean(axis=0) for _, inside in parts])
        branches = [(branch, len(inside)) for branch, inside in parts]
        for merge in class_tree(rows):
            (one, first), (other, second) = branches[int(merge[0])], branches[int(merge[1])]
            branches.append((len(self.columns) + len(self.merges), first + second))
            self.merges.append((one, other, float(merge[2]), first + second))
        return branches[-1][0]
