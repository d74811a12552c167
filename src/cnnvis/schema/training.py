"""A recorded training as the page draws it: plots over steps, a table of layers and quantities, and what is new."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from cnnvis.schema.series import EventName, Number

TRAINING_VERSION = 1

Scale = Literal["log", "linear", "share", "count"]
"""How values are spread over a plot's height: by their logarithm, evenly, from 0 to 1, or evenly from 0."""


class CurveFacts(Struct, frozen=True, kw_only=True):
    """One line of a plot."""

    name: Annotated[str, Meta(description="What it is asked for by: name of a quantity or metric of the series.")]
    place: Annotated[int, Meta(description="Which of its values: 0, or the number of a parameter group.")] = 0
    label: str
    part: Annotated[str, Meta(description="train, validation, test, or nothing where it is not about a part.")] = ""
    held: Annotated[
        bool, Meta(description="Whether a value holds until the next one, which is told when it comes.")
    ] = False


class Level(Struct, frozen=True, kw_only=True):
    """A value that the lines of a plot are held against, such as the loss of guessing."""

    value: float
    words: Annotated[str, Meta(description="What it is, with the number: what stands at its line.")]


class PlotFacts(Struct, frozen=True, kw_only=True):
    """Curves that belong into one plot, such as the loss on training and validation images."""

    id: str
    title: str
    definition: Annotated[str, Meta(description="What it is, in a sentence; empty for a metric of the user's.")] = ""
    curves: tuple[CurveFacts, ...]
    share: Annotated[bool, Meta(description="Whether all values lie between 0 and 1.")] = False
    level: Annotated[Level | None, Meta(description="Drawn as a thin line where it lies in or near the plot.")] = None


class HealthyRange(Struct, frozen=True, kw_only=True):
    """Where a quantity of a layer usually lies in trainings that go well, and what is beyond all of them."""

    low: float | None = None
    high: float | None = None
    least: Annotated[float | None, Meta(description="Below this something is wrong; None: that cannot be said.")] = None
    greatest: Annotated[float | None, Meta(description="Above this something is wrong.")] = None
    relative: Annotated[
        bool,
        Meta(description="Whether low and least are shares of the greatest value among the layers at the step."),
    ] = False
    words: str


class LayerRowFacts(Struct, frozen=True, kw_only=True):
    """A quantity with one value per layer and step: a row of the table of layers."""

    id: str
    title: str
    definition: str
    scale: Scale
    low: Annotated[float | None, Meta(description="Where a plot of it begins; None: nothing finite was measured.")]
    high: float | None
    healthy: HealthyRange | None = None
    quantities: Annotated[tuple[str, ...], Meta(description="Names of the series that it is made of.")] = ()


class RecordedLayer(Struct, frozen=True, kw_only=True):
    """A layer of neurons whose quantities were recorded: a column of the table, in network order."""

    id: str
    title: str
    neurons: Annotated[int, Meta(description="0 where it is not known.")] = 0


class TrainingEvent(Struct, frozen=True, kw_only=True):
    """Something that happened, in words."""

    step: int
    name: EventName
    layer: str = ""
    message: str = ""


class TrainingScene(Struct, frozen=True, kw_only=True):
    """What there is to draw of a recorded training."""

    version: int = TRAINING_VERSION
    recording: Annotated[str, Meta(description="Changes when the training is recorded anew.")]
    origin: Annotated[
        Literal["recorder", "tensorboard", "checkpoints"], Meta(description="Where the numbers come from.")
    ]
    source: Annotated[Literal["training", "probe"], Meta(description="Which images the layers were measured on.")] = (
        "training"
    )
    first: Annotated[int, Meta(description="First step that something is known of.")] = 0
    last: int = 0
    complete: bool = True
    ended: Annotated[str, Meta(description="How the recording ended, in words; empty while it goes on.")] = ""
    plots: tuple[PlotFacts, ...] = ()
    rows: tuple[LayerRowFacts, ...] = ()
    layers: tuple[RecordedLayer, ...] = ()
    snapshots: Annotated[tuple[int, ...], Meta(description="Steps of the finished snapshots, ascending.")] = ()
    events: tuple[TrainingEvent, ...] = ()


class SeriesPoints(Struct, frozen=True, kw_only=True):
    """The points of one line that a plot of so many pixels can show."""

    name: str
    place: int = 0
    steps: tuple[int, ...]
    values: tuple[Number, ...]


class CurvesScene(Struct, frozen=True, kw_only=True):
    """Lines over a span of steps."""

    first: int
    last: int
    curves: tuple[SeriesPoints, ...]


class LayerCurves(Struct, frozen=True, kw_only=True):
    """One quantity of all layers over the steps: least and greatest value in each of some equal spans."""

    row: Annotated[str, Meta(description="Id of the row.")]
    steps: Annotated[tuple[int, ...], Meta(description="Last measured step of each span that has one.")]
    low: Annotated[tuple[tuple[Number, ...], ...], Meta(description="Per layer one value per step.")]
    high: tuple[tuple[Number, ...], ...]


class LayersScene(Struct, frozen=True, kw_only=True):
    """Quantities of all layers over a span of steps."""

    first: int
    last: int
    rows: tuple[LayerCurves, ...]


class LayerValues(Struct, frozen=True, kw_only=True):
    """One quantity of all layers at a step."""

    row: Annotated[str, Meta(description="Id of the row.")]
    step: Annotated[int, Meta(description="Step in which it was measured: the last one up to the step asked for.")]
    values: Annotated[tuple[Number, ...], Meta(description="One per layer; None where it was not measured.")]


class StepScene(Struct, frozen=True, kw_only=True):
    """What was measured last, up to a step."""

    step: int
    layers: tuple[LayerValues, ...]


class LiveState(Struct, frozen=True, kw_only=True):
    """What changes while a training is recorded: a page that holds another one has something to fetch."""

    mark: Annotated[str, Meta(description="Changes with anything of this.")] = ""
    recording: str = ""
    size: Annotated[int, Meta(description="Bytes of the series that were read.")] = 0
    last: Annotated[int, Meta(description="Last step.")] = 0
    snapshots: tuple[int, ...] = ()
    findings: Annotated[str, Meta(description="Changes with the findings; empty before the first look.")] = ""
    complete: bool = True
    reading: Annotated[
        float | None, Meta(description="Share of a long series that was read so far; None when all was.")
    ] = None
