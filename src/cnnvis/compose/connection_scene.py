"""The connections of the picture: bundled, counted, and with the clusters in an order that crosses little."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.arrange import arrange
from cnnvis.analysis.bundle import Bicluster, Bundling, bundle
from cnnvis.compose.cluster_links import ClusterLinks, Links, Members, Pairs
from cnnvis.compose.connection_words import bundle_words, stale_words
from cnnvis.compose.curve_ports import Box, curve_ports
from cnnvis.schema.connection_scene import (
    Agreement,
    BundleScene,
    ConnectionMode,
    ConnectionScene,
    CurveScene,
    GapScene,
)
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.scene import ClusterScene, LayerScene
from cnnvis.store.reader import Run

SHARE = 0.8
"""Share of the weight that is drawn by default."""
MOST_ITEMS = 60
"""Bundles and single curves between two columns, unless the user asks for more weight than the default."""
HALVINGS = 6
"""Steps of the search for the share that fits: it is found to about one per cent."""
HEAD_TILES = 3
"""Height of a card's head and class bars, in sides of the smallest tile."""


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
    """Columns with the connections between them: all that does not depend on how much is drawn."""

    columns: tuple[Column, ...]
    mode: ConnectionMode
    modes: tuple[ConnectionMode, ...]
    pairs: Pairs
    orders: tuple[Int[np.ndarray, " _"], ...]
    """Clusters of each column from top to bottom."""
    warning: str

    @property
    def stale(self) -> str:
        """Say for which clusters the contributions are those of before the user's edits; empty: for none."""
        cut = sorted({(target, place) for (_, target), links in self.pairs.items() for place in links.stale})
        return stale_words(
            [(self.columns[column].title, self.columns[column].clusters[at].title) for column, at in cut]
        )

    @property
    def order_ids(self) -> tuple[tuple[str, ...], ...]:
        """Ids of the clusters of each column from top to bottom."""
        return tuple(
            tuple(column.clusters[int(place)].id for place in order)
            for column, order in zip(self.columns, self.orders, strict=True)
        )


def link_columns(
    source: ClusterLinks,
    layers: Sequence[LayerScene],
    titles: Mapping[str, str],
    *,
    mode: ConnectionMode | None = None,
    earlier: Sequence[Sequence[str]] | None = None,
) -> Linked:
    """Return the connections between columns, and the order of clusters that crosses little.

    Args:
        source: The run's connections.
        layers: The clusters of the columns, from left to right.
        titles: What columns are called.
        mode: What connections mean; None takes contribution where the run holds it (it ranked real removal better in
            every network measured), else weights.
        earlier: Ids of each column's clusters in an earlier picture, from top to bottom: they move only where it is
            worth it.

    Raises:
        AbsentError: The run holds no connections, or not in this mode.

    """
    columns = columns_of(layers, titles)
    clusters = members_of(layers)
    modes = source.modes(clusters)
    chosen = choose_mode(modes, mode)
    pairs = source.between(chosen, clusters)
    return Linked(
        columns=tuple(columns),
        mode=chosen,
        modes=modes,
        pairs=pairs,
        orders=_orders(columns, pairs, earlier),
        warning=_warning(source.run, columns) if chosen == "weights" else "",
    )


def draw_connections(linked: Linked, *, share: float = SHARE) -> ConnectionScene:
    """Return what is drawn between columns (design: connections, bundling).

    Args:
        linked: The columns and the connections between them.
        share: Part of the absolute weight of each sign to draw between two columns. Up to the default, what is drawn
            between two columns is limited to 60 bundles and curves, and the scene says how much that leaves.

    """
    most = MOST_ITEMS if share <= SHARE else None
    bundlings = {place: _bundled(links, share, most) for place, links in sorted(linked.pairs.items())}
    gaps = _gaps(linked.columns, linked.pairs, bundlings, linked.orders)
    return ConnectionScene(
        mode=linked.mode,
        modes=linked.modes,
        default=choose_mode(linked.modes, None),
        warning=linked.warning,
        stale=linked.stale,
        agreement=Agreement(),
        share=share,
        columns=tuple(column.layer for column in linked.columns),
        orders=linked.order_ids,
        gaps=gaps,
        kept=sum(gap.kept for gap in gaps),
        total=sum(gap.total for gap in gaps),
        drawn=_drawn(gaps, linked.pairs),
        curves=sum(bundling.curves for bundling in bundlings.values()),
    )


def members_of(layers: Sequence[LayerScene]) -> dict[str, Members]:
    """Return the neurons of every cluster, by column."""
    return {scene.layer: tuple(cluster.neurons for cluster in scene.clusters) for scene in layers}


def choose_mode(modes: Sequence[ConnectionMode], mode: ConnectionMode | None) -> ConnectionMode:
    """Return the mode asked for, or the better one there is.

    Raises:
        AbsentError: There is none, or not this one.

    """
    if not modes:
        raise AbsentError("This run holds no connections.", "Analyse the network again: cnnvis analyze writes them.")
    if mode is not None and mode not in modes:
        raise AbsentError(
            f"This run holds no connections by {mode} for these columns and clusters.",
            "Show them by weights, or check them with the network: cnnvis open RUN --model ... --data ...",
        )
    return mode or ("contribution" if "contribution" in modes else modes[0])


def _bundled(links: Links, share: float, most: int | None) -> Bundling:
    """Bundle what carries the share, once; less of it where that is more than can be looked at."""
    if (share, most) not in links.bundlings:
        links.bundlings[share, most] = _bundle(links, share, most)
    return links.bundlings[share, most]


