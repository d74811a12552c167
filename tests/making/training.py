"""Recorded trainings in memory: a sound one, whose numbers a test then spoils one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from msgspec.structs import replace as changed

from cnnvis.analysis.diagnose import Case
from cnnvis.schema.graph import Layer, LayerGraph, Unit
from cnnvis.schema.series import Curve, Curves, Event, GroupOfParameters, Series, SeriesHead
from cnnvis.schema.statistics import NeuronStatistics, ProbeSet, UnitStatistics

UNITS = ("relu1", "relu2", "head")
NEURONS = (8, 8, 4)
STEPS = 100
MEASURED = np.arange(4, STEPS + 1, 4)
EVERY = np.arange(1, STEPS + 1)
CLASSES = 4


def graph(activation: str = "relu", output: str | None = None) -> LayerGraph:
    """Two convolutions with an activation, and a linear layer that gives the logits."""
    layers = [
        Layer(id=name, path=name, op=op, kind=kind, event=name, shape=(count,))
        for name, op, kind, count in (
            ("conv1", "conv2d", "conv", 8), ("relu1", activation, "activation", 8),
            ("conv2", "conv2d", "conv", 8), ("relu2", activation, "activation", 8), ("head", "linear", "linear", 4),
        )
    ]  # fmt: skip
    units = (
        Unit(id="relu1", before="conv1", members=("conv1", "relu1"), role="conv", activation=activation, neurons=8),
        Unit(id="relu2", before="conv2", members=("conv2", "relu2"), role="conv", activation=activation, neurons=8),
        Unit(id="head", before="head", members=("head",), role="linear", activation=output, neurons=4),
    )
    return LayerGraph(layers=tuple(layers), edges=(), units=units, output="head")


def statistics(*, dead: Sequence[str] = (), confusion: np.ndarray | None = None, seed: int = 0) -> NeuronStatistics:
    """Neurons that each do something else, and none of them dead but those of the units named."""
    rng = np.random.default_rng(seed)
    units: dict[str, UnitStatistics] = {}
    means: dict[str, np.ndarray] = {}
    for unit, count in zip(UNITS, NEURONS, strict=True):
        row, table = np.ones(count), np.ones((CLASSES, count))
        top = np.full((count, 1), -1.0 if unit in dead else 1.0)
        where = np.zeros((count, 1), np.int64)
        units[unit] = UnitStatistics(
            after_mean=table, after_std=table, before_mean=table, mean=row, std=row, minimum=row, maximum=row,
            active=row, slope=row, nonfinite=np.zeros(count, np.int64), top_value=top, top_sample=where, top_y=where,
            top_x=where,
        )  # fmt: skip
        means[unit] = rng.normal(size=(64, count)).astype(np.float16)
    samples = np.arange(64)
    probe = ProbeSet(samples=samples, labels=samples % CLASSES, predictions=samples % CLASSES, means=means)
    table = np.eye(CLASSES, dtype=np.int64) * 16 if confusion is None else confusion
    return NeuronStatistics(units=units, class_images=table.sum(1), confusion=table, probe=probe)


def curve(values: object, steps: np.ndarray = EVERY) -> Curve:
    """A number over steps; one number is repeated."""
    return Curve(steps=steps, values=np.broadcast_to(np.asarray(values, np.float64), steps.shape).copy())


def curves(values: object, places: int = len(UNITS), steps: np.ndarray = MEASURED) -> Curves:
    """A quantity with places over steps: a number, a row, or a column of steps."""
    return Curves(steps=steps, values=np.broadcast_to(np.asarray(values, np.float64), (len(steps), places)).copy())


def head(**changes: object) -> SeriesHead:
    """Three units trained by SGD, without batch norms."""
    group = GroupOfParameters(optimizer="SGD", parameters=("conv1.weight", "conv2.weight", "head.weight"))
    base = SeriesHead(
        units=UNITS, weights=("conv1.weight", "conv2.weight", "head.weight"), groups=(group,), classes=CLASSES
    )
    return changed(base, **changes)  # pyright: ignore[reportArgumentType]


def falling(start: float = 1.5, end: float = 0.1) -> np.ndarray:
    """A loss that falls by the same factor in each step."""
    return np.geomspace(start, end, STEPS)


def series(
    run: Mapping[str, Curve | None] | None = None,
    lists: Mapping[str, Curves | None] | None = None,
    *,
    events: Sequence[Event] = (),
    **changes: object,
) -> Series:
    """A sound training with some quantities replaced, or left out by None."""
    loss = Event(step=1, time=0.0, name="loss", names=("NllLoss", "LogSoftmax", "Addmm"))
    sound: dict[str, Curve | None] = {
        "loss": curve(falling()),
        "images": curve(32),
        "batches": curve(1),
        "metric/train/accuracy": curve(np.linspace(0.25, 0.95, STEPS)),
        "metric/val/loss": curve(np.geomspace(1.5, 0.15, len(MEASURED)), MEASURED),
        "metric/val/accuracy": curve(np.linspace(0.25, 0.93, len(MEASURED)), MEASURED),
        "gradient/norm_all": curve(1.0, MEASURED),
        "gradient/unclipped_all": curve(1.0, MEASURED),
        "weight/norm_all": curve(10.0, MEASURED),
        "output/top_share": curve(0.3, MEASURED),
        "output/minimum": curve(-3.0, MEASURED),
        "output/zero": curve(0.0, MEASURED),
        "output/sum_error": curve(2.0, MEASURED),
        "output/deviation": curve(1.0, MEASURED),
        "input/in_probe": curve(0.0, MEASURED),
        "input/images": curve(200.0, MEASURED),
    }
    listed: dict[str, Curves | None] = {
        "neurons": curves(NEURONS),
        "silent": curves((0, 0, np.nan)),
        "dead": curves((0, 0, np.nan)),
        "after/saturated": curves(np.nan),
        "after/zero": curves((0.5, 0.5, 0.0)),
        "gradient/norm": curves(1.0),
        "weight/norm": curves(5.0),
        "weight/gain": curves(1.41),
        "weight/negative": curves(0.5),
        "bias/mean": curves(0.0),
        "update/ratio": curves(5e-3),
        "learning_rate": curves(0.01, 1, np.array([1])),
        "momentum": curves(0.9, 1, np.array([1])),
        "weight_decay": curves(0.0, 1, np.array([1])),
        "input/mean": curves(0.0, 3),
        "input/std": curves(1.0, 3),
        "probe/mean": curves(0.0, 3, np.array([0])),
        "probe/std": curves(1.0, 3, np.array([0])),
        "labels/count": curves(np.linspace(32, 3200, len(MEASURED))[:, None] / CLASSES, CLASSES),
        "predicted/share": curves(0.25, CLASSES),
    }
    names = [event.name for event in events]
    return Series(
        head=head(**changes),
        run={name: value for name, value in (sound | dict(run or {})).items() if value is not None},
        lists={name: value for name, value in (listed | dict(lists or {})).items() if value is not None},
        events=(*(() if "loss" in names else (loss,)), *events),
    )


def case(
    run: Mapping[str, Curve | None] | None = None,
    lists: Mapping[str, Curves | None] | None = None,
    *,
    events: Sequence[Event] = (),
    seen: NeuronStatistics | None = None,
    layers: LayerGraph | None = None,
    **changes: object,
) -> Case:
    """A sound training to judge, with some of it replaced."""
    return Case(
        series=series(run, lists, events=events, **changes),
        graph=graph() if layers is None else layers,
        statistics=statistics() if seen is None else seen,
    )


def without_snapshot(judged: Case) -> Case:
    """The same without statistics."""
    return replace(judged, statistics=None)
