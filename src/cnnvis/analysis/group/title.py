"""Short names for columns and blocks, made of real module paths."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Column:
    """What a title can be made of: the block paths of one group, and what they are."""

    paths: tuple[str, ...]
    is_linear: bool
    is_plain: bool
    """Whether every block is a single unit, so that the group is a piece of a plain chain."""


def column_titles(columns: Sequence[Column]) -> tuple[str, ...]:
    """Name each column after the outermost modules that belong to it alone.

    Neighbouring numbers become a range (``features.3-5``). A plain network whose modules have numbers for names is
    numbered as in the paper: ``conv1 ... conv4, fc5, fc6``. Repeated titles get `` (2)``, `` (3)``, ...; a column of
    the network's own forward alone has the empty title.
    """
    titles = [_title(column, [other for other in columns if other is not column]) for column in columns]
    is_plain = all(column.is_plain for column in columns)
    if is_plain:
        for index, column in enumerate(columns):
            if _is_numbered(titles[index]):
                titles[index] = f"{'fc' if column.is_linear else 'conv'}{index + 1}"
    return _distinct(titles)


def block_titles(title: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Name the blocks of a column: their module path, or ``conv1-1`` where the column's own title is a number."""
    is_number = re.fullmatch(r"(conv|fc)\d+", title) and not any(f"{path}.".startswith(f"{title}.") for path in paths)
    if not is_number:
        return _distinct(list(paths))
    return (title,) if len(paths) == 1 else tuple(f"{title}-{index + 1}" for index in range(len(paths)))


def _title(column: Column, others: Sequence[Column]) -> str:
    taken = [path for other in others for path in other.paths]
    return _named("", column.paths, taken)


def _named(prefix: str, paths: Sequence[str], taken: Sequence[str]) -> str:
    """Join the outermost modules below ``prefix`` that hold only ``paths``; go deeper where one is shared."""
    depth = len(prefix.split(".")) if prefix else 0
    modules: dict[str, list[str]] = {}
    # What the whole network's own forward does has no module to be named after.
    for path in filter(None, paths):
        modules.setdefault(".".join(path.split(".")[: depth + 1]), []).append(path)
    own: list[str] = []
    parts: list[str] = []
    for module, inside in modules.items():
        is_whole = module in inside
        is_shared = any(path == module or path.startswith(f"{module}.") for path in taken)
        if is_shared and not is_whole:
            parts += [_range(prefix, own)] if own else []
            parts.append(_named(module, inside, taken))
            own = []
        else:
            own.append(module[len(prefix) + 1 :] if prefix else module)
    return ", ".join([*parts, _range(prefix, own)] if own else parts)


def _range(prefix: str, names: Sequence[str]) -> str:
    """Write sibling modules briefly: all of them up to three, numbers and longer rows as a range."""
    start = f"{prefix}." if prefix else ""
    if len(names) > 1 and all(name.isdigit() for name in names):
        return f"{start}{names[0]}-{names[-1]}"
    if len(names) > 3:
        return f"{start}{names[0]} … {names[-1]}"
    return start + ", ".join(names)


def _is_numbered(title: str) -> bool:
    """Whether the last part of a name is a number or a range of numbers: it says nothing to a person."""
    last = title.replace(", ", ".").rpartition(".")[2]
    return bool(last) and all(character.isdigit() or character == "-" for character in last)


def _distinct(titles: Sequence[str]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    distinct: list[str] = []
    for title in titles:
        if not title:  # stays without a name: it is told by its first layer
            distinct.append("")
            continue
        counts[title] = counts.get(title, 0) + 1
        distinct.append(title if counts[title] == 1 else f"{title} ({counts[title]})")
    return tuple(distinct)
