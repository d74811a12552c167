"""The scene: everything a browser needs to draw one view of a snapshot, as versioned data.

TypeScript types are generated from this module (`make types`); nobody writes them twice.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

SCENE_VERSION = 2

Importance = Literal["activation", "contribution", "uniform"]
"""What the side of a tile says: mean of its top activations, mean |contribution| over classes, or nothing."""
Facet = Literal["activations", "contributions"]
"""What a matrix of neurons and classes holds; the third facet, learned features, is the packing."""

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
    by_prediction: Annotated[
        bool, Meta(description="Without labels: whether an image counts for the class that the network predicts.")
    ]
    accuracy: float | None
    parameters: int
    neurons: Annotated[int, Meta(description="Neurons after a non-linearity, the classifier left out.")]
    layers: Annotated[int, Meta(description="Layers of such neurons.")]
    step: int
    warnings: tuple[str, ...]
    recorded: Annotated[bool, Meta(description="Whether a training was recorded: there are curves to draw.")] = False


class RunEntry(Struct, frozen=True, kw_only=True):
    """One line of the list of runs; `error` when its folder cannot be opened."""

    id: str
    name: str
    detail: str
    created: str = ""
    error: str = ""
    read_only: Annotated[bool, Meta(description="Whether the server only shows it: edits are refused.")] = False


class Example(Struct, frozen=True, kw_only=True):
    """One image of the data, for the input column."""

    sample: int
    image: Annotated[str, Meta(description="Relative address of the image.")]
    size: tuple[int, int]
    label: int | None


class ClassGroupFacts(Struct, frozen=True, kw_only=True):
    """A run of the class order that is shown as one column until it is opened."""

    start: Annotated[int, Meta(description="Place of its first class in class_order.")]
    stop: Annotated[int, Meta(description="Place after its last class.")]
    title: Annotated[str, Meta(description="From the user's hierarchy, else its most typical classes.")]
    parts: Annotated[tuple["ClassGroupFacts", ...], Meta(description="What it opens into; empty: its classes.")] = ()


class TellingFact(Struct, frozen=True, kw_only=True):
    """Something about the run that is worth looking at first, in plain words."""

    text: str
    layer: Annotated[str | None, Meta(description="Id of the layer that it is about, and that a click selects.")] = None
    label: Annotated[int | None, Meta(description="Index of the class that it is about.")] = None
    answer: Annotated[int | None, Meta(description="Index of the class that images of `label` are taken for.")] = None
    neuron: Annotated[int | None, Meta(description="Neuron of the layer that it is about.")] = None


class Scene(Struct, frozen=True, kw_only=True):
    """The frame of the picture: columns, classes and layers; the clusters of a layer come one layer at a time."""

    version: int = SCENE_VERSION
    run: RunFacts
    classes: tuple[ClassFacts, ...]
    class_order: Annotated[tuple[int, ...], Meta(description="Class indices in the order used everywhere.")]
    class_groups: Annotated[
        tuple[ClassGroupFacts, ...],
        Meta(description="They cover class_order; empty when all classes can be shown side by side."),
    ] = ()
    groups: tuple[GroupFacts, ...]
    flow: Annotated[tuple[tuple[int, int], ...], Meta(description="Group indices (source, target), skips included.")]
    layers: tuple[LayerFacts, ...]
    examples: Annotated[tuple[Example, ...], Meta(description="Some images, of differing classes.")] = ()
    telling: Annotated[tuple[TellingFact, ...], Meta(description="What to look at first, the most telling first.")] = ()
    connected: Annotated[bool, Meta(description="Whether the run holds connections between columns.")] = True


class PackingScene(Struct, frozen=True, kw_only=True):
    """Where the square tiles of a cluster's neurons lie, in cells of a common grid, for one kind of importance."""

    importance: Importance
    width: Annotated[int, Meta(description="Width of the packing in cells.")]
    height: int
    smallest: Annotated[int, Meta(description="Cells of the smallest side that a tile can have.")]
    x: Annotated[tuple[int, ...], Meta(description="One per entry of neurons, as y and side.")]
    y: tuple[int, ...]
    side: tuple[int, ...]
    region: Annotated[
        tuple[int, ...],
        Meta(
            description="Branch of the cluster's hierarchy that each tile belongs to, counted in the hierarchy's "
            "order; none where all are one."
        ),
    ] = ()


class ClusterScene(Struct, frozen=True, kw_only=True):
    """Neurons of one layer with alike class profiles."""

    id: str
    title: Annotated[str, Meta(description="The user's name for it, else the title that was found.")]
    found: Annotated[str, Meta(description="The title that was found, where the user gave a name; else empty.")] = ""
    classes: Annotated[tuple[int, ...], Meta(description="Classes the title names, strongest first.")]
    never_active: bool
    agreement: Annotated[float | None, Meta(description="Mean correlation of a member's profile with the cluster's.")]
    profile: Annotated[
        tuple[float | None, ...],
        Meta(
            description="Per class: mean over members of (class mean - neuron mean) / neuron deviation; None: no image."
        ),
    ]
    neurons: Annotated[tuple[int, ...], Meta(description="Channels, alike ones side by side: rows of the matrix.")]
    sprites: Annotated[
        tuple[Sprite | None, ...], Meta(description="A patch per entry of neurons; None when it never fires.")
    ]
    ranks: Annotated[
        tuple[int | None, ...],
        Meta(
            description="Which of the neuron's best patches that is, 1 for the best. One within a tenth of its value "
            "stands in where a cluster's tiles would show an image twice."
        ),
    ] = ()
    packings: Annotated[
        tuple[PackingScene, ...],
        Meta(description="By activation first; by contribution only where there are contributions."),
    ]
    alike: Annotated[
        int | None,
        Meta(
            description="In an earlier snapshot than the clusters are of: neurons that already answered as the cluster "
            "does later. None where the clusters are the snapshot's own, or that cannot be said."
        ),
    ] = None


