"""Connections between clusters, and the strongest way back from a class or a cluster."""

from typing import Annotated

from msgspec import Meta, field

from cnnvis.schema.connection_scene import SHARE, ConnectionMode, ConnectionScene, PathScene
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.images import ClassIndex
from cnnvis.serve.address import Call, ClusterId, Encoded, Get, LayerId, Reply
from cnnvis.serve.problems import DESCRIBED, ParameterError
from cnnvis.serve.snapshots import AtSnapshot

MOST_COLUMNS = 500

Columns = Annotated[
    tuple[LayerId, ...],
    Meta(max_length=MOST_COLUMNS, description="The columns, as ids of layers; none: one for every layer group."),
]
Mode = Annotated[ConnectionMode | None, Meta(description="What a connection means; none: the better one there is.")]


class AskConnections(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Between which columns, and how much of it."""

    column: Columns = ()
    mode: Mode = None
    share: Annotated[float, Meta(ge=0, le=1, description="Part of the weight to draw.")] = SHARE
    everything: Annotated[bool, Meta(description="Whether to draw all of it, however much that is.")] = field(
        default=False, name="all"
    )


class AskPath(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From where back: a class, or a cluster of a layer."""

    column: Columns = ()
    mode: Mode = None
    label: ClassIndex | None = field(default=None, name="class")
    layer: LayerId | None = None
    cluster: ClusterId | None = None
    own: Annotated[
        Annotated[int, Meta(ge=1, le=10**9)] | None,
        Meta(description="Number of a way that was found on chosen images alone; nothing else counts then."),
    ] = None


def _connections(call: Call[AskConnections, None]) -> Reply:
    asked = call.asked
    links = call.studio.links
    return Encoded(links.scene_bytes(asked.column, asked.mode, share=asked.share, everything=asked.everything))


def _path(call: Call[AskPath, None]) -> Reply:
    asked = call.asked
    start: int | tuple[str, str]
    if asked.own is not None:
        return call.studio.links.path_of_images(asked.own)
    if asked.label is not None and asked.layer is None and asked.cluster is None:
        start = asked.label
    elif asked.label is None and asked.layer is not None and asked.cluster is not None:
        start = (asked.layer, asked.cluster)
    else:
        message = "A path begins at a class, or at a cluster of a layer."
        raise ParameterError(message, f"Give ?class=..., or ?layer=...&cluster=.... {DESCRIBED}")
    return call.studio.links.path(asked.column, asked.mode, start)


CONNECTIONS = (
    Get(
        path="runs/{run}/connections",
        work=_connections,
        asks=AskConnections,
        answer=ConnectionScene,
        summary="The connections between the clusters of some columns, bundled.",
        errors=(AbsentError,),
        slow=True,
        missing="layer",
    ),
    Get(
        path="runs/{run}/path",
        work=_path,
        asks=AskPath,
        answer=PathScene,
        summary="The strongest way backwards from a class or a cluster.",
        errors=(AbsentError,),
        slow=True,
        missing="layer, cluster or class",
    ),
)
