"""What is selected on the page, as data."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnvis.compose.studio import Studio
from cnnvis.notebook.looked_at import looked_at
from cnnvis.notebook.page_address import PageAddress, read_ranges
from cnnvis.schema.scene import LayerScene, Scene


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What is selected on the page; all of it empty at first.

    Args:
        layer: Layer id.
        cluster: Cluster id in that layer.
        title: The cluster's name.
        neurons: Neuron ids: of the neuron that is selected, or else of all in the cluster, in the picture's order.
        picked: Neuron ids that were picked together in a matrix.
        classes: Names of the classes that were picked in a matrix, and of the class that is selected.
        images: Ids of the probe images that are looked at, by class, then id.
        image_set: What these are called, such as ``cat answered as dog``.
        compared: The two sets of images that are compared, such as ``cat`` and ``dog``.
        connection: Id of the connection that is looked at: of a bundle (bicluster), a trunk or a curve.
        sources: Clusters that it comes from, such as ``layer2.0/relu#1:c3``.
        targets: Clusters that it leads to.

    """

    layer: str | None = None
    cluster: str | None = None
    title: str = ""
    neurons: tuple[str, ...] = ()
    picked: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    images: tuple[int, ...] = ()
    image_set: str = ""
    compared: tuple[str, ...] = ()
    connection: str | None = None
    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


def selection_of(address: PageAddress, studio: Studio, layer: LayerScene | None) -> Selection:
    """Return what an address selects.

    Args:
        address: What the page shows.
        studio: The run.
        layer: The clusters of the selected layer; None when it has none, or no layer is selected.

    """
    place, lit_in = address.get("layer"), address.get("lit-in")
    picked = () if lit_in is None else _ids(lit_in, read_ranges(address.get("lit")))
    cluster, members = None, ()
    if place is not None and layer is not None:
        cluster = next((each for each in layer.clusters if each.id == address.get("cluster")), None)
        neuron = _neuron(address)
        members = (neuron,) if neuron is not None else () if cluster is None else cluster.neurons
    return Selection(
        layer=place,
        cluster=None if cluster is None else cluster.id,
        title="" if cluster is None else cluster.title,
        neurons=() if place is None else _ids(place, members),
        picked=picked,
        classes=_classes(address, studio.scene),
        **looked_at(address, studio),
    )


def _classes(address: PageAddress, scene: Scene) -> tuple[str, ...]:
    """Return the names of classes that were picked or selected: a class is a neuron of the last layer."""
    chosen = set(read_ranges(address.get("marked")))
    neuron = _neuron(address)
    if neuron is not None and any(group.output and group.layer == address.get("layer") for group in scene.groups):
        chosen.add(neuron)
    return tuple(scene.classes[index].name for index in sorted(chosen) if index < len(scene.classes))


def _neuron(address: PageAddress) -> int | None:
    text = address.get("neuron")
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 10 else None


def _ids(layer: str, neurons: Sequence[int]) -> tuple[str, ...]:
    return tuple(f"{layer}:{neuron}" for neuron in neurons)
