"""Tables of a run, for programs: which there are, and a part of one as it travels."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

TableName = Literal[
    "layers",
    "neurons",
    "clusters",
    "classes",
    "profiles",
    "contributions",
    "connections",
    "confusion",
    "probe",
    "activations",
    "image-groups",
    "edits",
    "findings",
    "series",
]
ColumnKind = Literal["text", "whole", "number", "truth"]
"""What stands in a column: words, whole numbers, numbers, or true and false."""
Cell = str | int | float | bool | None
"""None: not known, or not measured."""
Row = tuple[Cell, ...]


class TableColumn(Struct, frozen=True, kw_only=True):
    """A column of a table."""

    name: str
    kind: ColumnKind
    about: Annotated[str, Meta(description="What stands in it, in words.")]


class TablePage(Struct, frozen=True, kw_only=True):
    """Some rows of a table, one after the other."""

    table: TableName
    columns: tuple[TableColumn, ...]
    rows: tuple[Row, ...]
    offset: Annotated[int, Meta(description="Rows of the table before these.")]
    more: Annotated[bool, Meta(description="Whether rows follow.")]