class Clustering(Struct, frozen=True, kw_only=True):
    """How a layer's neurons were grouped, and how far to trust it."""

    method: Literal["ward", "kmeans", "meanshift"]
    k: int
    automatic: bool
    feature: Annotated[str, Meta(description="What was compared, in words.")]
    silhouette: float | None
    stability: Annotated[float | None, Meta(description="Mean adjusted Rand index under resampling of probe images.")]


class Becoming(Struct, frozen=True, kw_only=True):
    """How one cluster came to be: of its neurons, how many answered as it does, in each snapshot."""

    cluster: str
    neurons: int
    alike: Annotated[tuple[int | None, ...], Meta(description="One per snapshot; None where it cannot be said.")]


class BecomingScene(Struct, frozen=True, kw_only=True):
    """How the clusters of a layer came to be over the training."""

    layer: str
    steps: Annotated[tuple[int, ...], Meta(description="Steps of the snapshots, the one of the clusters last.")]
    clusters: tuple[Becoming, ...]


class MatrixFacts(Struct, frozen=True, kw_only=True):
    """A matrix of a layer's neurons and the classes, which is fetched on its own."""

    facet: Facet
    address: Annotated[str, Meta(description="Relative address of the values: float16, neurons by classes.")]
    minimum: Annotated[float | None, Meta(description="Smallest value; None when there is none.")]
    maximum: float | None
    lowest: Annotated[
        tuple[float | None, ...],
        Meta(description="Per neuron of the layer, over all classes: where its own ramp starts. None: no class."),
    ] = ()
    highest: Annotated[tuple[float | None, ...], Meta(description="The same: where its own ramp ends.")] = ()
    limit: Annotated[float, Meta(description="99.5 % quantile of the absolute values: the end of a common ramp.")]
    unit: Annotated[str, Meta(description="What a value is, in words.")]
    images: Annotated[str, Meta(description="What the values are means over, in words.")]


class TileSize(Struct, frozen=True, kw_only=True):
    """What the sides of a layer's tiles say, for one kind of importance."""

    importance: Importance
    typical: Annotated[
        float,
        Meta(
            description="Importance of a tile of twice the smallest side. Sides are in proportion to importance, from "
            "half to twice that of the typical tile; what is beyond stops there."
        ),
    ]


class LayerScene(Struct, frozen=True, kw_only=True):
    """The clusters of one layer: a column's content."""

    version: int = SCENE_VERSION
    layer: str
    clustering: Clustering
    clusters: tuple[ClusterScene, ...]
    matrices: tuple[MatrixFacts, ...] = ()
    sizes: Annotated[tuple[TileSize, ...], Meta(description="The same for all clusters, so that they compare.")] = ()
    atlas: Annotated[str | None, Meta(description="Relative address of the sprite atlas; None without patches.")]
    atlas_size: tuple[int, int] = (0, 0)


Box = Annotated[tuple[float, float, float, float], Meta(description="left, top, right, bottom in stored-image pixels.")]


class MapScene(Struct, frozen=True, kw_only=True):
    """Where a neuron is active on one image, after the non-linearity; one value per cell of a small grid."""

    width: int
    height: int
    values: Annotated[str, Meta(description="Base64 of one byte per cell, row by row: 255 is maximum, 0 is 0 or less.")]
    maximum: Annotated[float, Meta(description="Value that 255 stands for.")]
    box: Annotated[Box, Meta(description="The whole grid; it may reach beyond the image.")]


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
    map: Annotated[MapScene | None, Meta(description="None where none was kept, or the neuron has no map.")] = None
    mean: Annotated[float | None, Meta(description="Activation on the image: mean after the non-linearity.")] = None
    quantile: Annotated[float | None, Meta(description="Of its activation over the probe images: typical ones.")] = None


class Suppression(Struct, frozen=True, kw_only=True):
    """How a neuron speaks against a class that another is confused with."""

    label: Annotated[int, Meta(description="Class of the images.")]
    confused: Annotated[int, Meta(description="Class that these are confused with.")]
    value: Annotated[float, Meta(description="Contribution to the confused class's logit; below 0.")]


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
    contributions: Annotated[
        tuple[float | None, ...] | None,
        Meta(description="Contribution to each class on its own images; None: no image, or not computed."),
    ] = None
    suppressed: Annotated[tuple[Suppression, ...], Meta(description="Strongest first, at most five.")] = ()
    patches: tuple[PatchScene, ...]
    typical: Annotated[tuple[PatchScene, ...], Meta(description="Images of ordinary activation, stronger first.")] = ()
    least: Annotated[tuple[PatchScene, ...], Meta(description="Images that excite it least, lowest first.")] = ()


class Problem(Struct, frozen=True, kw_only=True):
    """What the server answers when it cannot give what was asked."""

    error: str
    remedy: str = ""