def _bundle(links: Links, share: float, most: int | None) -> Bundling:
    found = bundle(links.positive, links.negative, share=share)
    if most is None or _items(found) <= most:
        return found
    # Weaker connections go first. More weight is not always more items, so the share found is not the only one.
    found, fits, too_much = bundle(links.positive, links.negative, share=0.0), 0.0, share
    for _ in range(HALVINGS):
        tried = (fits + too_much) / 2
        bundled = bundle(links.positive, links.negative, share=tried)
        if _items(bundled) <= most:
            found, fits = bundled, tried
        else:
            too_much = tried
    return found


def _items(bundling: Bundling) -> int:
    return len(bundling.biclusters) + len(bundling.singles)


def _orders(
    columns: Sequence[Column], pairs: Pairs, earlier: Sequence[Sequence[str]] | None
) -> tuple[Int[np.ndarray, " _"], ...]:
    heights = [column.heights for column in columns]
    weights = {place: links.positive - links.negative for place, links in pairs.items()}
    if earlier is None:
        return arrange(heights, weights).orders
    places = [{identity: float(place) for place, identity in enumerate(column)} for column in earlier]
    previous = [
        np.array([known.get(cluster.id, np.nan) for cluster in column.clusters])
        for column, known in zip(columns, places, strict=True)
    ]
    return arrange(heights, weights, previous=previous).orders


def _gaps(
    columns: Sequence[Column],
    pairs: Pairs,
    bundlings: dict[tuple[int, int], Bundling],
    orders: Sequence[Int[np.ndarray, " _"]],
) -> tuple[GapScene, ...]:
    boxes = _boxes(columns, orders)
    ports = curve_ports(boxes, bundlings)
    gaps: list[GapScene] = []
    for (left, right), bundling in bundlings.items():
        source, target = columns[left], columns[right]
        links = pairs[left, right]
        whole = {1: float(links.positive.sum()), -1: float(-links.negative.sum())}
        named = ports[left, right]
        gaps.append(
            GapScene(
                source=left,
                target=right,
                bundles=tuple(
                    _bundle_scene(f"{left}-{right}-{number}", one, (source, target), whole[one.sign], at)
                    for number, (one, at) in enumerate(zip(bundling.biclusters, named.bundles, strict=True), start=1)
                ),
                curves=tuple(
                    CurveScene(
                        source=source.clusters[one.source].id,
                        target=target.clusters[one.target].id,
                        sign=one.sign,
                        weight=one.weight,
                        share=_share(one.weight, whole[one.sign]),
                        source_port=leaving,
                        target_port=entering,
                    )
                    for one, (leaving, entering) in zip(bundling.singles, named.singles, strict=True)
                ),
                kept=bundling.kept,
                total=bundling.total,
                share=bundling.share,
                exact=bundling.exact,
                notes=links.notes,
                stale=tuple(target.clusters[place].id for place in links.stale),
            )
        )
    return tuple(gaps)


def _bundle_scene(
    identity: str,
    one: Bicluster,
    columns: tuple[Column, Column],
    whole: float,
    ports: tuple[tuple[int, ...], tuple[int, ...]],
) -> BundleScene:
    source, target = columns
    sources = [source.clusters[place] for place in one.sources]
    targets = [target.clusters[place] for place in one.targets]
    share = _share(one.weight, whole)
    return BundleScene(
        id=identity,
        sources=tuple(cluster.id for cluster in sources),
        targets=tuple(cluster.id for cluster in targets),
        sign=one.sign,
        weight=one.weight,
        share=share,
        coherence=one.coherence,
        source_weights=one.source_weights,
        target_weights=one.target_weights,
        source_ports=ports[0],
        target_ports=ports[1],
        words=bundle_words(
            [cluster.title for cluster in sources], [cluster.title for cluster in targets], one.sign, share
        ),
    )


def _boxes(columns: Sequence[Column], orders: Sequence[Int[np.ndarray, " _"]]) -> tuple[tuple[Box, ...], ...]:
    """Return where the cards stand: columns side by side, each centred, in the order found."""
    boxes: list[tuple[Box, ...]] = []
    for number, (column, order) in enumerate(zip(columns, orders, strict=True)):
        heights = column.heights
        tops = np.zeros(len(heights))
        tops[order] = np.cumsum(heights[order]) - heights[order] - heights.sum() / 2
        boxes.append(tuple(Box(x=float(number), y=float(y)) for y in tops + heights / 2))
    return tuple(boxes)


def _share(weight: float, whole: float) -> float:
    return min(weight / whole, 1.0) if whole > 0 else 0.0


def _drawn(gaps: Sequence[GapScene], pairs: Pairs) -> float:
    """Return the share of all magnitude that is drawn; 1 without connections."""
    wholes = [float((links.positive - links.negative).sum()) for _, links in sorted(pairs.items())]
    whole = sum(wholes)
    return sum(gap.share * each for gap, each in zip(gaps, wholes, strict=True)) / whole if whole > 0 else 1.0


def _warning(run: Run, columns: Sequence[Column]) -> str:
    """Say which columns no connections are stored for: their curves are missing, not absent."""
    if run.connections is None:
        return ""
    known = {column for pair in run.connections.pairs for column in pair}
    missing = [column.title for column in columns if column.layer not in known]
    if not missing:
        return ""
    return f"No connections are stored for {', '.join(missing)}: they are kept for groups and blocks only."
