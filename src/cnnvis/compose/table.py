"""A table whose rows are made when they are asked for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cnnvis.compose.studio import Studio
from cnnvis.schema.tables import ColumnKind, Row, TableColumn

Rows = Callable[[Studio, Sequence[str]], Iterator[Row]]
"""Makes the rows, for these layers."""


@dataclass(frozen=True)
class Table:
    """A table."""

    columns: tuple[TableColumn, ...]
    rows: Iterator[Row]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, kw_only=True)
class TableKind:
    """What there is to know of a table before it is made."""

    about: str
    """What one row is, as a sentence."""
    columns: tuple[TableColumn, ...]
    rows: Rows
    by_layer: bool = True
    """Whether it can be asked for some layers alone."""
    check: Callable[[Studio], None] = lambda _: None
    """Raises AbsentError when the run holds nothing for it."""


def column(name: str, about: str, kind: ColumnKind = "text") -> TableColumn:
    """Return a column."""
    return TableColumn(name=name, kind=kind, about=about)


def number(value: np.floating | float) -> float | None:
    """Return a number as it is written: seven digits are all that single precision has; None for NaN and infinity."""
    return float(f"{float(value):.7g}") if np.isfinite(value) else None


NEURON = (
    column("neuron", "id of the neuron: the layer's id, a colon, and the channel"),
    column("layer", "id of the layer"),
    column("channel", "the neuron's place in its layer, from 0", "whole"),
)
CLASS = (column("class", "index of the class", "whole"), column("name", "name of the class"))
