"""Connections: what layers do to channels, and the signed matrices between columns (design: connections)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

Pair = tuple[str, str]
"""Ids of the source unit and of the target unit."""

MapStatus = Literal["exact", "approximated", "not followed"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Links:
    """A sparse linear map: channel ``columns[i]`` of the input counts ``weights[i]`` in channel ``rows[i]``."""

    rows: Int[np.ndarray, " links"]
    columns: Int[np.ndarray, " links"]
    weights: Float[np.ndarray, " links"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Blocks:
    """A dense linear map in equal blocks along the diagonal: one for an ordinary layer, one per group of channels."""

    weights: Float[np.ndarray, "groups outputs inputs"]


@dataclass(frozen=True, kw_only=True)
class ChannelMap:
    """What one layer does to channels, as a sum of linear maps from earlier ones."""

    id: str
    """Id of the layer, or of a part of it."""
    layer: str
    """Id of the layer in the layer graph."""
    channels: int
    inputs: tuple[tuple[str, Links | Blocks], ...] = ()
    """Id of an earlier map, and how its channels come in; nothing for the network's input."""
    status: MapStatus = "exact"
    """``exact``: on constant images with valid or circular padding, non-linearities by their measured mean derivative.

    ``not followed``: what came in ends here; ``inputs`` then names it, without links.
    """
    why: str = ""
    """What is approximated, or why it is not followed, in a few words."""


@dataclass(frozen=True, kw_only=True)
class ChannelGraph:
    """The linear path of a whole network from channel to channel, in running order."""

    maps: tuple[ChannelMap, ...]
    before: dict[str, str]
    """Unit id to the map that is its activation's input; the map of its output has the unit's id."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ConnectionMatrix:
    """Signed weights from every neuron of one unit to every neuron of a later one.

    From the value after the source's non-linearity to the value before the target's, over the paths that pass no
    other shown unit.
    """

    source: str
    target: str
    values: Float[np.ndarray, "sources targets"]
    notes: tuple[str, ...] = ()
    """What is approximated or not followed between the two, one sentence each."""


@dataclass(frozen=True, kw_only=True)
class Connections:
    """The weight mode: a matrix per pair of columns between which there is a path."""

    pairs: dict[Pair, ConnectionMatrix] = field(default_factory=dict[Pair, ConnectionMatrix])
    gaps: dict[Pair, tuple[str, ...]] = field(default_factory=dict[Pair, tuple[str, ...]])
    """What is not followed, one sentence each, between columns that only such paths connect: these have no matrix."""
    columns: tuple[str, ...] = ()
    """Ids of all units that were looked at, also of those with neither."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of all of them, in sentences."""
        return tuple(gap_words(*pair, why) for pair, why in self.gaps.items())


def gap_words(source: str, target: str, why: Iterable[str]) -> str:
    """Say that nothing is known of the connections between two columns."""
    return f"Nothing is known of the connections from {source} to {target}: {' '.join(why)}"


@dataclass(frozen=True, kw_only=True, eq=False)
class ContributionMatrix:
    """The contribution mode between two units: gradient times activation on the probe set.

    Mean over images of the sum over positions of a * dT/da: a is the source neuron's value after its non-linearity, T
    the mean over the target cluster's neurons and positions of the value before theirs.
    """

    source: str
    target: str
    clusters: tuple[tuple[int, ...], ...]
    """The target clusters as neurons of the target unit, sorted; columns of ``values`` in this order."""
    values: Float[np.ndarray, "sources clusters"]


@dataclass(frozen=True, kw_only=True)
class ContributionConnections:
    """The contribution mode: a matrix per pair of columns between which there is a path."""

    pairs: dict[Pair, ContributionMatrix] = field(default_factory=dict[Pair, ContributionMatrix])
    images: int = 0
    """Probe images that the means are over."""
    notes: tuple[str, ...] = ()
