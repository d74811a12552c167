"""Columns of the picture with the connections between them: all that does not depend on how much is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.arrange import Arrangement, arrange
from cnnvis.analysis.bundle import keep
from cnnvis.compose.cluster_links import ClusterLinks, Pairs
from cnnvis.compose.connection_modes import Modes, connection_modes
from cnnvis.compose.drawn_items import Gap, gaps_of
from cnnvis.compose.measured import Measured
from cnnvis.compose.members import members_of
from cnnvis.schema.connection_scene import SHARE, ConnectionMode
from cnnvis.schema.connections import gap_words
from cnnvis.schema.scene import ClusterScene, LayerScene

HEAD_TILES = 3
"""Height of a card's head and class bars, in sides of the smallest tile."""

Orders = tuple[tuple[str, ...], ...]
"""Ids of the clusters of each column from top to bottom."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the picture."""

    layer: str
    title: str
    clusters: tuple[ClusterScene, ...]

    @property
    def heights(self) -> Float[np.ndarray, " clusters"]:
        """How tall the cards are, about, in sides of the smallest tile."""
        packings = [cluster.packings[0] for cluster in self.clusters]
        return np.array([HEAD_TILES + packing.height / max(packing.smallest, 1) for packing in packings])

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many neurons each cluster has."""
        return tuple(len(cluster.neurons) for cluster in self.clusters)

    def named(self, order: Int[np.ndarray, " clusters"]) -> tuple[str, ...]:
        """Return the ids of the clusters in an order."""
        return tuple(self.clusters[place].id for place in order.tolist())


def columns_of(layers: Sequence[LayerScene], titles: Mapping[str, str]) -> list[Column]:
    """Return the columns of the picture from left to right.

    Args:
        layers: Their clusters.
        titles: What columns are called; others are called by their layer.

    """
    return [
        Column(layer=scene.layer, title=titles.get(scene.layer, scene.layer), clusters=scene.clusters)
        for scene in layers
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class Linked:
    """Columns, how they are connected, and the order of their clusters."""

    columns: tuple[Column, ...]
    mode: ConnectionMode
    modes: Modes
    pairs: Pairs
    arrangement: Arrangement
    shared: Orders
    """The order that all meanings begin with."""
    warning: str
    notes: tuple[str, ...] = ()
    """What a reader should know of all connections."""

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """All pairs of columns with a path between them."""
        return gaps_of(self.pairs, [column.sizes for column in self.columns])

    @property
    def shared_by_layer(self) -> dict[str, tuple[str, ...]]:
        """The same by the columns' layers."""
        return {column.layer: order for column, order in zip(self.columns, self.shared, strict=True)}

    @property
    def orders(self) -> Orders:
        """Ids of the clusters of each column from top to bottom."""
        arranged = zip(self.columns, self.arrangement.orders, strict=True)
        return tuple(column.named(order) for column, order in arranged)


def link_columns(
    found: ClusterLinks,
    layers: Sequence[LayerScene],
    titles: Mapping[str, str],
    *,
    mode: ConnectionMode | None = None,
    measured: Measured | None = None,
    earlier: Mapping[str, Sequence[str]] | None = None,
) -> Linked:
    """Return the connections between columns, and the order of clusters that crosses little.

    The order is found for all meanings that the run stores together, and in each of them a cluster moves from there
    only where that saves much: switching between them moves little.

    Args:
        found: The connections of the run.
        layers: The clusters of the columns, from left to right.
        titles: What columns are called.
        mode: What connections mean; None takes the meaning that ranks real removal better.
        measured: What the network itself was asked about this run.
        earlier: Ids of a column's clusters in an earlier picture, from top to bottom, by its layer: they move only
            where it is worth it. Columns that are missing are put in order anew.

    Raises:
        AbsentError: The run holds no connections, or not in this mode.

    """
    columns, clusters = columns_of(layers, titles), members_of(layers)
    modes = connection_modes(found.run, clusters, measured)
    chosen = modes.choose(mode)
    links = {
        each: found.between(clusters, modes.contribution if each == "contribution" else None)
        for each in modes.available
        if each == chosen or each in modes.stored
    }
    heights = [column.heights for column in columns]
    known = None if earlier is None else _places(columns, [earlier.get(column.layer, ()) for column in columns])
    alone = _together([links[chosen]])
    several = modes.stored not in ((), (chosen,))
    weights = _together([links[each] for each in modes.stored]) if several else alone
    shared = arrange(heights, weights, previous=known)
    named = tuple(column.named(order) for column, order in zip(columns, shared.orders, strict=True))
    own = arrange(heights, alone, previous=_places(columns, named))
    missing, notes = _missing(found, columns, links[chosen]) if chosen == "weights" else ([], [])
    return Linked(
        columns=tuple(columns),
        mode=chosen,
        modes=modes,
        pairs=links[chosen],
        arrangement=own,
        shared=named,
        warning=" ".join(each for each in (modes.warning(chosen), *missing) if each),
        notes=(*modes.notes(chosen), *notes),
    )


def _together(meanings: Sequence[Pairs]) -> dict[tuple[int, int], Float[np.ndarray, "sources targets"]]:
    """Return the weights that are drawn by default, without signs, those of several meanings added up.

    Each meaning has the same say. What is not drawn has none: it would hide an order that the drawn connections have.
    """
    found: dict[tuple[int, int], Float[np.ndarray, "sources targets"]] = {}
    for pairs in meanings:
        for place, links in pairs.items():
            positive, negative = (np.where(keep(one, SHARE), one, 0.0) for one in (links.positive, links.negative))
            strength = positive - negative
            scaled = strength / max(float(strength.mean()), 1e-300) if strength.size else strength
            found[place] = found[place] + scaled if place in found else scaled
    return found


def _places(columns: Sequence[Column], orders: Sequence[Sequence[str]]) -> list[Float[np.ndarray, " _"]]:
    """Return the place of each cluster in an order, NaN for those that are not in it."""
    known = [{identity: float(place) for place, identity in enumerate(order)} for order in orders]
    return [
        np.array([places.get(cluster.id, np.nan) for cluster in column.clusters])
        for column, places in zip(columns, known, strict=True)
    ]


def _missing(found: ClusterLinks, columns: Sequence[Column], pairs: Pairs) -> tuple[list[str], list[str]]:
    """Say which columns have no curves though they may be connected, and why, and what of others is not known."""
    if found.run.connections is None:
        return [], []
    titles = {column.layer: column.title for column in columns}
    gaps, stored = found.gaps(list(titles)), set(found.run.connections.columns)
    joined = {columns[place].layer for pair in pairs for place in pair}
    unknown = [titles[layer] for layer in dict.fromkeys(end for pair in gaps for end in pair) if layer not in joined]
    absent = [column.title for column in columns if column.layer not in stored]
    warnings: list[str] = []
    if absent:
        warnings.append(f"No connections are stored for {', '.join(absent)}: they are kept for groups and blocks only.")
    if unknown:
        warnings.append(f"No connections of {', '.join(unknown)} are known: what lies between is not followed.")
    return warnings, [gap_words(titles[source], titles[target], why) for (source, target), why in gaps.items()]
