"""The scene of the connections: bundles and single curves between the clusters of any columns (design: bundling)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

CONNECTION_SCENE_VERSION = 1

ConnectionMode = Literal["weights", "contribution"]
"""``weights``: what the network's weights pass on. ``contribution``: gradient times activation on probe images."""
Sign = Literal[1, -1]
"""Excites, or inhibits."""


class CurveScene(Struct, frozen=True, kw_only=True):
    """A connection between two clusters that belongs to no bundle."""

    source: Annotated[str, Meta(description="Id of a cluster of the source column.")]
    target: str
    sign: Sign
    weight: Annotated[float, Meta(description="Magnitude, mean over the pairs of neurons.")]
    share: Annotated[float, Meta(description="Of all the magnitude of this sign between the two columns.")]
    source_port: Annotated[int, Meta(description="Rank among all curves that leave the cluster, from the top.")]
    target_port: Annotated[int, Meta(description="Rank among all curves that enter the cluster, from the top.")]


class BundleScene(Struct, frozen=True, kw_only=True):
    """A bicluster: every source connected to every target with the same sign, drawn through one in-between node."""

    id: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    sign: Sign
    weight: Annotated[float, Meta(description="Sum of the magnitudes that it carries.")]
    share: Annotated[float, Meta(description="Of all the magnitude of this sign between the two columns.")]
    coherence: Annotated[float, Meta(description="1: all its connections are equally strong.")]
    source_weights: Annotated[tuple[float, ...], Meta(description="What each source carries.")]
    target_weights: tuple[float, ...]
    source_ports: Annotated[tuple[int, ...], Meta(description="As for single curves, one per source.")]
    target_ports: tuple[int, ...]
    words: Annotated[str, Meta(description="What it joins, as a sentence.")]


class GapScene(Struct, frozen=True, kw_only=True):
    """All that is drawn between two columns."""

    source: Annotated[int, Meta(description="Place of the column among `ConnectionScene.columns`.")]
    target: Annotated[int, Meta(description="Greater than source + 1: a connection that jumps columns.")]
    bundles: tuple[BundleScene, ...]
    curves: tuple[CurveScene, ...]
    kept: Annotated[int, Meta(description="Connections drawn, those in bundles counted one by one.")]
    total: Annotated[int, Meta(description="Connections there are.")]
    share: Annotated[float, Meta(description="Of all the magnitude between the two columns, drawn.")]
    exact: Annotated[bool, Meta(description="False where the bounded search for biclusters took over.")]
    notes: Annotated[tuple[str, ...], Meta(description="What is approximated between the two, one sentence each.")]
    stale: Annotated[
        tuple[str, ...],
        Meta(description="Ids of target clusters whose numbers are those of before an edit cut others."),
    ] = ()


class Agreement(Struct, frozen=True, kw_only=True):
    """Rank correlation of each mode with real removal; None where it was not checked."""

    weights: float | None = None
    contribution: float | None = None


class ConnectionScene(Struct, frozen=True, kw_only=True):
    """Connections between the shown columns."""

    version: int = CONNECTION_SCENE_VERSION
    mode: ConnectionMode
    modes: Annotated[tuple[ConnectionMode, ...], Meta(description="What the run holds.")]
    default: ConnectionMode
    warning: Annotated[str, Meta(description="Why to be careful, or nothing.")]
    stale: Annotated[str, Meta(description="What is as before the user's edits, as a sentence; empty: nothing.")] = ""
    agreement: Annotated[Agreement, Meta(description="How well each mode ranks what removing clusters really does.")]
    share: Annotated[float, Meta(description="The share of magnitude that was asked for.")]
    columns: tuple[str, ...]
    orders: Annotated[
        tuple[tuple[str, ...], ...], Meta(description="Cluster ids of each column from top to bottom: few crossings.")
    ]
    gaps: tuple[GapScene, ...]
    kept: int
    total: int
    drawn: Annotated[float, Meta(description="Share of all magnitude that is drawn.")]
    curves: Annotated[int, Meta(description="Curves on the screen.")]


class StopChoice(Struct, frozen=True, kw_only=True):
    """Another cluster of the same column on the way."""

    cluster: str
    share: float


class PathStop(Struct, frozen=True, kw_only=True):
    """One cluster on the strongest way."""

    column: int
    layer: str
    cluster: str
    share: Annotated[float, Meta(description="Of all that excites the stop after it, what comes from this cluster.")]
    alternatives: Annotated[tuple[StopChoice, ...], Meta(description="The next strongest clusters, at most three.")]


class PathScene(Struct, frozen=True, kw_only=True):
    """The strongest way from a class or a cluster backwards to the first column."""

    version: int = CONNECTION_SCENE_VERSION
    start: Annotated[str, Meta(description="What it leads to, in words.")]
    mode: ConnectionMode
    stale: Annotated[str, Meta(description="As in the scene of the connections.")] = ""
    stops: Annotated[tuple[PathStop, ...], Meta(description="From the start backwards.")]
