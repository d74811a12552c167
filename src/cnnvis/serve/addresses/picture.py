"""The picture of a run: its frame, its layers and neurons, and the images and numbers that they are drawn with."""

from typing import Annotated

from msgspec import Meta, Struct

from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.scene import Facet, LayerScene, NeuronScene, Scene
from cnnvis.serve.address import Call, ClusterId, Encoded, File, Get, LayerId, Media, Nothing, Reply, Version
from cnnvis.serve.snapshots import AtSnapshot


class AskLayer(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which layer."""

    id: LayerId


class AskNeuron(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which neuron."""

    id: Annotated[
        str,
        Meta(min_length=1, max_length=520, description="Id of the layer, a colon, and the neuron's channel."),
    ]


class AskAtlas(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose patches."""

    layer: LayerId
    v: Version = ""


class AskMatrix(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which values."""

    layer: LayerId
    facet: Facet
    v: Version = ""


class AskClassOrder(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For which cluster."""

    layer: LayerId
    cluster: ClusterId
    facet: Facet


class AskImage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which image."""

    sample: Annotated[int, Meta(ge=0, le=10**15, description="Id of the image in the data.")]
    v: Version = ""


def _scene(call: Call[AtSnapshot, None]) -> Reply:
    return Encoded(call.studio.scene_bytes())


def _graph(call: Call[Nothing, None]) -> Reply:
    return call.studio.run.graph


def _layer(call: Call[AskLayer, None]) -> Reply:
    return Encoded(call.studio.layer_bytes(call.asked.id))


def _neuron(call: Call[AskNeuron, None]) -> Reply:
    return call.studio.neuron(call.asked.id)


def _atlas(call: Call[AskAtlas, None]) -> Reply:
    data = call.studio.atlas_bytes(call.asked.layer)
    return File(data=data, media_type="image/png", lasting=bool(call.asked.v))


def _matrix(call: Call[AskMatrix, None]) -> Reply:
    data = call.studio.matrix_bytes(call.asked.layer, call.asked.facet)
    # Half-precision numbers hardly shrink, and packing megabytes of them takes longer than sending them.
    return File(data=data, media_type="application/octet-stream", lasting=bool(call.asked.v), packed=True)


def _class_order(call: Call[AskClassOrder, None]) -> Reply:
    asked = call.asked
    return Encoded(call.studio.class_order_bytes(asked.layer, asked.cluster, asked.facet))


def _image(call: Call[AskImage, None]) -> Reply:
    data, media_type = call.studio.run.pictures.file(call.asked.sample)
    return File(data=data, media_type=media_type, lasting=bool(call.asked.v))


PICTURE = (
    Get(
        path="runs/{run}/scene",
        work=_scene,
        asks=AtSnapshot,
        answer=Scene,
        summary="The frame of the picture: columns, classes and layers.",
        slow=True,
    ),
    Get(
        path="runs/{run}/graph",
        work=_graph,
        asks=Nothing,
        answer=LayerGraph,
        summary="The layer graph: every call of a layer, and the tensors between them.",
    ),
    Get(
        path="runs/{run}/layer",
        work=_layer,
        asks=AskLayer,
        answer=LayerScene,
        summary="The clusters of one layer, as the user has them.",
        slow=True,
    ),
    Get(
        path="runs/{run}/neuron",
        work=_neuron,
        asks=AskNeuron,
        answer=NeuronScene,
        summary="Everything about one neuron.",
        slow=True,
        missing="neuron",
    ),
    Get(
        path="runs/{run}/atlas",
        work=_atlas,
        asks=AskAtlas,
        answer=Media(("image/png",)),
        summary="The best patch of every neuron of a layer, in one image.",
        slow=True,
    ),
    Get(
        path="runs/{run}/matrix",
        work=_matrix,
        asks=AskMatrix,
        answer=Media(("application/octet-stream",)),
        summary="The values of a layer's neurons for all classes.",
        tells="Little-endian half-precision numbers, neurons by classes; NaN for a class without images.",
        missing="matrix",
    ),
    Get(
        path="runs/{run}/class-order",
        work=_class_order,
        asks=AskClassOrder,
        answer=list[int],
        summary="The order of the classes that suits one cluster best.",
        slow=True,
        missing="cluster",
    ),
    Get(
        path="runs/{run}/image",
        work=_image,
        asks=AskImage,
        answer=Media(("image/png", "image/jpeg")),
        summary="One of the stored images.",
        missing="image",
    ),
)
