"""Which channel maps lie between columns: what must be computed, and what is to be said of it."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from cnnvis.schema.connections import Blocks, ChannelGraph, ChannelMap

NOT_FOLLOWED = " is not followed: "
"""In what is said of a layer at which paths end."""


class Paths:
    """The channel graph, cut at the outputs of the columns.

    Args:
        graph: What every layer does to channels.
        columns: Ids of the units that are columns; the network's input may be one.

    """

    def __init__(self, graph: ChannelGraph, columns: Iterable[str]) -> None:
        self.maps = graph.maps
        self.position = {found.id: index for index, found in enumerate(graph.maps)}
        self.columns = tuple(sorted(dict.fromkeys(columns), key=self.position.__getitem__))
        """In running order."""
        self.before = {column: graph.before.get(column, column) for column in self.columns}
        self._cut = frozenset(self.position[column] for column in self.columns)

    @cached_property
    def inputs(self) -> tuple[tuple[int, ...], ...]:
        """Positions of the maps that each map reads."""
        return tuple(tuple(self.position[source] for source, _ in found.inputs) for found in self.maps)

    @cached_property
    def precision(self) -> type[np.floating]:
        """Single precision, unless the network computes in double."""
        kinds = {how.weights.dtype for found in self.maps for _, how in found.inputs if isinstance(how, Blocks)}
        return np.float64 if np.dtype(np.float64) in kinds else np.float32

    def after(self, column: str, *, through_gaps: bool = True) -> int:
        """Return the maps that a column reaches without passing another one, as a bit set; arrivals are in it."""
        start = self.position[column]
        open_, reached = 1 << start, 0
        for index in range(start + 1, len(self.maps)):
            sources = [
                source
                for source, (_, how) in zip(self.inputs[index], self.maps[index].inputs, strict=True)
                if through_gaps or isinstance(how, Blocks) or len(how.rows)
            ]
            if any(open_ >> source & 1 for source in sources):
                reached |= 1 << index
                open_ |= 0 if index in self._cut else 1 << index
        return reached

    def leading_to(self, column: str) -> int:
        """Return the maps from which a column's input is reached without passing a column, as a bit set."""
        end = self.position[self.before[column]]
        found = 1 << end
        for index in range(end, -1, -1):
            if not found >> index & 1 or (index in self._cut and index != end):
                continue
            for source in self.inputs[index]:
                found |= 1 << source
        return found

    def between(self, reached: int, column: str, leading: int) -> int:
        """Return the maps on the ways to a column: both reached and leading there, and no other column among them."""
        end = self.position[self.before[column]]
        others = sum(1 << index for index in self._cut if index != end)
        return reached & leading & ~others

    def notes(self, between: int) -> tuple[str, ...]:
        """Return what is to be said of the maps in a bit set."""
        found = [self.maps[index] for index in range(len(self.maps)) if between >> index & 1]
        return tuple(dict.fromkeys(sentence(channel_map) for channel_map in found if channel_map.status != "exact"))


def sentence(channel_map: ChannelMap) -> str:
    """Say what is wrong with a map."""
    if channel_map.status == "not followed":
        return f"{channel_map.layer}{NOT_FOLLOWED}{channel_map.why}."
    return f"{channel_map.layer} is approximated: {channel_map.why}."
