"""The scene: everything a browser needs to draw one view of a snapshot, as versioned data.

TypeScript types are generated from this module (`make types`); nobody writes them twice.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

SCENE_VERSION = 1

Sprite = Annotated[tuple[int, int, int, int], Meta(description="x, y, width, height in the layer's sprite atlas.")]


class ClassFacts(Struct, frozen=True, kw_only=True):
    """One class of the data."""

    index: int
    name: str
    images: int
    recall: Annotated[float | None, Meta(description="Share of its images predicted right; None without images.")]


class LayerFacts(Struct, frozen=True, kw_only=True):
    """One layer of neurons (a unit) in words and numbers."""

    id: str
    title: Annotated[str, Meta(description="Short name for a column head.")]
    detail: Annotated[str, Meta(description="One line: operations, neurons, map size.")]
    neurons: int
    map: Annotated[tuple[int, ...], Meta(description="Height and width of a neuron's map; empty without one.")]
    field: Annotated[str, Meta(description="Receptive field in words.")]
    active: Annotated[float, Meta(description="Mean share of positions above 0.")]
    never_active: Annotated[int, Meta(description="Neurons that never rise above 0.")]


class BlockFacts(Struct, frozen=True, kw_only=True):
    """A block inside a layer group: a column of its own when the group is opened."""

    id: str
    title: str
    detail: str
    layer: Annotated[str, Meta(description="Id of the representative layer of neurons.")]
    layers: tuple[str, ...]


class GroupFacts(Struct, frozen=True, kw_only=True):
    """A layer group: one column of the picture."""

    id: str
    title: str
    detail: str
    layer: Annotated[str, Meta(description="Id of the representative layer of neurons.")]
    layers: tuple[str, ...]
    blocks: tuple[BlockFacts, ...]
    output: Annotated[bool, Meta(description="Whether this column holds the logits.")] = False


class RunFacts(Struct, frozen=True, kw_only=True):
    """What the head of the page says about the run."""

    id: str
    name: str
    model: str
    data: str
    created: str
    images_seen: int
    images_total: int | None
    complete: bool
    labelled: bool
    accuracy: float | None
    parameters: int
    neurons: Annotated[int, Meta(description="Neurons after a non-linearity, the classifier left out.")]
    layers: Annotated[int, Meta(description="Layers of such neurons.")]
    step: int
    warnings: tuple[str, ...]


class RunEntry(Struct, frozen=True, kw_only=True):
    """One line of the list of runs; `error` when its folder cannot be opened."""

    id: str
    name: str
    detail: str
    created: str = ""
    error: str = ""


class Example(Struct, frozen=True, kw_only=True):
    """One image of the data, for the input column."""

    sample: int
    image: Annotated[str, Meta(description="Relative address of the image.")]
    size: tuple[int, int]
    label: int | None


class Scene(Struct, frozen=True, kw_only=True):
    """The frame of the picture: columns, classes and layers; the clusters of a layer come one layer at a time."""

    version: int = SCENE_VERSION
    run: RunFacts
    classes: tuple[ClassFacts, ...]
    class_order: Annotated[tuple[int, ...], Meta(description="Class indices in the order used everywhere.")]
    groups: tuple[GroupFacts, ...]
    flow: Annotated[tuple[tuple[int, int], ...], Meta(description="Group indices (source, target), skips included.")]
    layers: tuple[LayerFacts, ...]
    examples: Annotated[tuple[Example, ...], Meta(description="Some images, of differing classes.")] = ()


class Tile(Struct, frozen=True, kw_only=True):
    """One neuron's square in its cluster's packing, in cells of a common grid."""

    neuron: int
    x: int
    y: int
    side: int
    sprite: Annotated[Sprite | None, Meta(description="Its best patch; None when it never fires.")]


class ClusterScene(Struct, frozen=True, kw_only=True):
    """Neurons of one layer with alike class profiles."""

    id: str
    title: str
    classes: Annotated[tuple[int, ...], Meta(description="Classes the title names, strongest first.")]
    never_active: bool
    agreement: Annotated[float | None, Meta(description="Mean correlation of a member's profile with the cluster's.")]
    profile: Annotated[
        tuple[float | None, ...],
        Meta(
            description="Per class: mean over members of (class mean - neuron mean) / neuron deviation; None: no image."
        ),
    ]
    width: Annotated[int, Meta(description="Width of the packing in cells.")]
    height: int
    tiles: tuple[Tile, ...]


class Clustering(Struct, frozen=True, kw_only=True):
    """How a layer's neurons were grouped, and how far to trust it."""

    method: Literal["ward", "kmeans", "meanshift"]
    k: int
    automatic: bool
    feature: Annotated[str, Meta(description="What was compared, in words.")]
    silhouette: float | None
    stability: Annotated[float | None, Meta(description="Mean adjusted Rand index under resampling of probe images.")]


class LayerScene(Struct, frozen=True, kw_only=True):
    """The clusters of one layer: a column's content."""

    version: int = SCENE_VERSION
    layer: str
    clustering: Clustering
    clusters: tuple[ClusterScene, ...]
    atlas: Annotated[str | None, Meta(description="Relative address of the sprite atlas; None without patches.")]
    atlas_size: tuple[int, int] = (0, 0)


Box = Annotated[tuple[float, float, float, float], Meta(description="left, top, right, bottom in stored-image pixels.")]


class PatchScene(Struct, frozen=True, kw_only=True):
    """Where a neuron fired most in one image."""

    sample: int
    value: Annotated[float, Meta(description="Value before the non-linearity at that place.")]
    image: Annotated[str | None, Meta(description="Relative address of the image; None when it was not kept.")] = None
    size: tuple[int, int] = (0, 0)
    box: Annotated[Box | None, Meta(description="Receptive field, clipped to the image.")] = None
    field: Annotated[Box | None, Meta(description="Receptive field with its true, unclipped numbers.")] = None
    label: int | None = None
    predicted: int | None = None


class NeuronScene(Struct, frozen=True, kw_only=True):
    """Everything about one neuron."""

    version: int = SCENE_VERSION
    id: str
    layer: str
    neuron: int
    cluster: str
    mean: float | None
    deviation: float | None
    minimum: float | None
    maximum: float | None
    active: float | None
    nonfinite: int
    profile: Annotated[tuple[float | None, ...], Meta(description="Mean activation per class; None: no image.")]
    patches: tuple[PatchScene, ...]


class Problem(Struct, frozen=True, kw_only=True):
    """What the server answers when it cannot give what was asked."""

    error: str
    remedy: str = ""
