"""The words of a recorded training: what is measured per step, per layer and for the run (design: record)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float, Int
from msgspec import Meta, Struct

SERIES_VERSION = 1

Axis = Literal["run", "unit", "norm", "group", "channel", "class"]
"""What a quantity has one value for: the run, each unit of the layer graph (in its order), each batch norm, each
parameter group of the optimizers, each channel of the input, or each class."""

Number = float | Literal["nan", "inf", "-inf"] | None
"""A measured number in JSON, which has no word for those that are not finite; None: not measured."""


class Quantity(Struct, frozen=True, kw_only=True):
    """One thing that is measured, with what it is measured for."""

    name: str
    axis: Axis
    title: Annotated[str, Meta(description="What a person calls it, with the unit.")]
    every_step: Annotated[bool, Meta(description="Known at every step, not at the measured ones alone.")] = False


def _all(axis: Axis, titles: dict[str, str], *, every_step: bool = False) -> tuple[Quantity, ...]:
    return tuple(Quantity(name=name, axis=axis, title=title, every_step=every_step) for name, title in titles.items())


_EVERY_STEP = _all(
    "run",
    {
        "loss": "loss as handed over, mean over the accumulated batches",
        "batches": "forward passes in training mode since the step before (more than 1: gradient accumulation)",
        "images": "images in these passes",
        "scale/value": "loss scale of mixed precision",
        "scale/unknown": "1 where the loss may be scaled (float16) by a factor that is not known",
        "scale/overflows": "steps left out so far because a scaled gradient was not finite",
    },
    every_step=True,
)

_RUN = _all(
    "run",
    {
        "gradient/norm_all": "norm of all gradients as the optimizer used them: unscaled, clipped",
        "gradient/unclipped_all": "norm of all gradients before clipping, unscaled",
        "weight/norm_all": "norm of all trained weights before the step",
        "update/norm_all": "norm of all changes of weights in the step",
        "parameters/all": "parameter tensors of the model",
        "parameters/frozen": "parameter tensors that ask for no gradient",
        "parameters/without_gradient": "parameter tensors that ask for a gradient and got none in this step",
        "parameters/unoptimized": "parameter tensors that ask for a gradient and belong to no optimizer",
        "input/minimum": "least value of the training images as the model got them",
        "input/maximum": "greatest value of the training images as the model got them",
        "input/nonfinite": "values of the training images that are NaN or infinite",
        "input/images": "training images that there are, by how often the first ones came again",
        "input/in_probe": "share of the training images that are in the probe set, value for value",
        "output/entropy": "mean entropy of the softmax of the outputs, in nats",
        "output/confidence": "mean of the greatest softmax probability",
        "output/top_share": "share of the images that got the class most often predicted",
        "output/minimum": "least output",
        "output/maximum": "greatest output",
        "output/zero": "share of outputs that are exactly 0",
        "output/sum_error": "mean distance between the sum of an image's outputs and 1 (0: a softmax was applied)",
        "output/deviation": "mean over outputs of their standard deviation over images (0: the input is ignored)",
        "output/nonfinite": "outputs that are NaN or infinite",
        "output/accuracy": "share of the measured training images predicted right",
        "processes": "processes of a distributed training whose activations are in the numbers of this step",
        "labels/seen": "labels of the training images that could be read",
    },
)

_UNIT = _all(
    "unit",
    {
        "before/mean": "mean before the non-linearity",
        "before/std": "standard deviation before the non-linearity, over images, neurons and positions",
        "before/maximum": "greatest magnitude before the non-linearity",
        "before/positive": "share of values above 0 before the non-linearity",
        "after/mean": "mean after the non-linearity",
        "after/std": "standard deviation after the non-linearity, over images, neurons and positions",
        "after/maximum": "greatest magnitude after the non-linearity",
        "after/zero": "share of values that are exactly 0 after the non-linearity",
        "after/saturated": "share of values where a bounded non-linearity (sigmoid, tanh, ReLU6 ...) is flat",
        "neurons": "neurons of the unit",
        "silent": "neurons that rose above 0 nowhere in the measured images of this step, before a rectifier",
        "dead": "neurons silent in this step and in the three measured before it",
        "nonfinite": "activation values that are NaN or infinite",
        "activation_gradient/rms": "root mean square of the loss's gradient with respect to the activation, unscaled",
        "gradient/norm": "norm of the weights' gradient as the optimizer used it: unscaled, clipped",
        "gradient/unclipped": "norm of the weights' gradient before clipping, unscaled",
        "gradient/rms": "root mean square of the weights' gradient as the optimizer used it",
        "gradient/nonfinite": "gradient values of the weights that are NaN or infinite",
        "weight/norm": "norm of the weights",
        "weight/mean": "mean weight",
        "weight/std": "standard deviation of the weights",
        "weight/gain": "weights' root mean square times the root of the fan-in (He: 1.41, Xavier: about 1)",
        "weight/maximum": "greatest magnitude among the weights",
        "weight/negative": "share of weights below 0",
        "weight/negative_neurons": "share of neurons with more than two thirds of their incoming weights below 0",
        "weight/nonfinite": "weights that are NaN or infinite",
        "bias/mean": "mean bias (of the batch norm when one follows)",
        "update/norm": "norm of the weights' change in the step",
        "update/ratio": "norm of the weights' change divided by the norm of the weights",
        "change/norm": "norm of the weights' change since the checkpoint before",
        "change/ratio": "norm of the weights' change since the checkpoint before, divided by the norm of the weights",
    },
)

_OTHERS = (
    *_all(
        "norm",
        {
            "norm/training": "1 when the batch norm used the batch's statistics in a training pass, 0 when its own",
            "norm/mean_shift": "distance of batch and running mean in running deviations, mean over channels",
            "norm/scale_ratio": "median over channels of batch variance / running variance",
            "norm/divergence": "divergence of batch from running distribution, mean over channels, in nats",
            "norm/fresh": "1 while the running statistics are those of a new batch norm: means 0, variances 1",
            "norm/momentum": "weight of a new batch in the running statistics",
        },
    ),
    *_all(
        "group",
        {
            "learning_rate": "learning rate of the parameter group",
            "momentum": "momentum (first beta) of the parameter group",
            "weight_decay": "weight decay of the parameter group",
        },
        every_step=True,
    ),
    *_all(
        "channel",
        {
            "input/mean": "mean of the training images as the model got them",
            "input/std": "standard deviation of the training images as the model got them",
            "probe/mean": "mean of the probe images as the model gets them",
            "probe/std": "standard deviation of the probe images as the model gets them",
        },
    ),
    *_all(
        "class",
        {
            "labels/count": "labels of this class among those read so far",
            "predicted/share": "share of the measured training images predicted as this class",
        },
    ),
)

QUANTITIES: dict[str, Quantity] = {one.name: one for one in (*_EVERY_STEP, *_RUN, *_UNIT, *_OTHERS)}
"""Everything the recorder measures by itself; metrics that the user hands over come beside it, under `metric/NAME`."""

METRIC = "metric/"
"""What stands before the name of a metric that the user handed over, as in ``metric/train/accuracy``."""

_PARTS = {"train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation",
          "eval": "validation", "dev": "validation", "test": "test"}  # fmt: skip
_WORDS = {"acc": "accuracy", "acc1": "accuracy", "top1": "accuracy", "err": "error"}
_SPANS = frozenset({"epoch", "step", "batch"})


def metric_meaning(name: str) -> tuple[str, str]:
    """Return what a user's metric is about: (train, validation, test or nothing; its word), however it is spelt.

    >>> metric_meaning("val_acc")
    ('validation', 'accuracy')
    >>> metric_meaning("metric/train/epoch_loss")
    ('train', 'loss')
    """
    words = name.removeprefix(METRIC).lower().replace("/", "_").replace("-", "_").replace(" ", "_").split("_")
    part = next((_PARTS[word] for word in words if word in _PARTS), "")
    rest = [_WORDS.get(word, word) for word in words if word and word not in _PARTS]
    # `epoch_loss` is a loss, but `epoch` is something of its own.
    named = "_".join(word for word in rest if word not in _SPANS)
    return part, named if named in {"loss", *_WORDS.values()} else "_".join(rest)


class GroupOfParameters(Struct, frozen=True, kw_only=True):
    """One parameter group of one optimizer."""

    optimizer: Annotated[str, Meta(description="The optimizer's class: SGD, AdamW, ...")]
    number: Annotated[int, Meta(description="Which of the optimizers handed over, from 0.")] = 0
    parameters: Annotated[tuple[str, ...], Meta(description="Names of the parameters; shared ones once.")] = ()
    settings: Annotated[dict[str, float | bool | str], Meta(description="Its options at the start.")] = {}


class SeriesHead(Struct, frozen=True, kw_only=True, tag_field="kind", tag="head"):
    """First line of the series: what the positions in all later lists stand for."""

    version: int = SERIES_VERSION
    created: Annotated[str, Meta(description="UTC time, ISO 8601.")] = ""
    units: Annotated[tuple[str, ...], Meta(description="Ids of the layer graph's units, in its order.")] = ()
    weights: Annotated[
        tuple[str, ...], Meta(description="Per unit the name of its weights' parameter; empty without weights.")
    ] = ()
    norms: Annotated[tuple[str, ...], Meta(description="Paths of the batch norms, in the order of the modules.")] = ()
    norm_units: Annotated[tuple[str, ...], Meta(description="Per batch norm the unit it belongs to, or nothing.")] = ()
    groups: tuple[GroupOfParameters, ...] = ()
    classes: int = 0
    frozen: Annotated[tuple[str, ...], Meta(description="Parameters that ask for no gradient.")] = ()
    unoptimized: Annotated[tuple[str, ...], Meta(description="Parameters that no optimizer trains.")] = ()
    processes: Annotated[int, Meta(description="Processes of a distributed training.")] = 1
    compiled: bool = False
    source: Annotated[
        Literal["training", "probe"], Meta(description="Which images the activations are measured on.")
    ] = "training"
    origin: Annotated[
        Literal["recorder", "tensorboard", "checkpoints"],
        Meta(description="What the numbers were taken from; steps are those of the training all the same."),
    ] = "recorder"


class StepLine(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="step"):
    """The numbers of one optimizer step; a name that is absent was not measured in it."""

    step: Annotated[int, Meta(description="Optimizer steps done, this one included; 0: before the first.")]
    time: Annotated[float, Meta(description="Seconds since the recording began.")]
    run: dict[str, Number] = {}
    lists: Annotated[
        dict[str, list[Number]], Meta(description="Quantities per unit, batch norm, parameter group, channel or class.")
    ] = {}


EventName = Literal[
    "loss",
    "nonfinite",
    "overflow",
    "parameters",
    "snapshot",
    "mode",
    "alarm",
    "warning",
    "interrupted",
    "finished",
    "resumed",
]


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="event"):
    """Something that happened at a step, in words.

    ``loss``: the functions that the loss came from, last first. ``nonfinite``: the first place with values that are
    not finite. ``overflow``: a step was left out under mixed precision. ``parameters``: those without gradient
    changed. ``snapshot``: one was written. ``mode``: batch norms changed between training and evaluation. ``alarm``:
    a first sign of trouble. ``warning``: the recorder could not do something. ``interrupted``, ``finished``: how the
    recording ended. ``resumed``: a training went on from this step; what was recorded of later ones before this line
    no longer holds.
    """

    step: int
    time: float
    name: EventName
    layer: Annotated[str, Meta(description="Unit, batch norm or parameter it is about; empty for the run.")] = ""
    message: str = ""
    names: Annotated[tuple[str, ...], Meta(description="Functions of the loss, or parameters.")] = ()
    value: float | None = None


Line = SeriesHead | StepLine | Event


def loss_functions(events: Iterable[Event]) -> tuple[str, ...]:
    """Return the functions that the loss came from, last first; empty when it was not seen."""
    return next((event.names for event in reversed(tuple(events)) if event.name == "loss"), ())


def is_cross_entropy(functions: tuple[str, ...]) -> bool:
    """Whether a loss from these functions can be held against that of guessing; one that was not seen may be.

    >>> is_cross_entropy(("NllLossBackward0", "LogSoftmaxBackward0"))
    True
    >>> is_cross_entropy(("MseLossBackward0",))
    False
    """
    return not functions or (
        functions[0].startswith("NllLoss") and any(name.startswith("Log") for name in functions[1:])
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """One number over the steps in which it was measured, in ascending order of steps."""

    steps: Int[np.ndarray, " points"]
    values: Float[np.ndarray, " points"]
    """NaN and infinities are what was measured."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Curves:
    """A quantity with one value per unit (batch norm, parameter group, channel, class) over the measured steps."""

    steps: Int[np.ndarray, " points"]
    values: Float[np.ndarray, "points places"]
    """NaN also where nothing was measured (a unit without weights, for example)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """A whole recording in memory: what the diagnosis reads."""

    head: SeriesHead
    run: dict[str, Curve]
    """Quantities of the run and the user's metrics (`metric/NAME`); absent: never measured."""
    lists: dict[str, Curves]
    """All other quantities by name; columns in the order that `head` gives."""
    events: tuple[Event, ...]
    complete: bool = True
    """Whether the recording was closed; a killed or still running training was not."""

    def metric(self, part: str, word: str) -> Curve | None:
        """Return the user's metric of this meaning, ``metric("validation", "accuracy")``; None without one."""
        found = [name for name in self.run if name.startswith(METRIC) and metric_meaning(name) == (part, word)]
        return self.run[min(found)] if found else None

    def of(self, quantity: str, place: str) -> Curve | None:
        """Return one unit's or batch norm's curve; None when it was not measured."""
        curves = self.lists.get(quantity)
        places = self.head.norms if quantity.startswith("norm/") else self.head.units
        if curves is None or place not in places:
            return None
        return Curve(steps=curves.steps, values=curves.values[:, places.index(place)])
