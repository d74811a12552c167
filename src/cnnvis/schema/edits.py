"""The user's edits as data: what was done to clusters and image groups, and what became of them (design: edits)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from cnnvis.schema.images import MOST_IMAGES, ImageGroup, Sample
from cnnvis.schema.scene import LayerScene

EDITS_VERSION = 1

Method = Literal["ward", "kmeans", "meanshift"]
Act = Literal["edit", "undo", "redo"]
MatchedBy = Literal["identity", "profiles"]

Number = Annotated[int, Meta(ge=1, le=1000)]
Neuron = Annotated[int, Meta(ge=0)]
Neurons = Annotated[tuple[Neuron, ...], Meta(min_length=1, description="Channels of the layer.")]
Words = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=10_000)]
Name = Annotated[str, Meta(max_length=500)]


class ClusterState(Struct, frozen=True, kw_only=True):
    """A cluster as the user has it."""

    id: Annotated[str, Meta(description="Given once; never given again in this layer.")]
    neurons: Annotated[tuple[Neuron, ...], Meta(description="Channels, ascending.")]
    name: Annotated[str, Meta(description="The user's; empty: the automatic title.")] = ""
    note: str = ""
    locked: Annotated[bool, Meta(description="Whether its neurons are kept as they are.")] = False


class NeuronNote(Struct, frozen=True, kw_only=True):
    """What the user wrote about a neuron."""

    neuron: Neuron
    text: str


class LayerClusters(Struct, frozen=True, kw_only=True):
    """The clusters of a layer: every neuron is in exactly one."""

    layer: str
    clusters: tuple[ClusterState, ...]
    method: Annotated[Method, Meta(description="By which the layer was last grouped as a whole.")] = "ward"
    note: str = ""
    notes: Annotated[tuple[NeuronNote, ...], Meta(description="By neuron, ascending.")] = ()


class Part(Struct, frozen=True):
    """A cluster that an edit made: found when the edit was made, so that replaying it computes nothing."""

    id: str
    neurons: tuple[Neuron, ...]


class Move(Struct, frozen=True, kw_only=True, tag="move", forbid_unknown_fields=True):
    """Move neurons into a cluster; one that is left empty is gone."""

    layer: Name
    neurons: Neurons
    to: Annotated[Name, Meta(description="Id of the cluster.")]


class Create(Struct, frozen=True, kw_only=True, tag="create", forbid_unknown_fields=True):
    """Make a new cluster of neurons."""

    layer: Name
    neurons: Neurons
    name: Words = ""
    id: Annotated[Name, Meta(description="Given when the edit is made.")] = ""


class Merge(Struct, frozen=True, kw_only=True, tag="merge", forbid_unknown_fields=True):
    """Make one cluster of several: the first keeps its id, name and note."""

    layer: Name
    clusters: Annotated[tuple[Name, ...], Meta(min_length=2)]


class Split(Struct, frozen=True, kw_only=True, tag="split", forbid_unknown_fields=True):
    """Split a cluster by Ward's method; the largest part keeps its id, name and note."""

    layer: Name
    cluster: Name
    k: Annotated[int, Meta(ge=2, le=1000)] = 2
    parts: Annotated[tuple[Part, ...], Meta(description="Found when the edit is made.")] = ()


class Regroup(Struct, frozen=True, kw_only=True, tag="regroup", forbid_unknown_fields=True):
    """Group a layer anew, locked clusters left alone; a part that is mostly an old cluster keeps its id and name."""

    layer: Name
    method: Method = "ward"
    k: Annotated[Number | None, Meta(description="None: found; MeanShift always finds it.")] = None
    parts: Annotated[tuple[Part, ...], Meta(description="Found when the edit is made.")] = ()


class Lock(Struct, frozen=True, kw_only=True, tag="lock", forbid_unknown_fields=True):
    """Keep a cluster's neurons as they are, or allow changes again."""

    layer: Name
    cluster: Name
    locked: bool = True


class Rename(Struct, frozen=True, kw_only=True, tag="rename", forbid_unknown_fields=True):
    """Name a cluster; an empty name gives the automatic title back."""

    layer: Name
    cluster: Name
    name: Words


class Note(Struct, frozen=True, kw_only=True, tag="note", forbid_unknown_fields=True):
    """Write about a cluster, a neuron, or the layer when neither is given; an empty text removes the note."""

    layer: Name
    text: Text
    cluster: Name | None = None
    neuron: Neuron | None = None


class SaveImages(Struct, frozen=True, kw_only=True, tag="save-images", forbid_unknown_fields=True):
    """Keep some probe images under a name, as an image group."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    samples: Annotated[tuple[Sample, ...], Meta(min_length=1, max_length=MOST_IMAGES, description="Ids of the images.")]
    id: Annotated[Name, Meta(description="Given when the edit is made.")] = ""


class RenameImages(Struct, frozen=True, kw_only=True, tag="rename-images", forbid_unknown_fields=True):
    """Give an image group another name."""

    group: Name
    name: Annotated[str, Meta(min_length=1, max_length=200)]


class RemoveImages(Struct, frozen=True, kw_only=True, tag="remove-images", forbid_unknown_fields=True):
    """Forget an image group; the images stay."""

    group: Name


class Import(Struct, frozen=True, kw_only=True, tag="import"):
    """Take over the clusters of several layers, and image groups, from elsewhere."""

    layers: tuple[LayerClusters, ...]
    source: str
    groups: Annotated[tuple[ImageGroup, ...], Meta(description="With the ids that they have here.")] = ()


ClusterEdit = Move | Create | Merge | Split | Regroup | Lock | Rename | Note
ImagesEdit = SaveImages | RenameImages | RemoveImages
Edit = ClusterEdit | ImagesEdit
KeptEdit = Edit | Import


class LogEntry(Struct, frozen=True, kw_only=True):
    """One row of the log, which only grows: an edit, or a mark that the last one was undone or redone."""

    revision: Annotated[int, Meta(description="Number of the row; 0 before the first.")] = 0
    time: Annotated[str, Meta(description="UTC time, ISO 8601.")] = ""
    act: Act = "edit"
    edit: KeptEdit | None = None
    starts: Annotated[
        tuple[LayerClusters, ...],
        Meta(description="Clusters before the edit, for layers that no edit had changed."),
    ] = ()


class EditRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the server: make this edit, decided on while looking at this revision."""

    revision: Annotated[int, Meta(ge=0)]
    edit: Edit


class StepRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the server: undo or redo, decided on while looking at this revision."""

    revision: Annotated[int, Meta(ge=0)]


class JumpRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the server: undo or redo as many edits as it takes, decided on while looking at this revision."""

    revision: Annotated[int, Meta(ge=0)]
    done: Annotated[int, Meta(ge=0, description="How many edits are to hold then.")]


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """One line of the history list."""

    revision: int
    time: str
    words: Annotated[str, Meta(description="What was done, as a sentence.")]
    layers: tuple[str, ...]
    done: Annotated[bool, Meta(description="False: undone, and can be redone.")]


class HistoryPage(Struct, frozen=True, kw_only=True):
    """A part of the history list: oldest first; edits that were undone stand at the end, the next to redo first."""

    revision: int
    first: Annotated[int, Meta(description="Place of the first entry in the whole list, from 0.")]
    entries: tuple[HistoryEntry, ...]
    total: Annotated[int, Meta(description="Entries of the whole list.")]


class EditsScene(Struct, frozen=True, kw_only=True):
    """The user's edits of a run as they are now; the history comes in pages."""

    version: int = EDITS_VERSION
    revision: int
    undo: Annotated[str, Meta(description="What undoing takes back, in words; empty: nothing.")]
    redo: str
    done: Annotated[int, Meta(description="Edits that hold: as many first entries of the history.")]
    undone: Annotated[int, Meta(description="Edits that were undone and can be made again.")]
    layers: Annotated[tuple[LayerClusters, ...], Meta(description="The layers that are edited.")]
    groups: Annotated[tuple[ImageGroup, ...], Meta(description="The saved image groups, oldest first.")] = ()
    notice: Annotated[str, Meta(description="Where edits are kept, when not in the run folder.")] = ""
    closed: Annotated[str, Meta(description="Why nothing can be edited, as a sentence; empty: it can.")] = ""


class Flow(Struct, frozen=True, kw_only=True):
    """Neurons that a cluster and one of another grouping share."""

    source: Annotated[str, Meta(description="Id of the cluster as it is.")]
    target: Annotated[str, Meta(description="Id of the cluster as it would be.")]
    neurons: int


class Regrouping(Struct, frozen=True, kw_only=True):
    """A layer grouped anew, beside the layer as it is; nothing is kept."""

    revision: Annotated[int, Meta(description="The edits that it builds on.")]
    before: LayerScene
    after: LayerScene
    flows: Annotated[tuple[Flow, ...], Meta(description="By the order of the clusters before, then after.")]
    moved: Annotated[int, Meta(description="Neurons that end in a cluster of another id.")]
    agreement: Annotated[float, Meta(description="Adjusted Rand index of the two: 1 the same, about 0 unrelated.")]


class EditsRevision(Struct, frozen=True, kw_only=True):
    """The number of the newest row: what a page waits for."""

    revision: int


class EditConflict(Struct, frozen=True, kw_only=True):
    """The edit was not made, since others have changed what it builds on; with what there is now."""

    error: str
    remedy: str
    edits: EditsScene


class ExportedLayer(Struct, frozen=True, kw_only=True):
    """A layer's clusters, and what its neurons can be recognised by in another run."""

    clusters: LayerClusters
    neurons: Annotated[int, Meta(ge=0)]
    profiles: Annotated[bytes, Meta(description="Base64 of float16, neurons by classes: class profiles.")]


class EditsFile(Struct, frozen=True, kw_only=True):
    """The user's edits in a file of their own, to be taken to another run."""

    kind: Literal["cnnvis-edits"] = "cnnvis-edits"
    version: int = EDITS_VERSION
    run: Annotated[str, Meta(description="Id of the run they were made in.")]
    model: str
    classes: tuple[str, ...]
    layers: tuple[ExportedLayer, ...]
    data: Annotated[str, Meta(description="Name of the data, by whose ids the groups name images.")] = ""
    groups: tuple[ImageGroup, ...] = ()
    history: Annotated[tuple[LogEntry, ...], Meta(description="For the record: the edits that led there.")] = ()


class CarriedLayer(Struct, frozen=True, kw_only=True):
    """How much of a layer could be taken over."""

    layer: str
    by: MatchedBy
    neurons: Annotated[int, Meta(description="Neurons whose counterpart was found.")]
    total: Annotated[int, Meta(description="Neurons of the layer where the edits come from.")]
    agreement: Annotated[float | None, Meta(description="Mean correlation of the matched class profiles.")]
    words: Annotated[str, Meta(description="All of this, as a sentence.")] = ""


class CarryReport(Struct, frozen=True, kw_only=True):
    """What was taken over from another run, and what could not be."""

    layers: tuple[CarriedLayer, ...]
    groups: Annotated[int, Meta(description="Image groups that were taken over.")] = 0
    missing: Annotated[tuple[str, ...], Meta(description="What could not be taken over, a sentence each.")]
    edits: EditsScene
