"""What the page asks of the process with the network, and what that answers (design: worker)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from cnnvis.schema.images import ImageChoice

Fill = Literal["zero", "mean"]
Mode = Literal["weights", "contribution"]
WorkerStatus = Literal["idle", "working", "done", "failed", "cancelled"]


class ClusterNeurons(Struct, frozen=True):
    """A cluster, as neurons of a unit."""

    unit: str
    neurons: tuple[int, ...]


class CheckJob(Struct, frozen=True, kw_only=True, tag="check"):
    """Remove every source cluster for real, and compare with what the connections promise."""

    columns: Annotated[tuple[str, ...], Meta(description="Units of all shown columns; paths end at them.")]
    sources: tuple[ClusterNeurons, ...]
    targets: tuple[ClusterNeurons, ...]
    images: Annotated[int, Meta(ge=1, description="Probe images at most.")] = 50
    fill: Annotated[Fill, Meta(description="What removed neurons give out: 0, or their mean.")] = "zero"


class AblateJob(Struct, frozen=True, kw_only=True, tag="ablate"):
    """Remove some neurons, and see what becomes of clusters, outputs and accuracy."""

    removed: ClusterNeurons
    targets: tuple[ClusterNeurons, ...] = ()
    images: Annotated[int, Meta(ge=1, description="Probe images at most.")] = 2000
    fill: Fill = "zero"


class ColumnClusters(Struct, frozen=True):
    """A column, and all its clusters as neurons."""

    unit: str
    clusters: tuple[tuple[int, ...], ...]


class ConnectJob(Struct, frozen=True, kw_only=True, tag="connect"):
    """Find out the connections by contribution between the clusters of some columns."""

    columns: Annotated[tuple[ColumnClusters, ...], Meta(description="From left to right.")]
    images: Annotated[int, Meta(ge=1, description="Probe images at most.")] = 50


class GivenImage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An image file that a person gave."""

    name: Annotated[str, Meta(min_length=1, max_length=300, description="What it is called.")]
    data: Annotated[bytes, Meta(description="The file, in Base64: PNG, JPEG, WebP or BMP.")]


MOST_GIVEN = 24
LARGEST_GIVEN = 8 << 20
"""Images that can be given at one time, and bytes that one may have."""


class AnswerJob(Struct, frozen=True, kw_only=True, tag="answer"):
    """Run images that a person gave, and say how neurons answer."""

    images: tuple[GivenImage, ...]
    units: Annotated[tuple[str, ...], Meta(description="Units to look at.")]


class PathJob(Struct, frozen=True, kw_only=True, tag="path"):
    """Find out the connections by contribution on some probe images, and what the last column gives to a class."""

    columns: Annotated[tuple[ColumnClusters, ...], Meta(description="From left to right.")]
    last: Annotated[str, Meta(description="Unit of the last column before the answers.")]
    label: int
    samples: Annotated[tuple[int, ...], Meta(description="Ids of the probe images.")]
    images: Annotated[int, Meta(ge=1, description="Of them at most.")] = 50


Job = CheckJob | AblateJob | ConnectJob | AnswerJob | PathJob


class PathOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the server: find the strongest way back from a class on some probe images alone."""

    columns: Annotated[tuple[str, ...], Meta(description="Units of all shown columns; none: the layer groups.")] = ()
    label: Annotated[int, Meta(ge=0, le=10**9, description="Index of the class.")]
    choice: Annotated[ImageChoice, Meta(description="Which images.")]


class GivenImages(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the server: show these images to the network. They are kept in memory only, until the server ends."""

    images: Annotated[tuple[GivenImage, ...], Meta(min_length=1, max_length=MOST_GIVEN)]


class ColumnsOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the server: do something for the clusters of some columns, as they are now."""

    columns: Annotated[tuple[str, ...], Meta(description="Units of all shown columns; none: the layer groups.")] = ()
    images: Annotated[int, Meta(ge=1, le=1_000_000, description="Probe images at most.")] = 50


class CheckedPair(Struct, frozen=True, kw_only=True):
    """Two columns: rows are the source clusters, columns the target clusters, in the order of the job."""

    source: str
    target: str
    sources: Annotated[tuple[int, ...], Meta(description="Places of the source clusters in the job.")]
    targets: Annotated[tuple[int, ...], Meta(description="Places of the target clusters in the job.")]
    measured: Annotated[
        tuple[tuple[float, ...], ...],
        Meta(description="What removal takes from the target's mean before its non-linearity, per neuron removed."),
    ]
    weights: tuple[tuple[float, ...], ...] | None = None
    contribution: tuple[tuple[float, ...], ...] | None = None
    weights_agreement: Annotated[float | None, Meta(description="Spearman's rank correlation with measured.")] = None
    contribution_agreement: float | None = None


class CheckResult(Struct, frozen=True, kw_only=True, tag="check"):
    """How well each meaning of a connection ranks what removal really does."""

    images: int
    pairs: tuple[CheckedPair, ...]
    weights: Annotated[float | None, Meta(description="Mean rank correlation over the pairs of columns.")]
    contribution: float | None
    better: Mode | None
    weak: Annotated[bool, Meta(description="Whether even the better one is below 0.3.")]
    fill: Fill
    notes: tuple[str, ...] = ()


class ClassEffect(Struct, frozen=True, kw_only=True):
    """What a removal does to one class, on its probe images."""

    index: int
    images: int
    correct: int
    correct_after: int


class AblateResult(Struct, frozen=True, kw_only=True, tag="ablate"):
    """What a removal takes away: the value as the network is, minus the value without the neurons."""

    images: int
    drops: Annotated[
        tuple[float, ...], Meta(description="Per target: of its neurons' mean before their non-linearity.")
    ]
    logit_drops: Annotated[
        tuple[float, ...] | None, Meta(description="Per output, mean over images; None without scores.")
    ]
    accuracy: Annotated[float | None, Meta(description="On the labelled probe images; None without.")]
    accuracy_after: float | None
    classes: tuple[ClassEffect, ...]
    fill: Fill
    notes: tuple[str, ...] = ()


class ConnectResult(Struct, frozen=True, kw_only=True, tag="connect"):
    """What there is of connections by contribution now; the server keeps them with the run."""

    images: int
    pairs: Annotated[int, Meta(description="Pairs of columns with a path between them.")]
    seconds: float
    notes: tuple[str, ...] = ()
    data: Annotated[bytes, Meta(description="The connections, from the worker to the server alone.")] = b""


class ImageAnswer(Struct, frozen=True, kw_only=True):
    """What the network made of one image."""

    name: str
    picture: Annotated[bytes, Meta(description="The image as PNG, shrunk where it is large.")]
    size: Annotated[tuple[int, int], Meta(description="Width and height as it was given.")]
    probabilities: Annotated[
        tuple[tuple[int, float], ...],
        Meta(description="Label and probability of the likeliest outputs, those first; label -1: no class."),
    ]


class UnitAnswer(Struct, frozen=True, kw_only=True):
    """How the neurons of a unit answered."""

    unit: str
    means: Annotated[tuple[tuple[float, ...], ...], Meta(description="Images by neurons, after the non-linearity.")]


class AnswerResult(Struct, frozen=True, kw_only=True, tag="answer"):
    """What the network made of images that a person gave; the server keeps it until it ends."""

    number: Annotated[int, Meta(description="Number of the set on the server.")] = 0
    images: tuple[ImageAnswer, ...] = ()
    units: Annotated[tuple[UnitAnswer, ...], Meta(description="From the worker to the server alone.")] = ()
    prepared: Annotated[str, Meta(description="What was done to the images, in words.")] = ""
    refused: Annotated[tuple[str, ...], Meta(description="Why some were left out, a sentence each.")] = ()


class PathResult(Struct, frozen=True, kw_only=True, tag="path"):
    """A way that was found on some probe images alone; the server keeps it until it ends."""

    number: Annotated[int, Meta(description="Number of the way on the server.")] = 0
    images: int
    given: Annotated[tuple[float, ...], Meta(description="From the worker to the server alone.")] = ()
    data: Annotated[bytes, Meta(description="From the worker to the server alone.")] = b""


JobResult = CheckResult | AblateResult | ConnectResult | AnswerResult | PathResult


class Ask(Struct, frozen=True, kw_only=True, tag="ask"):
    """To the worker: do this for a run."""

    run: Annotated[str, Meta(description="Path of the run folder.")]
    step: int
    job: Job


class Cancel(Struct, frozen=True, tag="cancel"):
    """To the worker: end what you are doing."""


class Progress(Struct, frozen=True, tag="progress"):
    """From the worker: how far it is, in passes of one image through the network."""

    done: int
    total: int
    words: str


class Done(Struct, frozen=True, tag="done"):
    """From the worker: finished."""

    result: JobResult


class Failed(Struct, frozen=True, tag="failed"):
    """From the worker: it could not be done."""

    error: str
    remedy: str = ""


class Cancelled(Struct, frozen=True, tag="cancelled"):
    """From the worker: ended as told."""


Order = Ask | Cancel
Report = Progress | Done | Failed | Cancelled


class WorkerState(Struct, frozen=True, kw_only=True):
    """What the page sees of the worker, for one run."""

    enabled: Annotated[bool, Meta(description="Whether the server was told where the network's code is.")]
    how: Annotated[str, Meta(description="The command that enables it; empty when it is.")] = ""
    busy: Annotated[bool, Meta(description="Whether it works, for this run or another: one thing at a time.")] = False
    job: Annotated[int, Meta(description="Number of this run's latest job; 0 before the first.")] = 0
    status: WorkerStatus = "idle"
    done: int = 0
    total: int = 0
    left: Annotated[float | None, Meta(description="Seconds that the job takes on, about; None: not known yet.")] = None
    image_seconds: Annotated[
        float | None, Meta(description="Seconds of one pass of one image in the analysis; None: not known.")
    ] = None
    words: str = ""
    result: JobResult | None = None
    error: str = ""
    remedy: str = ""
