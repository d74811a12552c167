"""The scene of the connections: bundles and single curves between the clusters of any columns (design: bundling)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

CONNECTION_SCENE_VERSION = 2

SHARE = 0.8
"""Share of the weight that is drawn by default, and whose connections are bundled among themselves."""

ConnectionMode = Literal["weights", "contribution"]
"""``weights``: what the network's weights pass on. ``contribution``: gradient times activation on probe images."""
Sign = Literal[1, -1]
"""Excites, or inhibits."""


class CurveScene(Struct, frozen=True, kw_only=True):
    """A connection between two clusters that belongs to no bundle."""

    source: Annotated[str, Meta(description="Id of a cluster of the source column.")]
    target: str
    sign: Sign
    share: Annotated[float, Meta(description="Of all the weight that arrives in the target column.")]


class BundleScene(Struct, frozen=True, kw_only=True):
    """A bicluster: every source connected to every target with the same sign, drawn through one in-between node."""

    id: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    sign: Sign
    share: Annotated[float, Meta(description="Of all the weight that arrives in the target column.")]
    coherence: Annotated[float, Meta(description="1: all its connections are equally strong.")]
    source_shares: Annotated[tuple[float, ...], Meta(description="What each source carries; adds up to `share`.")]
    target_shares: tuple[float, ...]


class TrunkLink(Struct, frozen=True, kw_only=True):
    """One connection that a trunk carries."""

    source: Annotated[int, Meta(description="Place among the trunk's sources.")]
    target: int
    share: Annotated[float, Meta(description="Of all the weight that arrives in the target column.")]


class TrunkScene(Struct, frozen=True, kw_only=True):
    """All drawn connections of one sign between two columns that are no neighbours, on one way past those in between.

    Not every source is connected with every target: ``links`` says which are.
    """

    id: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    sign: Sign
    share: Annotated[float, Meta(description="Of all the weight that arrives in the target column.")]
    links: tuple[TrunkLink, ...]


class GapScene(Struct, frozen=True, kw_only=True):
    """All that is drawn between two columns: bundles and curves between neighbours, else trunks."""

    source: Annotated[int, Meta(description="Place of the column among `ConnectionScene.columns`.")]
    target: Annotated[int, Meta(description="Greater than source + 1: connections that jump columns.")]
    part: Annotated[float, Meta(description="Of all the weight that arrives in the target column, by this way.")]
    bundles: Annotated[tuple[BundleScene, ...], Meta(description="In-between nodes from top to bottom: few crossings.")]
    curves: tuple[CurveScene, ...]
    trunks: tuple[TrunkScene, ...]
    kept: Annotated[int, Meta(description="Connections drawn, those in bundles and trunks counted one by one.")]
    total: Annotated[int, Meta(description="Connections there are.")]
    share: Annotated[float, Meta(description="Of all the weight between the two columns, drawn.")]
    left_out: Annotated[int, Meta(description="Bundles, curves and trunks for which there is no room.")]
    exact: Annotated[bool, Meta(description="False where the bounded search for biclusters took over.")]
    notes: Annotated[tuple[str, ...], Meta(description="What is approximated between the two, one sentence each.")]


class Agreement(Struct, frozen=True, kw_only=True):
    """Rank correlation of each mode with real removal; None where it was not checked."""

    weights: float | None = None
    contribution: float | None = None
    images: Annotated[int | None, Meta(description="Probe images of the check; None before it.")] = None


class AbsentMode(Struct, frozen=True, kw_only=True):
    """A meaning that these columns and clusters have no connections in."""

    mode: ConnectionMode
    why: str
    job: Annotated[bool, Meta(description="Whether the worker can find it out.")]


class ConnectionScene(Struct, frozen=True, kw_only=True):
    """Connections between the shown columns."""

    version: int = CONNECTION_SCENE_VERSION
    mode: ConnectionMode
    modes: Annotated[tuple[ConnectionMode, ...], Meta(description="What there is for these columns and clusters.")]
    absent: tuple[AbsentMode, ...]
    default: ConnectionMode
    images: Annotated[int | None, Meta(description="Probe images that contributions are means over; None: weights.")]
    warning: Annotated[str, Meta(description="Why to be careful, or nothing.")]
    notes: Annotated[tuple[str, ...], Meta(description="What a reader should know of all connections.")]
    agreement: Annotated[Agreement, Meta(description="How well each mode ranks what removing clusters really does.")]
    share: Annotated[float, Meta(description="The share of the weight that was asked for.")]
    most: Annotated[int | None, Meta(description="Bundles, curves and trunks in a gap, at most; None: all.")]
    columns: tuple[str, ...]
    orders: Annotated[
        tuple[tuple[str, ...], ...], Meta(description="Cluster ids of each column from top to bottom: few crossings.")
    ]
    crossings: Annotated[float, Meta(description="Weight of all crossings; one of two mean connections counts 1.")]
    unordered: Annotated[float, Meta(description="The same with the clusters in the order in which they were found.")]
    gaps: tuple[GapScene, ...]
    kept: int
    total: int
    drawn: Annotated[float, Meta(description="Share of the weight that is drawn; each column's arrivals count alike.")]
    curves: Annotated[int, Meta(description="Curves on the screen.")]


class StopChoice(Struct, frozen=True, kw_only=True):
    """Another cluster that the way might have gone to, in the same column or in another."""

    layer: str
    cluster: str
    share: Annotated[float, Meta(description="As that of the stop itself.")]


class PathStop(Struct, frozen=True, kw_only=True):
    """One cluster on the strongest way."""

    column: int
    layer: str
    cluster: str
    share: Annotated[float, Meta(description="Of all that excites the stop after it, what comes from this cluster.")]
    column_share: Annotated[float, Meta(description="Of the same, what comes from all clusters of its column.")]
    passing: Annotated[float, Meta(description="Of all that leads to the start, on any way, what passes here.")]
    alternatives: Annotated[tuple[StopChoice, ...], Meta(description="The next strongest clusters, at most four.")]


class PathScene(Struct, frozen=True, kw_only=True):
    """The strongest way from a class or a cluster backwards to the first column."""

    version: int = CONNECTION_SCENE_VERSION
    start: Annotated[str, Meta(description="What it leads to, in words.")]
    mode: ConnectionMode
    images: Annotated[int | None, Meta(description="Probe images that contributions are means over; None: weights.")]
    own: Annotated[bool, Meta(description="Whether it was found on chosen images alone.")] = False
    stops: Annotated[tuple[PathStop, ...], Meta(description="From the start backwards.")]
